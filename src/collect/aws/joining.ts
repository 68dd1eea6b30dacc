// What the joins share: everything that was read, and where the joined result goes.
import type { Observation, ObservationKind, ObservationOf } from "../../model/observation.ts";
import type { AwsPart } from "../../model/observations/aws.ts";
import type { Source } from "../../model/source.ts";
import type { ListedCall } from "../collector.ts";
import type { AwsTopic } from "./topics.ts";

export type PartOf<P extends AwsPart["part"]> = Extract<AwsPart, { part: P }>;

/** All that was read, by kind and by part, and where the joined result goes. */
export interface Joining {
  readonly of: <K extends ObservationKind>(kind: K) => readonly ObservationOf<K>[];
  readonly parts: <P extends AwsPart["part"]>(part: P) => readonly PartOf<P>[];
  readonly calls: readonly ListedCall[];
  readonly keep: (observation: Observation) => void;
  readonly gap: (topic: AwsTopic, subject: string, what: string, why: string, source?: Source) => void;
}

/** Observations of one thing, by its key, in the order they were read. */
export const groupBy = <T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> => Map.groupBy(items, key);
