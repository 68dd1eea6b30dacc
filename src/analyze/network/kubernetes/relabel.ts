// Labels are chosen by whoever makes the pods: a policy that lets in pods of a lower namespace by their labels lets in whoever can make pods there.
import type {
  KubernetesLabelSelector,
  KubernetesNetworkPolicy,
  KubernetesPolicyNetworkRule,
} from "../../../model/observations/kubernetes-network.ts";
import { fact, grant, type Rule } from "../../../model/rule.ts";
import { partId } from "../../kubernetes/ids.ts";
import type { Sides } from "./across.ts";
import { decider } from "./decide.ts";
import { classId, classLabel, FAMILY, policyId, policyLabel } from "./entities.ts";
import { NONE } from "./flows.ts";
import type { Network, PodClass } from "./network.ts";

/**
 * One rule for each policy rule that would let in a pod of a lower namespace with the right labels, where no pod of that namespace is let in as it is.
 * Certain where nothing but the receiver's policies stands in between.
 */
export function* relabelRules(network: Network, { lower, production }: Sides): Iterable<Rule> {
  const possible = decider(network, "possible");
  const certain = decider(network, "certain");
  const byNamespace = Map.groupBy(lower, ({ namespace }) => namespace);
  const hasAdmin = network.admin.length + network.baseline.length > 0;
  for (const to of production) {
    for (const [namespace, classes] of byNamespace) {
      const isOpen = classes.some(
        (from) => certain.row("ingress", to)[from.index] !== NONE && certain.row("egress", from)[to.index] !== NONE,
      );
      if (isOpen) continue;
      for (const policy of possible.selecting("ingress", to)) {
        const rule = policy.ingress.find((each) => lets(network, policy, each, classes[0] as PodClass));
        if (!rule) continue;
        const isHeld = hasAdmin || network.policies.some((each) => each.namespace === namespace && isAboutEgress(each));
        yield ruleOf(network, namespace, to, policy, rule, isHeld);
        break;
      }
    }
  }
}

/** Whether some labels would do. A rule whose ports name nothing of the receiver lets in nobody; that is left to the other rules, as uncertain. */
function lets(network: Network, policy: KubernetesNetworkPolicy, rule: KubernetesPolicyNetworkRule, from: PodClass): boolean {
  return rule.peers.some((peer) => {
    if ("cidr" in peer || !peer.podSelector || !isPossible(peer.podSelector)) return false;
    if (!peer.namespaceSelector) return policy.namespace === from.namespace;
    return from.namespaceBits[network.idOfNamespaces(peer.namespaceSelector)] === "1";
  });
}

/** Whether any labels satisfy it: requirements on one key may contradict each other. */
function isPossible({ matchLabels, matchExpressions }: KubernetesLabelSelector): boolean {
  const all = [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: "In" as const, values: [value] })),
    ...matchExpressions,
  ];
  return [...Map.groupBy(all, ({ key }) => key).values()].every((own) => {
    const asks = own.some(({ operator }) => operator === "In" || operator === "Exists");
    if (asks && own.some(({ operator }) => operator === "DoesNotExist")) return false;
    const choices = own.filter(({ operator }) => operator === "In").map(({ values }) => values);
    const refused = new Set(own.filter(({ operator }) => operator === "NotIn").flatMap(({ values }) => values));
    return choices.length === 0 || (choices[0] ?? []).some((value) => !refused.has(value) && choices.every((each) => each.includes(value)));
  });
}

const isAboutEgress = ({ policyTypes, egress }: KubernetesNetworkPolicy): boolean => policyTypes?.includes("Egress") ?? egress.length > 0;

function ruleOf(
  network: Network,
  namespace: string,
  to: PodClass,
  policy: KubernetesNetworkPolicy,
  rule: KubernetesPolicyNetworkRule,
  isHeld: boolean,
): Rule {
  const label = `an ingress rule of ${policyLabel(network, policy)} that asks for labels`;
  const because =
    network.segment.because ?? (isHeld ? `other policies may hold a pod of ${namespace} back, whatever its labels` : undefined);
  const change = `name in it the namespaces of production alone: pods of ${namespace} carry what labels their maker chooses`;
  return {
    family: FAMILY,
    needs: [fact("write", partId(network.cluster, namespace, "workloads"))],
    gives: fact("connect", classId(network, to)),
    certainty: because === undefined ? "must" : "may",
    ...(because !== undefined && { because }),
    grants: [grant(policyId(network, policy), rule.peers, { label, change, source: rule.source })],
    how: `a pod in ${namespace} with the labels that ${policyLabel(network, policy)} asks for gets to ${classLabel(to)}`,
    source: rule.source,
  };
}
