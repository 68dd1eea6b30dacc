// COPY on the wire: rows out of a socket's frames and into another's, beside what `pg` does with every other message.
//
// `pg` parses each message into an object, and a library of streams makes a chunk of each row. Here the frames are walked in the buffer
// that the socket filled, so that a row costs no allocation.
import type { Socket } from "node:net";
import type pg from "pg";
import type { PgClient } from "./connect.ts";

const COPY_DATA = 100; // 'd'
/** A message is a type, its length in four bytes that counts itself, and its content (PostgreSQL 55.7). */
export const FRAME_HEADER = 5;

type Listener = (chunk: Buffer) => void;

interface Connection {
  readonly stream: Socket;
  readonly query: (text: string) => void;
  readonly endCopyFrom: () => void;
  readonly sendCopyFail: (reason: string) => void;
}

/** What `pg` calls on the query that is at work. */
interface Running {
  submit(connection: Connection): void;
  handleCommandComplete(message: { readonly text: string }): void;
  handleReadyForQuery(): void;
  handleError(error: Error): void;
  handleCopyInResponse(connection: Connection): void;
  handleCopyData(): void;
  handleRowDescription(): void;
  handleDataRow(): void;
  handlePortalSuspended(): void;
  handleEmptyQuery(): void;
}

const ignored = {
  handleCopyInResponse: () => undefined,
  handleCopyData: () => undefined,
  handleRowDescription: () => undefined,
  handleDataRow: () => undefined,
  handlePortalSuspended: () => undefined,
  handleEmptyQuery: () => undefined,
};

const rowsOf = (text: string): number => Number(/^COPY (\d+)/.exec(text)?.[1] ?? Number.NaN);

/** Told once when the connection ends meanwhile; the answer takes the telling back. */
function whenEnded(client: PgClient, tell: () => void): () => void {
  client.once("end", tell);
  return () => void client.removeListener("end", tell);
}

const run = (client: PgClient, running: Running): void => void client.query(running as unknown as pg.Submittable);

export interface CopyOut {
  /** The number of rows, by the server's count. */
  readonly done: Promise<number>;
  readonly pause: () => void;
  readonly resume: () => void;
}

/** `onData` gets the content of each CopyData message: one row with its line break ("always one per row", 55.2.6). */
export function copyOut(client: PgClient, text: string, onData: (bytes: Buffer, start: number, end: number) => void): CopyOut {
  let stream: Socket | undefined;
  let isPaused = false;
  const done = new Promise<number>((resolve, reject) => {
    let restore = (): void => undefined;
    let rows = Number.NaN;
    const settle = (end: () => void): void => {
      forget();
      restore();
      // A socket that was paused for the last rows must still answer later queries.
      stream?.resume();
      end();
    };
    const forget = whenEnded(client, () => settle(() => reject(new Error("the connection to the source ended"))));
    run(client, {
      ...ignored,
      submit: (connection) => {
        stream = connection.stream;
        restore = intercept(stream, onData, (error) => settle(() => reject(error)));
        if (isPaused) stream.pause();
        connection.query(text);
      },
      handleCommandComplete: (message) => void (rows = rowsOf(message.text)),
      handleReadyForQuery: () => settle(() => resolve(rows)),
      handleError: (error) => settle(() => reject(error)),
    });
  });
  return {
    done,
    pause: () => {
      isPaused = true;
      stream?.pause();
    },
    resume: () => {
      isPaused = false;
      stream?.resume();
    },
  };
}

/** Takes CopyData messages out of the stream; every other message goes where it went before, whole. */
function intercept(
  stream: Socket,
  onData: (bytes: Buffer, start: number, end: number) => void,
  onError: (error: Error) => void,
): () => void {
  const before = stream.listeners("data") as Listener[];
  stream.removeAllListeners("data");
  let rest: Buffer | undefined;
  let isOver = false;
  const listen: Listener = (chunk) => {
    let bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    rest = undefined;
    let at = 0;
    try {
      while (at + FRAME_HEADER <= bytes.length) {
        const end = at + 1 + bytes.readUInt32BE(at + 1);
        if (end > bytes.length) break;
        if (bytes[at] === COPY_DATA) onData(bytes, at + FRAME_HEADER, end);
        else for (const listener of before) listener(bytes.subarray(at, end));
        at = end;
      }
    } catch (error) {
      isOver = true;
      // What was being read cannot be trusted any more: neither can the connection.
      stream.destroy();
      onError(error as Error);
      return;
    }
    bytes = bytes.subarray(at);
    if (bytes.length > 0) rest = bytes;
  };
  stream.on("data", listen);
  return () => {
    if (isOver) return;
    isOver = true;
    stream.removeListener("data", listen);
    for (const listener of before) stream.on("data", listener);
  };
}

export interface CopyIn {
  /** `frame` starts with room for the header, and may be filled again after `sent`. */
  readonly write: (frame: Buffer, length: number, sent: () => void) => void;
  /** The number of rows, by the server's count. */
  readonly end: () => Promise<number>;
  /** Takes back everything of this COPY. */
  readonly abort: (reason: string) => Promise<void>;
  /** Rejects when the server refuses what was written. */
  readonly failed: Promise<never>;
}

export function copyIn(client: PgClient, text: string): Promise<CopyIn> {
  return new Promise((opened, refused) => {
    let rows = Number.NaN;
    let connection: Connection | undefined;
    const { promise: ended, resolve, reject } = Promise.withResolvers<number>();
    ended.catch(refused);
    const forget = whenEnded(client, () => reject(new Error("the connection to the target ended")));
    void ended.then(forget, forget);
    run(client, {
      ...ignored,
      submit: (given) => {
        connection = given;
        given.query(text);
      },
      handleCopyInResponse: (given) =>
        opened({
          write: (frame, length, sent) => {
            frame[0] = COPY_DATA;
            frame.writeUInt32BE(length - 1, 1);
            given.stream.write(frame.subarray(0, length), () => sent());
          },
          end: () => {
            connection?.endCopyFrom();
            return ended;
          },
          abort: async (reason) => {
            connection?.sendCopyFail(reason);
            await ended.catch(() => undefined);
          },
          failed: ended.then(() => new Promise<never>(() => undefined)),
        }),
      handleCommandComplete: (message) => void (rows = rowsOf(message.text)),
      handleReadyForQuery: () => resolve(rows),
      handleError: reject,
    });
  });
}
