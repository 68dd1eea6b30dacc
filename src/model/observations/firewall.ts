// What the firewall collector reads: the rules of each device, in order, as exported.
import type { Source } from "../source.ts";

export interface FirewallRule {
  /** Rules are asked in ascending order; the first that takes a connection in decides. */
  readonly order: number;
  readonly isAllow: boolean;
  /** `any`, a block, a range `FIRST-LAST`, or `vlan:ID`. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** `any`, `tcp`, `udp`, `icmp`, or a protocol number. */
  readonly protocol: string;
  /** Destination ports, each from and to. Empty: all. */
  readonly ports: readonly (readonly [number, number])[];
  readonly name?: string;
  readonly source: Source;
}

/** All rules of one device in one file. */
export interface FirewallRules {
  readonly kind: "firewall/rules";
  readonly device: string;
  /** What becomes of a connection that no rule takes in. */
  readonly otherwise: "deny" | "allow";
  readonly rules: readonly FirewallRule[];
  readonly source: Source;
}

export type FirewallObservation = FirewallRules;
