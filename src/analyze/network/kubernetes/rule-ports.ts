// Which ports a rule is about, for the one that receives.
import type {
  KubernetesAdminPort,
  KubernetesAdminRule,
  KubernetesPolicyNetworkRule,
  KubernetesPolicyPort,
} from "../../../model/observations/kubernetes-network.ts";
import { ALL, type Flows, type PortRange } from "./flows.ts";
import type { Network, PodClass } from "./network.ts";
import { remembered } from "./once-each.ts";

export interface PortResolver {
  rule(rule: KubernetesPolicyNetworkRule, receiver: PodClass | undefined): Flows;
  admin(rule: KubernetesAdminRule, receiver: PodClass | undefined): Flows;
}

/** A named port means what the receiving pod says; an address, or a pod that does not declare it, has none of that name. */
export function portResolver({ flows }: Network): PortResolver {
  const known = new Map<KubernetesPolicyNetworkRule | KubernetesAdminRule, Map<string, Flows>>();
  const resolved = (
    rule: KubernetesPolicyNetworkRule | KubernetesAdminRule,
    isNamed: boolean,
    receiver: PodClass | undefined,
    ranges: () => PortRange[],
  ): Flows => {
    const own = remembered(known, rule, () => new Map<string, Flows>());
    return remembered(own, isNamed ? (receiver?.portsKey ?? "") : "", () => flows.of(ranges()));
  };
  return {
    rule: (rule, receiver) => {
      if (rule.ports.length === 0) return ALL;
      const isNamed = rule.ports.some(({ port }) => typeof port === "string");
      return resolved(rule, isNamed, receiver, () => rule.ports.flatMap((port) => policyPort(port, receiver)));
    },
    admin: (rule, receiver) => {
      const { ports } = rule;
      if (ports === undefined) return ALL;
      const isNamed = ports.some((port) => "named" in port);
      return resolved(rule, isNamed, receiver, () => ports.flatMap((port) => adminPort(port, receiver)));
    },
  };
}

/** A name alone: of whatever protocol the pod gives it. */
function adminPort(port: KubernetesAdminPort, receiver: PodClass | undefined): readonly PortRange[] {
  if (!("named" in port)) return [port];
  return (receiver?.ports.get(port.named) ?? []).map(({ protocol, port: number }) => ({ protocol, from: number, to: number }));
}

function policyPort({ protocol, port, endPort }: KubernetesPolicyPort, receiver: PodClass | undefined): PortRange[] {
  if (port === undefined) return [{ protocol, from: 1, to: 65535 }];
  if (typeof port === "number") return [{ protocol, from: port, to: endPort ?? port }];
  const declared = receiver?.ports.get(port) ?? [];
  return declared.filter((each) => each.protocol === protocol).map((each) => ({ protocol, from: each.port, to: each.port }));
}
