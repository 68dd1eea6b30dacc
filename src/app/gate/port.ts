// What the gate asks of a database: the ledger's rows, and one transaction that nobody else can be in at the same time.

export interface Head {
  readonly size: number;
  /** The signed checkpoint of that size. */
  readonly checkpoint: string;
}

/** A hash of a full tile, at a tile level of 1 or more (C2SP tlog-tiles); those of level 0 are the entries' leaves. */
export interface LedgerNode {
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

export interface LedgerRow {
  readonly index: number;
  readonly at: string;
  readonly kind: string;
  readonly bytes: Uint8Array;
  readonly leaf: Uint8Array;
}

/** An answer that was given under a caller's key, to be given again. */
export interface Remembered {
  readonly subject: string;
  readonly key: string;
  /** SHA-256 of what was asked: the same key with another question is refused. */
  readonly asked: string;
  readonly answer: string;
  readonly at: string;
}

/** Whose account a pseudonym of the ledger stands for. Erasable: the ledger does not need it. */
export interface KnownAccount {
  readonly pseudonym: string;
  readonly account: string;
}

export interface Growth {
  readonly rows: readonly LedgerRow[];
  readonly nodes: readonly LedgerNode[];
  readonly head: Head;
  readonly remembered: readonly Remembered[];
  readonly accounts: readonly KnownAccount[];
}

export interface LedgerReading {
  /** Undefined before the first start. */
  readonly head: Head | undefined;
  /** Entries from one place up to, not including, another, in order. */
  entries(from: number, to: number): Promise<readonly Uint8Array[]>;
}

export interface LedgerWriting extends LedgerReading {
  /** The database's own time, where it has a clock that is not ours. */
  readonly clock: Date | undefined;
  remembered(keys: readonly Pick<Remembered, "subject" | "key">[]): Promise<readonly Remembered[]>;
  append(growth: Growth): Promise<void>;
}

export interface LedgerStore {
  /** A consistent look at the ledger, without a lock. */
  read<T>(act: (ledger: LedgerReading) => Promise<T>): Promise<T>;
  /**
   * Runs `act` in a transaction that holds the head, so that no other process appends meanwhile, and returns once the commit is on disk. When it throws,
   * the outcome may be unknown: whoever called must read the ledger again before deciding anything.
   */
  write<T>(act: (ledger: LedgerWriting) => Promise<T>): Promise<T>;
}
