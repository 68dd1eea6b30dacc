// The contract of a collector folder: what it reads, what it needs, what it cannot see, and how files become observations.
import type { Gap } from "../model/gap.ts";
import type { Scope } from "../model/manifest.ts";
import type { Observation } from "../model/observation.ts";

/** A file after parsing: bytes are decoded, size and depth are within limits, JSON or YAML is read. Text that is neither has no documents. */
export interface ParsedFile {
  /** Relative to the folder that was checked, `/` between parts. */
  readonly path: string;
  readonly format: "json" | "yaml" | "text";
  readonly documents: readonly unknown[];
  readonly text: string;
  /** From the manifest or the charter's inputs; a file without either has none. */
  readonly scope?: Scope;
  /** The call that a manifest says this file answers: `aws s3api get-bucket-policy --bucket acme-exports`, `GET /repos/acme/shop/environments`. */
  readonly call?: string;
}

/** A call that a manifest lists, with what became of it. */
export interface ListedCall {
  readonly call: string;
  readonly status: "answered" | "denied";
  readonly error?: string;
  readonly scope: Scope;
}

export interface ObservationSink {
  observation(observation: Observation): void;
  gap(gap: Gap): void;
}

export interface CollectorContext {
  /** Keyed fingerprint of a secret value. The value itself must not leave the collector. */
  readonly fingerprint: (secret: string) => string;
}

export interface Collector {
  readonly system: Scope["system"];
  /** What it reads, one line each, for docs. */
  readonly reads: readonly string[];
  /** The least permissions a live collection needs. */
  readonly permissions: readonly string[];
  /** What it cannot see, and which clauses that leaves open. */
  readonly cannotSee: readonly string[];
  /** The name of the shape this document has, by content and never by file name alone; undefined: not ours. */
  recognize(document: unknown, file: ParsedFile): string | undefined;
  /** Pure. One document of a recognized file → observations. What does not fit the schema becomes a gap with file and pointer, never a default. */
  map(document: unknown, index: number, file: ParsedFile, sink: ObservationSink, context: CollectorContext): void;
  /**
   * Pure, once, after every file of this system was mapped: takes all its observations and every manifest's calls, and hands the sink those to
   * keep, pieces from several files joined, with the gaps that only the whole shows. Absent: the observations stay as they are.
   */
  join?(observations: readonly Observation[], calls: readonly ListedCall[], sink: ObservationSink, context: CollectorContext): void;
  /** What a denied call leaves unseen: one gap or several, scoped as tightly as the call. */
  denied(call: string, error: string, scope: Scope): readonly Gap[];
}
