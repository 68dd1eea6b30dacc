// Runs in a thread of its own: copies the pieces of tables that it is given.
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { messageOf } from "./connect.ts";
import { type CopiedPiece, type CopySetting, createCopier, type Piece } from "./copier.ts";

export type WorkerMessage =
  | { readonly kind: "progress"; readonly rows: number; readonly bytes: number }
  | { readonly kind: "done"; readonly done: CopiedPiece }
  | { readonly kind: "failed"; readonly message: string };

const port = parentPort as MessagePort;
const { copy, close } = createCopier(workerData as CopySetting);

/** Between two messages of progress, in milliseconds. */
const EVERY = 200;

port.on("message", (piece: Piece | "end") => {
  if (piece === "end") {
    void close().then(() => port.close());
    return;
  }
  let told = 0;
  copy(piece, (rows, bytes) => {
    const now = performance.now();
    if (now - told < EVERY) return;
    told = now;
    port.postMessage({ kind: "progress", rows, bytes } satisfies WorkerMessage);
  })
    .then((done): WorkerMessage => ({ kind: "done", done }))
    .catch((error: unknown): WorkerMessage => ({ kind: "failed", message: messageOf(error) }))
    .then((answer) => port.postMessage(answer))
    .catch((error: unknown) => {
      throw error;
    });
});
