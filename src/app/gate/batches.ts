// Group commit: what arrives while a batch is under way forms the next one, and is answered together.
import { GateError } from "./error.ts";

export interface Batches<Work> {
  /** Ends when the batch that holds the work has ended. */
  add(work: Work): Promise<unknown>;
  readonly counts: { readonly batches: number; readonly works: number; readonly waiting: number };
}

/** What became of one work: a value, or an error of its own that spoils nothing else. */
export type Outcome = { readonly value: unknown } | { readonly thrown: unknown };

interface Waiting<Work> {
  readonly work: Work;
  readonly isAlone: boolean;
  readonly done: (value: unknown) => void;
  readonly failed: (error: unknown) => void;
}

const MOST_IN_A_BATCH = 256;

/**
 * `run` does all of a batch or throws, and then nothing of it counts. When what it throws says UNDECIDABLE, each work is tried again alone, so that what one
 * breaks is not the answer to the others.
 */
export function batches<Work>(run: (batch: readonly Work[]) => Promise<readonly Outcome[]>, mostWaiting: number): Batches<Work> {
  const queue: Waiting<Work>[] = [];
  const counts = { batches: 0, works: 0, waiting: 0 };
  let isRunning = false;
  const runBatch = async (batch: readonly Waiting<Work>[]): Promise<void> => {
    counts.batches++;
    counts.works += batch.length;
    try {
      const outcomes = await run(batch.map(({ work }) => work));
      for (const [i, { done, failed }] of batch.entries()) {
        const outcome = outcomes[i] as Outcome;
        if ("thrown" in outcome) failed(outcome.thrown);
        else done(outcome.value);
      }
    } catch (error) {
      const isUndecidable = error instanceof GateError && error.code === "UNDECIDABLE";
      if (isUndecidable && batch.length > 1) queue.unshift(...batch.map((each) => ({ ...each, isAlone: true })));
      else for (const { failed } of batch) failed(error);
    }
  };
  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.splice(0, queue[0]?.isAlone ? 1 : MOST_IN_A_BATCH);
      counts.waiting = queue.length;
      await runBatch(batch);
    }
    isRunning = false;
  };
  return {
    counts,
    add: (work) =>
      new Promise((done, failed) => {
        if (queue.length >= mostWaiting) return failed(new GateError("BUSY", `${queue.length} questions wait already`));
        queue.push({ work, isAlone: false, done, failed });
        counts.waiting = queue.length;
        if (isRunning) return;
        isRunning = true;
        // On the next turn: what arrives together is decided together.
        setImmediate(() => void drain());
      }),
  };
}
