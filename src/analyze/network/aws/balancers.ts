// Load balancers and PrivateLink as hops: whoever connects to one connects to what stands behind it.
import { fact, grant, type Rule } from "../../../model/rule.ts";
import type { Source } from "../../../model/source.ts";
import type { KnownEstate } from "../../plane.ts";
import { parseAddress } from "./address.ts";
import { connect } from "./connect.ts";
import type { Decider } from "./decide.ts";
import { ec2Arn } from "./endpoints.ts";
import { type Flows, flowsOf, isEmpty, TCP, UDP, unite } from "./flows.ts";
import type { Endpoint } from "./network.ts";

/** The hops that lead to production, directly or through another: the way to them may begin anywhere. */
export function balancerRules(known: KnownEstate, decide: Decider, production: ReadonlySet<string>): readonly Rule[] {
  const hops = [...targetsOf(known, decide), ...servicesOf(known, decide)];
  const leading = new Set<string>();
  const isTarget = (id: string): boolean => leading.has(id) || production.has(known.environmentOf(id) ?? "");
  for (let size = -1; size !== leading.size;) {
    size = leading.size;
    for (const { needs, gives } of hops) if (isTarget(gives.entity)) for (const { entity } of needs) leading.add(entity);
  }
  return hops.filter(({ gives }) => isTarget(gives.entity));
}

interface Hop {
  readonly from: string;
  readonly to: string;
  readonly how: string;
  readonly owner: string;
  readonly label: string;
  readonly source: Source;
  readonly because?: string;
}

const ruleOf = ({ from, to, how, owner, label, source, because }: Hop): Rule => ({
  family: "aws/connect",
  needs: [fact("connect", from)],
  gives: fact("connect", to),
  certainty: because === undefined ? "must" : "may",
  ...(because !== undefined && { because }),
  grants: [grant(owner, { from, to }, { label, change: `take ${label} away`, source })],
  how,
  source,
});

function* targetsOf(known: KnownEstate, decide: Decider): Iterable<Rule> {
  const { observations } = known;
  const health = new Map(observations("aws/target-health").map((each) => [each.targetGroup, each]));
  const groups = new Map(observations("aws/target-group").map((each) => [each.arn, each]));
  for (const balancer of observations("aws/load-balancer")) {
    const listeners = observations("aws/listener").filter((each) => each.loadBalancer === balancer.arn);
    const forwarded = new Set([
      ...listeners.flatMap((each) => each.targetGroups),
      ...[...groups.values()].filter((each) => each.loadBalancers.includes(balancer.arn)).map((each) => each.arn),
    ]);
    for (const arn of forwarded) {
      const group = groups.get(arn);
      for (const target of health.get(arn)?.targets ?? []) {
        const port = target.port ?? group?.port;
        const flows = port === undefined ? undefined : unite(flowsOf(TCP, [port, port]), flowsOf(UDP, [port, port]));
        for (const [owner, endpoint] of ownersOf(decide, target.id)) {
          const source = health.get(arn)?.source ?? balancer.source;
          const opened = endpoint === undefined || flows === undefined ? {} : throughBalancer(decide, balancer.arn, endpoint, flows);
          if (opened === undefined) continue;
          const label = `target ${target.id} of ${group?.name ?? arn}`;
          const how = `load balancer ${balancer.name} forwards to ${known.entities.get(owner)?.label ?? owner}`;
          yield ruleOf({ from: balancer.arn, to: owner, how, owner: arn, label, source, ...opened });
        }
      }
    }
  }
}

/** A target is an instance, an address, a function or another load balancer (Elastic Load Balancing API Reference, TargetDescription). */
function* ownersOf(decide: Decider, target: string): Iterable<readonly [string, Endpoint | undefined]> {
  if (target.startsWith("arn:")) return yield [target, undefined];
  const address = parseAddress(target);
  for (const endpoint of decide.network.endpoints)
    if (address === undefined ? endpoint.interface.instance === target : endpoint.private === address)
      for (const owner of endpoint.owners) yield [owner, endpoint];
}

/** Undefined: no interface of the balancer gets through. A Network Load Balancer may show the target its client's address, so other rules count. */
function throughBalancer(decide: Decider, balancer: string, to: Endpoint, flows: Flows): { readonly because?: string } | undefined {
  const doors = decide.network.endpoints.filter((endpoint) => endpoint.owners.includes(balancer));
  if (doors.length === 0) return { because: `the interfaces of ${balancer} were not read` };
  const asked = doors.map((endpoint) => connect(decide, { kind: "endpoint", endpoint }, { address: to.private, endpoint: to }, flows));
  const open = asked.filter((connection) => !isEmpty(connection.flows));
  if (open.some((connection) => connection.because.length === 0)) return {};
  const [unsure] = open;
  if (unsure !== undefined) return { because: unsure.because.join("; ") };
  return balancer.includes(":loadbalancer/net/") ? { because: "the target may see the client's own address" } : undefined;
}

/** An interface endpoint leads to the load balancers of the service it names (AWS PrivateLink Guide, "Share your services"). */
function* servicesOf(known: KnownEstate, decide: Decider): Iterable<Rule> {
  const services = new Map(known.observations("aws/endpoint-service").map((each) => [each.name, each]));
  for (const endpoint of decide.network.vpcEndpoints.values()) {
    const service = endpoint.service === undefined ? undefined : services.get(endpoint.service);
    if (service === undefined || !endpoint.isAvailable) continue;
    const region = endpoint.subnets.map((each) => decide.network.subnets.get(each)?.region).find((each) => each !== undefined);
    const from = ec2Arn(`vpc-endpoint/${endpoint.id}`, endpoint.account, region);
    for (const to of service.loadBalancers) {
      const label = `endpoint ${endpoint.id} of ${service.name}`;
      yield ruleOf({
        from,
        to,
        how: `${endpoint.id} leads to the load balancer of ${service.name}`,
        owner: from,
        label,
        source: endpoint.source,
      });
    }
  }
}
