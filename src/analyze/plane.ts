// The contract of a plane: observations and charter in, entities, tokens and rules out. Pure.
import type { Charter } from "../charter/schema.ts";
import type { Entity } from "../model/entity.ts";
import type { Gap } from "../model/gap.ts";
import type { Observations } from "../model/observation.ts";
import type { EntitySink, IdentityToken, RuleSink } from "../model/rule.ts";

export interface PlaneInput {
  readonly observations: Observations;
  readonly charter: Charter;
  readonly gaps: readonly Gap[];
  /** ISO 8601 time that the verdict is about; absent: conditions on time stay undecided. */
  readonly asOf?: string;
}

/** Every entity and token of every plane, known before any rule is derived. */
export interface KnownEstate extends PlaneInput {
  readonly entities: ReadonlyMap<string, Entity>;
  readonly tokens: readonly IdentityToken[];
  /** Name of the environment an entity belongs to by the charter's boundaries; undefined: none, or a shared service. */
  readonly environmentOf: (entityId: string) => string | undefined;
  /** Whether the charter declares the entity part of a shared service. */
  readonly isShared: (entityId: string) => boolean;
}

export interface Plane {
  readonly name: string;
  /** First pass: what exists. */
  entities(input: PlaneInput, sink: EntitySink): void;
  /** Second pass: who can do what to what. */
  rules(estate: KnownEstate, sink: RuleSink): void;
}
