// What stands in the network: instances, load balancers and endpoints, and the filters in front of them.
import { hashOf } from "../../../lib/hash.ts";
import type { Observations } from "../../../model/observation.ts";
import type { EntitySink } from "../../../model/rule.ts";
import type { PlaneInput } from "../../plane.ts";
import { type Compiled, compileNetwork } from "./compile.ts";
import { endpointClasses } from "./connections.ts";
import { type Decider, decider } from "./decide.ts";
import { ec2Arn } from "./endpoints.ts";
import type { Group } from "./filters.ts";
import { flowsText } from "./flows.ts";
import type { Endpoint } from "./network.ts";

export interface AwsNetwork extends Compiled {
  readonly decide: Decider;
}

const known = new WeakMap<Observations, AwsNetwork>();

/** Both passes ask about the same observations. */
export function awsNetwork(observations: Observations): AwsNetwork {
  const compiled = known.get(observations) ?? compile(observations);
  known.set(observations, compiled);
  return compiled;
}

function compile(observations: Observations): AwsNetwork {
  const compiled = compileNetwork(observations);
  return { ...compiled, decide: decider(compiled.network) };
}

/**
 * The filter that endpoints alike share: whoever stands behind it sends through it (`act-as`), and whoever gets through it (`connect`) gets to
 * all of them. It keeps the rules as many as the classes, not as many as the pairs.
 */
export function filterId(decide: Decider, endpoint: Endpoint): string {
  const told = ids.get(endpoint);
  if (told !== undefined) return told;
  const { subnet, groups, interface: own, isAssumed } = endpoint;
  const alike = [
    ...groups.ids,
    decide.pathAtom(endpoint.private),
    decide.groupAtom(endpoint.private),
    endpoint.public === undefined ? -1 : decide.pathAtom(endpoint.public),
    endpoint.public === undefined ? -1 : decide.groupAtom(endpoint.public),
    endpoint.listens === undefined ? "" : flowsText(endpoint.listens),
    isAssumed ? own.id : "",
    own.account ?? "",
  ];
  const id = `${ec2Arn(`subnet/${subnet.id}`, subnet.account, subnet.region)}#${hashOf(alike).slice(0, 16)}`;
  ids.set(endpoint, id);
  return id;
}

const ids = new WeakMap<Endpoint, string>();

export const filterLabel = ({ subnet, groups }: Endpoint): string =>
  groups.ids.length === 0
    ? `interfaces in ${subnet.id}`
    : `interfaces in ${subnet.id} with ${groups.ids.map((id) => groupLabel(id, groups.groups)).join(", ")}`;

/** A group's name is for people; its id says which of several it is. */
export function groupLabel(id: string, groups: readonly Pick<Group, "id" | "name">[]): string {
  const name = groups.find((each) => each.id === id)?.name ?? "";
  return name === "" || name === id ? id : `${id} (${name})`;
}

export function awsNetworkEntities(input: PlaneInput, sink: EntitySink): void {
  const { observations } = input;
  const { network, decide } = awsNetwork(observations);
  if (network.endpoints.length === 0) return;
  for (const balancer of observations("aws/load-balancer"))
    sink.entity({
      id: balancer.arn,
      kind: "endpoint",
      label: `load balancer ${balancer.name}`,
      place: placeOf(balancer.account),
      source: balancer.source,
    });
  const owned = network.endpoints.filter((endpoint) => endpoint.owners.length > 0);
  for (const endpoint of owned)
    for (const owner of endpoint.owners) {
      const { instance, account, description, id, source } = endpoint.interface;
      const isService = owner.includes(":vpc-endpoint/");
      const isItself = owner.includes(":network-interface/");
      if (!isService && !isItself && instance === undefined) continue;
      const itself = description === "" ? `interface ${id}` : `interface ${id} (${description})`;
      const label = isItself ? itself : isService ? `endpoint ${owner.slice(owner.lastIndexOf("/") + 1)}` : `instance/${instance}`;
      sink.entity({ id: owner, kind: isService || isItself ? "endpoint" : "workload", label, place: placeOf(account), source });
    }
  for (const { endpoints } of endpointClasses(decide, owned)) {
    const [first] = endpoints as readonly [Endpoint, ...Endpoint[]];
    const { account, source } = first.interface;
    sink.entity({ id: filterId(decide, first), kind: "guard", label: filterLabel(first), place: placeOf(account), source });
  }
}

const placeOf = (account: string | undefined) => (account !== undefined && /^\d{12}$/.test(account) ? { awsAccount: account } : {});
