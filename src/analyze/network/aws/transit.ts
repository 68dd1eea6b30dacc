// Transit gateways, compiled. Association says where an attachment's traffic is looked up; propagation says where its routes are found.
import type { Observations } from "../../../model/observation.ts";
import type { AwsTransitGatewayAttachment } from "../../../model/observations/aws-network.ts";
import { type AddressRange, parseCidr } from "./address.ts";
import type { PrefixLists } from "./filters.ts";
import type { Network, Subnet, TransitAttachment, TransitRoute, Vpc } from "./network.ts";
import { type PrefixEntry, prefixTable } from "./prefix-table.ts";

type Transit = Pick<Network, "attachments" | "attachmentOfVpc" | "transitTables" | "transitGatewaysReferencing">;

export function compileTransit(
  observations: Observations,
  subnets: ReadonlyMap<string, Subnet>,
  vpcs: ReadonlyMap<string, Vpc>,
  lists: PrefixLists,
): Transit {
  const attachments = compileAttachments(observations, subnets);
  const ofVpc = new Map<string, TransitAttachment>();
  for (const attachment of attachments.values())
    if (attachment.type === "vpc" && attachment.isAvailable) ofVpc.set(`${attachment.gateway} ${attachment.resource}`, attachment);
  const gateways = observations("aws/transit-gateway").filter((gateway) => gateway.referencesSecurityGroups);
  return {
    attachments,
    attachmentOfVpc: ofVpc,
    transitTables: compileTables(observations, attachments, vpcs, lists),
    transitGatewaysReferencing: new Set(gateways.map((gateway) => gateway.id)),
  };
}

function compileAttachments(observations: Observations, subnets: ReadonlyMap<string, Subnet>): ReadonlyMap<string, TransitAttachment> {
  const associated = new Map(observations("aws/transit-gateway-association").map((each) => [each.attachment, each.table]));
  const vpcAttachments = new Map(observations("aws/transit-gateway-vpc-attachment").map((each) => [each.id, each]));
  const listed = new Map(observations("aws/transit-gateway-attachment").map((each) => [each.id, each]));
  const all = new Map<string, TransitAttachment>();
  const add = (id: string, common: Pick<AwsTransitGatewayAttachment, "gateway" | "type" | "resource" | "isAvailable" | "source">): void => {
    const vpc = vpcAttachments.get(id);
    all.set(id, {
      id,
      gateway: common.gateway,
      type: common.type,
      resource: common.resource,
      isAvailable: common.isAvailable,
      table: associated.get(id) ?? listed.get(id)?.table,
      subnets: (vpc?.subnets ?? []).flatMap((subnet) => subnets.get(subnet) ?? []),
      referencesSecurityGroups: vpc?.referencesSecurityGroups ?? false,
      source: common.source,
    });
  };
  for (const each of listed.values()) add(each.id, each);
  for (const each of vpcAttachments.values()) if (!listed.has(each.id)) add(each.id, { ...each, type: "vpc", resource: each.vpc });
  return all;
}

function compileTables(
  observations: Observations,
  attachments: ReadonlyMap<string, TransitAttachment>,
  vpcs: ReadonlyMap<string, Vpc>,
  lists: PrefixLists,
): Network["transitTables"] {
  const entries = new Map<string, PrefixEntry<TransitRoute>[]>();
  const add = (range: AddressRange, value: TransitRoute): void => {
    const list = entries.get(value.table) ?? [];
    // Static routes go before propagated ones of the same block (Transit Gateway Guide, "Route evaluation order").
    list.push({ range, rank: value.isPropagated ? 1 : 0, value });
    entries.set(value.table, list);
  };
  for (const route of observations("aws/transit-gateway-route"))
    for (const range of rangesOf(route.destination, lists)) add(range, { ...route });
  // A VPC propagates its blocks, a VPN its static routes; what comes by BGP shows only in the searched routes.
  const staticOf = new Map(observations("aws/vpn-connection").map((each) => [each.id, each.staticRoutes]));
  for (const propagation of observations("aws/transit-gateway-propagation")) {
    const { table, attachment, resource, source } = propagation;
    const isVpc = attachments.get(attachment)?.type === "vpc" || resource.startsWith("vpc-");
    const ranges = isVpc ? (vpcs.get(resource)?.ranges ?? []) : (staticOf.get(resource) ?? []).flatMap((cidr) => rangesOf(cidr, lists));
    for (const range of ranges)
      add(range, { table, destination: resource, isBlackhole: false, attachments: [attachment], isPropagated: true, source });
  }
  const read = new Map(observations("aws/transit-gateway-routes-read").map((each) => [each.table, each.isComplete]));
  const ids = [...entries.keys(), ...read.keys(), ...observations("aws/transit-gateway-table").map((table) => table.id)];
  return new Map(
    [...new Set(ids)].map((id) => [id, { id, routes: prefixTable(entries.get(id) ?? []), isComplete: read.get(id) ?? false }]),
  );
}

const rangesOf = (text: string, lists: PrefixLists): readonly AddressRange[] => {
  const range = parseCidr(text);
  return range ? [range] : (lists.get(text)?.cidrs ?? []).flatMap((cidr) => parseCidr(cidr) ?? []);
};
