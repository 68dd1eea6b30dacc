// Segments on premises, as the charter declares them: its segments, or each range of an environment's boundary.
import type { Charter } from "../../../charter/schema.ts";
import type { Observations } from "../../../model/observation.ts";
import type { EntitySink } from "../../../model/rule.ts";
import type { Source } from "../../../model/source.ts";
import type { PlaneInput } from "../../plane.ts";
import { type AddressRange, parseCidr } from "../aws/address.ts";

export interface Segment {
  readonly id: string;
  readonly label: string;
  readonly cidrs: readonly string[];
  readonly ranges: readonly AddressRange[];
  readonly vlan?: number;
  /** Named by the charter. */
  readonly firewall?: string;
  /** Gateways and attachments of AWS that lead to it; empty: any may. */
  readonly exits: readonly string[];
  readonly source: Source;
}

const CHARTER = "bulkhead.yaml";

export const segmentId = (name: string): string => `segment:${name}`;

/** A range that lies in a VPC which was read is that VPC's, and no segment. */
export function segmentsOf({ charter, observations }: Pick<PlaneInput, "charter" | "observations">): readonly Segment[] {
  const vpcs = observations("aws/vpc").flatMap(({ cidrs }) => cidrs.flatMap((cidr) => parseCidr(cidr) ?? []));
  const isOfAws = ({ from, to }: AddressRange): boolean => vpcs.some((vpc) => vpc.from <= from && to <= vpc.to);
  return [...declared(charter)].filter(({ ranges }) => ranges.length > 0 && !ranges.every(isOfAws));
}

function* declared(charter: Charter): Iterable<Segment> {
  for (const [i, { name, cidrs, vlan, firewall, exits }] of charter.segments.entries())
    yield {
      id: segmentId(name),
      label: `segment ${name}`,
      cidrs,
      ranges: cidrs.flatMap((cidr) => parseCidr(cidr) ?? []),
      ...(vlan !== undefined && { vlan }),
      ...(firewall !== undefined && { firewall }),
      exits,
      source: { file: CHARTER, pointer: `/segments/${i}` },
    };
  if (charter.segments.length > 0) return;
  for (const [i, { boundary }] of charter.environments.entries())
    for (const [k, cidr] of (boundary.cidrs ?? []).entries())
      yield {
        id: segmentId(cidr),
        label: `segment ${cidr}`,
        cidrs: [cidr],
        ranges: [parseCidr(cidr)].filter((range) => range !== undefined),
        exits: [],
        source: { file: CHARTER, pointer: `/environments/${i}/boundary/cidrs/${k}` },
      };
}

export function segmentEntities(input: PlaneInput, sink: EntitySink): void {
  for (const { id, label, cidrs, vlan, source } of segmentsOf(input))
    sink.entity({ id, kind: "endpoint", label, place: { network: { cidrs, ...(vlan !== undefined && { vlan }) } }, source });
}

export const devicesRead = (observations: Observations): readonly string[] => [
  ...new Set(observations("firewall/rules").map(({ device }) => device)),
];
