// Rules: what in a lower environment can open a connection to a workload of production in the same cluster, and by whose leave.
import { hashOf } from "../../../lib/hash.ts";
import { type Gap, gapId } from "../../../model/gap.ts";
import type { KubernetesNetworkPolicy, KubernetesPolicyNetworkRule } from "../../../model/observations/kubernetes-network.ts";
import { type Certainty, fact, type Fact, type Grant, grant, type Rule, type RuleSink } from "../../../model/rule.ts";
import { gapPlace } from "../../kubernetes/cluster.ts";
import { clusterId, namespaceId, objectId } from "../../kubernetes/ids.ts";
import type { KnownEstate } from "../../plane.ts";
import { type Across, eachAcross, type Sides, sidesOf } from "./across.ts";
import { attachRules } from "./attach.ts";
import { type Decider, decider } from "./decide.ts";
import {
  adminPoliciesId,
  classId,
  classLabel,
  FAMILY,
  heldId,
  networksOf,
  policiesId,
  policyId,
  policyLabel,
  sourceOf,
} from "./entities.ts";
import { NONE } from "./flows.ts";
import type { Network, PodClass } from "./network.ts";
import { relabelRules } from "./relabel.ts";

export const TOPIC = "kubernetes/network";

export function kubernetesNetworkRules(known: KnownEstate, sink: RuleSink): void {
  const networks = networksOf(known);
  for (const network of networks) rulesOf(known, network, sink);
}

function rulesOf(known: KnownEstate, network: Network, sink: RuleSink): void {
  const own = known.gaps.filter((gap) => gap.topic === TOPIC && gapPlace(gap)?.cluster === network.cluster);
  const sides = sidesOf(known, network);
  const concerns = (of: PodClass): Gap | undefined => own.find((gap) => (gapPlace(gap)?.namespace ?? of.namespace) === of.namespace);
  if (sides.lower.length > 0) {
    const groups = new Map<string, Group>();
    const decide = decider(network, "possible");
    for (const across of eachAcross(network, sides)) collect(network, decide, across, concerns, groups);
    for (const group of groups.values()) for (const rule of rulesOfGroup(network, group)) sink.rule(rule);
    for (const rule of relabelRules(network, sides)) sink.rule(rule);
    for (const rule of guardRules(network, sides)) sink.rule(rule);
  }
  const attached = [...attachRules(known, network, sides)];
  for (const rule of attached) sink.rule(rule);
  if (sides.lower.length + attached.length > 0) for (const rule of doors(known, network, sides)) sink.rule(rule);
  for (const gap of own) {
    if (sides.lower.length > 0) for (const rule of unread(network, sides, gap)) sink.rule(rule);
    // Policies only hold back: unread ones hide no connection where nothing of production, or nothing below, is in the cluster.
    sink.took(gap);
  }
}

/** All senders that one policy rule lets through to one class, or that the same policies hold back from it. */
interface Group {
  readonly first: Across;
  readonly certainty: Certainty;
  readonly because?: string;
  readonly grants: readonly Grant[];
  readonly senders: Map<string, PodClass>;
}

type Concerns = (of: PodClass) => Gap | undefined;

function collect(network: Network, decide: Decider, across: Across, concerns: Concerns, groups: Map<string, Group>): void {
  const gap = across.guards.length > 0 ? undefined : (concerns(across.to) ?? concerns(across.from));
  const because = gap ? gapId(gap) : across.certainty === "may" ? PLUGIN : network.segment.because;
  const grants = across.guards.length > 0 ? [] : [letting(network, decide, across)];
  const key = [classId(network, across.to), because ?? "", across.guards.join(" "), grants[0]?.id ?? ""].join("\n");
  let group = groups.get(key);
  if (!group) {
    group = {
      first: across,
      certainty: because === undefined ? "must" : "may",
      ...(because !== undefined && { because }),
      grants,
      senders: new Map(),
    };
    groups.set(key, group);
  }
  group.senders.set(classId(network, across.from), across.from);
}

const PLUGIN =
  "whether policies hold for pods on a node's network, and whether an address block takes in pods, is up to the network plugin";

function* rulesOfGroup(network: Network, group: Group): Iterable<Rule> {
  const { first, senders, certainty, because, grants } = group;
  const { to, guards, flows } = first;
  const from = [...senders.values()];
  const who = from.length === 1 ? classLabel(from[0] as PodClass) : `${classLabel(from[0] as PodClass)} and ${from.length - 1} more`;
  const needs = [...senders.keys()].map((id) => fact("act-as", id));
  const gives = fact("connect", classId(network, to));
  const shared = { family: FAMILY, certainty, ...(because !== undefined && { because }), source: grants[0]?.source ?? sourceOf(to) };
  const open = `${who} can open ${network.flows.text(flows)} to ${classLabel(to)}`;
  if (guards.length === 0) {
    yield { ...shared, needs, ...(needs.length > 1 && { atLeast: 1 }), gives, grants, how: open };
    return;
  }
  const held = fact("act-as", heldId(network, to, guards));
  const fixed = grant(classId(network, to), guards, {
    label: `policies between ${who} and ${classLabel(to)}`,
    change: "let no one below change them",
    source: sourceOf(to),
    removable: false,
  });
  yield {
    ...shared,
    needs,
    ...(needs.length > 1 && { atLeast: 1 }),
    gives: held,
    grants: [fixed],
    how: `policies hold ${who} back from ${classLabel(to)}`,
  };
  yield {
    ...shared,
    needs: [held, ...guards.map((id) => fact("defeat", id))],
    gives,
    grants: [fixed],
    how: `without the policies ${open}`,
  };
}

