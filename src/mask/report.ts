// What a run did, in numbers: for the person who ran it, and for the certificate.

export interface ChunkReport {
  readonly rows: number;
  /** Of the masked output. */
  readonly bytes: number;
  /** Of the masked output, in the order in which it was written. */
  readonly sha256: string;
}

export interface ColumnReport {
  readonly name: string;
  readonly rule: "keep" | "null" | "drop" | "generated" | "mask";
  /** Of a mask: */
  readonly masker?: string;
  readonly nulls?: number;
  readonly changed?: number;
  /** Masked, and still the same value. */
  readonly unchanged?: number;
}

export interface TableReport {
  readonly id: string;
  readonly action: "copy" | "empty" | "drop";
  readonly rows: number;
  readonly chunks: readonly ChunkReport[];
  readonly columns: readonly ColumnReport[];
}

export interface RunReport {
  readonly source: "postgres" | "mysql" | "dump" | "files";
  /** What all rows were read under, where the source has such a thing. */
  readonly snapshot?: string;
  /** Things of the source that no mask brings down, such as foreign servers. */
  readonly leftOut: readonly string[];
  readonly tables: readonly TableReport[];
}
