// The scanner against PostgreSQL itself: a hundred thousand random rows out, through it, and in again.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgresPrograms, type PostgresServer, startPostgres } from "../../lib/postgres-support.ts";
import { byteSink, writeBytes } from "../byte-sink.ts";
import { escapeInPlace } from "../engine/copy-text.ts";
import { type FieldRule, rowMasker } from "../engine/row.ts";
import type { Masking } from "../masker.ts";
import { connect, type PgClient } from "./connect.ts";
import { copyIn, FRAME_HEADER } from "./copy.ts";
import { copyPiece } from "./copy-table.ts";

const programs = postgresPrograms();
const ROWS = 100_000;
const COLUMNS = 5;
const PIECES = [
  "a",
  "N",
  "\\",
  "\t",
  "\n",
  "\r",
  "\b",
  "\f",
  "\v",
  "\\.",
  "\\N",
  "é",
  "😀",
  "\u0001",
  "\u007f",
  '"',
  "'",
  "x41",
  "101",
  " ",
];

/** Numerical Recipes' generator: the same rows each time. */
function* chance(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 8;
  }
}

describe.runIf(programs !== undefined)("COPY", () => {
  let server: PostgresServer;
  let source: PgClient;
  let target: PgClient;
  beforeAll(async () => {
    server = await startPostgres(programs as string, { settings: { fsync: "off" } });
    [source, target] = [await connect(server.url()), await connect(server.url())];
    const columns = Array.from({ length: COLUMNS }, (_, at) => `c${at} text`).join(", ");
    for (const table of ["a", "b"]) await source.query(`CREATE TABLE public.${table} (id int, ${columns})`);
    await fill();
  });
  afterAll(async () => {
    await source.end();
    await target.end();
    await server.stop();
  });

  async function fill(): Promise<void> {
    const into = await copyIn(source, "COPY public.a FROM STDIN");
    const out = byteSink(1 << 16);
    const scratch = byteSink();
    const random = chance(42);
    const next = (count: number): number => (random.next().value as number) % count;
    out.at = FRAME_HEADER;
    for (let row = 0; row < ROWS; row++) {
      out.at += out.bytes.write(String(row), out.at);
      for (let column = 0; column < COLUMNS; column++) {
        out.bytes[out.at++] = 9;
        if (next(8) === 0) out.at += out.bytes.write("\\N", out.at);
        else {
          const from = out.at;
          const value = Buffer.from(Array.from({ length: next(7) }, () => PIECES[next(PIECES.length)]).join(""));
          writeBytes(out, value, 0, value.length);
          escapeInPlace(out, from, scratch);
        }
      }
      out.bytes[out.at++] = 10;
      if (out.at > 60_000 || row === ROWS - 1) {
        await new Promise<void>((sent) => into.write(out.bytes, out.at, sent));
        out.at = FRAME_HEADER;
      }
    }
    await into.end();
  }

  test("random rows come through whole, and only masked fields change", async () => {
    const same: Masking = (input, start, end, out) => writeBytes(out, input, start, end);
    const suffix = Buffer.from("\t\\\n\\N");
    const marked: Masking = (input, start, end, out) => {
      writeBytes(out, input, start, end);
      writeBytes(out, suffix, 0, suffix.length);
    };
    const mask = (masking: Masking): FieldRule => ({ kind: "mask", masking, reads: [] });
    const keep: FieldRule = { kind: "keep" };
    const copied = await copyPiece({
      source,
      target,
      read: "COPY (SELECT * FROM public.a) TO STDOUT",
      write: "COPY public.b FROM STDIN",
      row: rowMasker([keep, mask(same), keep, mask(marked), mask(same), keep], { isTrusted: true }),
      onProgress: () => undefined,
    });
    expect(copied.rows).toBe(ROWS);
    const { rows } = await source.query(
      `SELECT count(*)::int AS rows, count(*) FILTER (WHERE a.c0 IS DISTINCT FROM b.c0 OR a.c1 IS DISTINCT FROM b.c1 OR a.c3 IS DISTINCT FROM b.c3 OR a.c4 IS DISTINCT FROM b.c4)::int AS other,
        count(*) FILTER (WHERE a.c2 || E'\\t\\\\\\n\\\\N' IS DISTINCT FROM b.c2)::int AS unmarked, (count(DISTINCT a.c1) > 1000) AS "isVaried" FROM public.a JOIN public.b USING (id)`,
    );
    expect(rows).toEqual([{ rows: ROWS, other: 0, unmarked: 0, isVaried: true }]);
  });

  test("a masking that throws leaves nothing behind", async () => {
    await target.query("TRUNCATE public.b");
    const masking: Masking = (input, start, end, out) => {
      if (end - start === 5) throw new Error("cannot be masked");
      writeBytes(out, input, start, end);
    };
    const [from, to] = [await connect(server.url()), await connect(server.url())];
    const row = rowMasker([{ kind: "mask", masking, reads: [] }, ...Array.from({ length: COLUMNS }, (): FieldRule => ({ kind: "keep" }))], {
      isTrusted: true,
    });
    const copying = copyPiece({
      source: from,
      target: to,
      read: "COPY (SELECT * FROM public.a) TO STDOUT",
      write: "COPY public.b FROM STDIN",
      row,
      onProgress: () => undefined,
    });
    await expect(copying).rejects.toThrow("cannot be masked");
    expect((await source.query("SELECT count(*)::int AS n FROM public.b")).rows).toEqual([{ n: 0 }]);
    await to.end();
  });

  test("a source that says no, and a target that says no, are told as they say it", async () => {
    const row = rowMasker([{ kind: "keep" }], { isTrusted: true });
    const pipe = { source, target, row, onProgress: () => undefined };
    await expect(copyPiece({ ...pipe, read: "COPY (SELECT 1 / 0) TO STDOUT", write: "COPY public.b (id) FROM STDIN" })).rejects.toThrow(
      "division by zero",
    );
    const [from, to] = [await connect(server.url()), await connect(server.url())];
    await expect(
      copyPiece({
        ...pipe,
        source: from,
        target: to,
        read: "COPY (SELECT c0 FROM public.a) TO STDOUT",
        write: "COPY public.b (id) FROM STDIN",
      }),
    ).rejects.toThrow("invalid input syntax");
    for (const client of [from, to]) void client.end();
  });
});
