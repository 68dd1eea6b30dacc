// The derived estate: what every question is asked of. Planes fill it, membership places it.
import type { Charter, Grade } from "../charter/schema.ts";
import type { Entity } from "../model/entity.ts";
import type { Gap } from "../model/gap.ts";
import type { Observations } from "../model/observation.ts";
import type { IdentityToken, Rule } from "../model/rule.ts";
import type { Member } from "./people/roster.ts";

/** Everything derived from files and charter: the same input gives the same estate, rule for rule. */
export interface Estate {
  /** Its people are everyone who is known, with all their accounts (people/roster.ts). */
  readonly charter: Charter;
  /** What directories and the personnel file say of each. */
  readonly members: readonly Member[];
  readonly observations: Observations;
  readonly entities: ReadonlyMap<string, Entity>;
  readonly tokens: readonly IdentityToken[];
  readonly rules: readonly Rule[];
  readonly gaps: readonly Gap[];
  /** Gaps that no plane turned into may-rules: they concern everything. */
  readonly untaken: readonly Gap[];
  readonly environmentOf: (entityId: string) => string | undefined;
  readonly isShared: (entityId: string) => boolean;
  /** ISO 8601 time that the verdict is about. */
  readonly asOf?: string;
  /** How strong an environment's boundary is; undefined: empty. */
  readonly gradeOf: (environment: string) => Grade | undefined;
  /** Pairs of environments between which the wall stands: nothing of `from` may change `to`. */
  readonly walls: readonly { readonly from: string; readonly to: string }[];
}
