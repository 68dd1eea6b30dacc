// Load balancers: where they stand, what they listen on and where they forward to.
import type { Source } from "../../../model/source.ts";
import { inside } from "../../../model/source.ts";
import { accountOfArn } from "../../../model/aws/arn.ts";
import { argumentOf, eachItem, listOf, type Reading, type Shape } from "../shape.ts";
import { listing, networkShape, ofOwner, unseen } from "./listing.ts";
import {
  Listener,
  ListenersOfBalancer,
  LoadBalancer,
  TargetGroup,
  TargetGroupAttribute,
  TargetHealth,
  TargetHealthOfGroup,
} from "./schema.ts";

function observeListener(reading: Reading, item: ReturnType<typeof Listener.parse>, source: Source): void {
  // A Gateway Load Balancer's listener has no port: it takes every packet.
  if (item.Port === undefined || item.Protocol === undefined) return;
  const targetGroups = item.DefaultActions.flatMap((action) => [
    ...(action.TargetGroupArn === undefined ? [] : [action.TargetGroupArn]),
    ...(action.ForwardConfig?.TargetGroups ?? []).map((group) => group.TargetGroupArn),
  ]);
  reading.observe({
    kind: "aws/listener",
    arn: item.ListenerArn,
    loadBalancer: item.LoadBalancerArn,
    protocol: item.Protocol,
    port: item.Port,
    targetGroups: [...new Set(targetGroups)],
    ...ofOwner(reading, accountOfArn(item.ListenerArn)),
    source,
  });
}

/** These answers do not name their target group: the call does. */
function withGroup(what: string, map: (reading: Reading, group: string) => void): (reading: Reading) => void {
  return (reading) => {
    const group = argumentOf(reading, "target-group-arn");
    if (group !== undefined) return map(reading, group);
    reading.gap("aws/network", reading.file.path, what, "the file does not say of which group: keep the call in a manifest");
  };
}

const targetOf = ({ Target }: ReturnType<typeof TargetHealth.parse>) => ({
  id: Target.Id,
  ...(Target.Port !== undefined && { port: Target.Port }),
});

function mapHealth(reading: Reading, targetGroup: string): void {
  const targets: ReturnType<typeof targetOf>[] = [];
  eachItem(reading, "TargetHealthDescriptions", TargetHealth, unseen(reading, `targets of ${targetGroup}`), (item) =>
    targets.push(targetOf(item)),
  );
  if (Array.isArray(reading.document["TargetHealthDescriptions"]))
    reading.observe({ kind: "aws/target-health", targetGroup, targets, ...ofOwner(reading), source: reading.source });
}

/** `preserve_client_ip.enabled` alone matters: whose address the target's security group sees. */
function mapAttributes(reading: Reading, targetGroup: string): void {
  eachItem(reading, "Attributes", TargetGroupAttribute, unseen(reading, `attributes of ${targetGroup}`), (item, source) => {
    if (item.Key !== "preserve_client_ip.enabled") return;
    const preservesClientAddress = item.Value === "true";
    reading.observe({ ...bare(targetGroup), preservesClientAddress, ...ofOwner(reading), source });
  });
}

/** A target group of which only an attribute is known; joined with the rest by its ARN. */
const bare = (arn: string) => ({ kind: "aws/target-group", arn, name: arn, type: "", loadBalancers: [] }) as const;

export const balancerShapes: readonly Shape[] = [
  listing(
    "elbv2 describe-load-balancers",
    "LoadBalancers",
    ["LoadBalancerArn", "AvailabilityZones"],
    LoadBalancer,
    (reading, item, source) =>
      reading.observe({
        kind: "aws/load-balancer",
        arn: item.LoadBalancerArn,
        name: item.LoadBalancerName,
        type: item.Type,
        isInternetFacing: item.Scheme === "internet-facing",
        vpc: item.VpcId,
        subnets: item.AvailabilityZones.flatMap((zone) => zone.SubnetId ?? []),
        groups: item.SecurityGroups,
        host: item.DNSName,
        ...ofOwner(reading, accountOfArn(item.LoadBalancerArn)),
        source,
      }),
  ),
  listing("elbv2 describe-listeners", "Listeners", ["ListenerArn", "DefaultActions"], Listener, observeListener),
  listing("batfish load-balancer-listeners", "LoadBalancerListeners", ["Listeners"], ListenersOfBalancer, (reading, item, source) =>
    item.Listeners.forEach((listener, i) => observeListener(reading, listener, inside(source, "Listeners", i))),
  ),
  listing("elbv2 describe-target-groups", "TargetGroups", ["TargetGroupArn", "TargetType"], TargetGroup, (reading, item, source) =>
    reading.observe({
      kind: "aws/target-group",
      arn: item.TargetGroupArn,
      name: item.TargetGroupName,
      type: item.TargetType,
      ...(item.Protocol !== undefined && { protocol: item.Protocol }),
      ...(item.Port !== undefined && { port: item.Port }),
      loadBalancers: item.LoadBalancerArns,
      ...ofOwner(reading, accountOfArn(item.TargetGroupArn)),
      source,
    }),
  ),
  networkShape(
    "elbv2",
    "describe-target-group-attributes",
    (document) => {
      const list = document["Attributes"];
      return listOf(document, "Attributes", "Key", "Value") && JSON.stringify(list).includes("deregistration_delay");
    },
    withGroup("attributes of a target group", mapAttributes),
  ),
  networkShape(
    "elbv2",
    "describe-target-health",
    (document) => listOf(document, "TargetHealthDescriptions", "Target"),
    withGroup("targets of a target group", mapHealth),
  ),
  listing(
    "batfish load-balancer-target-health",
    "LoadBalancerTargetHealth",
    ["TargetHealthDescriptions"],
    TargetHealthOfGroup,
    (reading, item, source) =>
      reading.observe({
        kind: "aws/target-health",
        targetGroup: item.TargetGroupArn,
        targets: item.TargetHealthDescriptions.map(targetOf),
        ...ofOwner(reading, accountOfArn(item.TargetGroupArn)),
        source,
      }),
  ),
];
