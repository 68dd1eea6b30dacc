// Declared doors as this plane meets them: automatic promotion into a lower environment is no way through the wall.
import { TIERS } from "../../charter/schema.ts";
import { type Fact, fact } from "../../model/rule.ts";
import type { PlaneInput } from "../plane.ts";
import { doorId } from "./ids.ts";

export type Gate = Extract<PlaneInput["charter"]["doors"][number], { kind: "gate" }>;

export const gatesOf = (input: PlaneInput): readonly Gate[] => input.charter.doors.filter((door): door is Gate => door.kind === "gate");

const isLower = (input: PlaneInput, environment: string): boolean => {
  const tier = input.charter.environments.find((one) => one.name === environment)?.tier;
  return tier !== undefined && TIERS.indexOf(tier) < TIERS.indexOf("production");
};

/** "Lower boundaries may have gates without approval": the charter declares zero approvals on every promotion into the environment. */
export function isAutomatic(input: PlaneInput, door: Gate): boolean {
  const promotions = input.charter.promotion.filter((one) => one.to === door.to);
  return isLower(input, door.to) && promotions.length > 0 && promotions.every((one) => one.approvals === 0);
}

/** What a rule into the deployer needs besides: the passage of an automatic door, which nothing derives. */
export const passage = (input: PlaneInput, deployers: readonly string[]): readonly Fact[] =>
  gatesOf(input)
    .filter((door) => deployers.includes(door.deployer) && isAutomatic(input, door))
    .map((door) => fact("approve", doorId(door.name)));