/** What should have stopped it: the missing default deny of the receiver's namespace, else the rule that lets it in. */
function letting(network: Network, decide: Decider, { from, to }: Across): Grant {
  const policies = decide.selecting("ingress", to);
  for (const policy of policies)
    for (const rule of policy.ingress)
      if (decide.byRule(policy, rule, "ingress", to, from) !== NONE) return grantOfRule(network, policy, rule);
  const admin = decide.selectingAdmin("ingress", to).find(({ ingress }) => ingress.some(({ action }) => action === "allow"));
  if (admin && policies.length > 0) {
    const id = objectId(network.cluster, undefined, admin.objectKind, "policy.networking.k8s.io", admin.name);
    const label = `ingress rules of ${admin.objectKind} ${admin.name}`;
    return grant(id, admin.ingress.map(withoutSource), { label, change: `let ${label} allow nothing from below`, source: admin.source });
  }
  const kind = network.segment.role === "secondary" ? `MultiNetworkPolicy for ${network.segment.name}` : "NetworkPolicy";
  const change = `add a ${kind} to namespace ${to.namespace} that selects every pod, and let in what it needs`;
  const label = `no policy selects ${classLabel(to)}`;
  return grant(namespaceId(network.cluster, to.namespace), "default deny of ingress", { label, change, source: sourceOf(to), adds: true });
}

function grantOfRule(network: Network, policy: KubernetesNetworkPolicy, rule: KubernetesPolicyNetworkRule): Grant {
  const label = `an ingress rule of ${policyLabel(network, policy)}`;
  return grant(policyId(network, policy), withoutSource(rule), {
    label,
    change: `let ${label} take in no pods of lower environments`,
    source: rule.source,
  });
}

const withoutSource = <T extends { readonly source: unknown }>({ source: _source, ...rest }: T) => rest;

/** Whoever controls a workload sends as its class; whoever gets to the class gets to the workload. */
function* doors(known: KnownEstate, network: Network, { lower, production }: Sides): Iterable<Rule> {
  const seen = new Set<string>();
  const door = (of: PodClass, needs: Fact, gives: Fact, how: string): Rule => {
    const fixed = { label: classLabel(of), change: "move it to another cluster", source: sourceOf(of), removable: false };
    return {
      family: FAMILY,
      needs: [needs],
      gives,
      certainty: "must",
      grants: [grant(gives.entity, how, fixed)],
      how,
      source: sourceOf(of),
    };
  };
  const once = (key: string): boolean => !seen.has(key) && seen.add(key) !== undefined;
  for (const of of lower)
    for (const { id, name } of of.members) {
      if (known.entities.has(id) && once(`out ${id} ${of.index}`))
        yield door(of, fact("control", id), fact("act-as", classId(network, of)), `${name} sends from its pods`);
    }
  for (const of of production)
    for (const { id, name } of of.members) {
      if (known.entities.has(id) && once(`in ${id} ${of.index}`))
        yield door(of, fact("connect", classId(network, of)), fact("connect", id), `${name} listens in its pods`);
    }
}

/** Who writes in a namespace writes, relabels and removes what its policies rest on; who writes in the cluster, the admin policies. */
function* guardRules(network: Network, { lower, production }: Sides): Iterable<Rule> {
  const { cluster, policies, admin, baseline } = network;
  const namespaces = new Set([...lower, ...production].map(({ namespace }) => namespace));
  const rule = (owner: string, guard: string, how: string, policy: { readonly source: Rule["source"] }): Rule => ({
    family: FAMILY,
    needs: [fact("write", owner)],
    gives: fact("defeat", guard),
    certainty: "must",
    grants: [grant(guard, "edit", { label: how, change: "let fewer change it", source: policy.source, removable: false })],
    how,
    source: policy.source,
  });
  for (const [namespace, [first]] of Map.groupBy(policies, (policy) => policy.namespace ?? "default")) {
    if (!first || !namespaces.has(namespace)) continue;
    yield rule(
      namespaceId(cluster, namespace),
      policiesId(network, namespace),
      `whoever writes in ${namespace} changes its network policies`,
      first,
    );
  }
  const [first] = [...admin, ...baseline];
  if (first)
    yield rule(
      clusterId(cluster),
      adminPoliciesId(cluster),
      `whoever writes in cluster ${cluster} changes its admin network policies`,
      first,
    );
}

/** A policy that was not read may let anyone in, to what policies hold isolated; what nothing isolates is open as it is. */
function* unread(network: Network, { production }: Sides, gap: Gap): Iterable<Rule> {
  const namespace = gapPlace(gap)?.namespace;
  for (const of of production) {
    if (namespace !== undefined && of.namespace !== namespace) continue;
    const source = gap.source ?? sourceOf(of);
    const label = gap.what;
    yield {
      family: FAMILY,
      needs: [],
      gives: fact("connect", classId(network, of)),
      certainty: "may",
      because: gapId(gap),
      grants: [grant(gapId(gap), hashOf("unread"), { label, change: `read ${label}`, source })],
      how: `what was not read may let anyone in to ${classLabel(of)}`,
      source,
    };
  }
}
