// Copies pieces of tables under the run's snapshot, one after another, over two connections of its own.
import { compileFields, prfOfDomains } from "../engine/compile.ts";
import { type FieldCount, rowMasker } from "../engine/row.ts";
import { maskers } from "../maskers/registry.ts";
import type { TablePlan } from "../policy/plan.ts";
import { connect, type PgClient } from "./connect.ts";
import { type Copied, copyPiece } from "./copy-table.ts";
import { copyStatements } from "./statements.ts";

export interface CopySetting {
  readonly from: string;
  readonly to: string;
  readonly snapshot: string;
  readonly tables: readonly TablePlan[];
  readonly key: Uint8Array;
}

/** A table, or those of its rows that `where` says. */
export interface Piece {
  readonly id: number;
  readonly table: string;
  readonly where: string | undefined;
}

export interface ColumnCount extends FieldCount {
  readonly column: string;
}

export interface CopiedPiece {
  readonly copied: Copied;
  readonly columns: readonly ColumnCount[];
}

export interface Copier {
  readonly copy: (piece: Piece, onProgress: (rows: number, bytes: number) => void) => Promise<CopiedPiece>;
  readonly close: () => Promise<void>;
}

export function createCopier({ from, to, snapshot, tables, key }: CopySetting): Copier {
  const prf = prfOfDomains(key);
  let source: PgClient | undefined;
  let target: PgClient | undefined;
  return {
    copy: async ({ table: name, where }, onProgress) => {
      const table = tables.find((each) => each.id === name);
      if (table === undefined) throw new Error(`no table ${name}`);
      source ??= await openSource(from, snapshot);
      target ??= await openTarget(to);
      const statements = copyStatements(table, tables);
      const row = rowMasker(compileFields(statements.fields, maskers, prf), { isTrusted: true });
      const isWhole = where === undefined;
      await target.query("BEGIN");
      if (isWhole && !statements.isRouted) await target.query(`TRUNCATE ONLY ${statements.into}`);
      const copied = await copyPiece({ source, target, read: statements.read(where), write: statements.write(isWhole), row, onProgress });
      await target.query("COMMIT");
      const columns = statements.fields.flatMap(({ plan, isReadOnly }, index) => {
        const count = row.counts[index];
        return isReadOnly || count === undefined || plan.rule.kind !== "mask" ? [] : [{ column: plan.name, ...count }];
      });
      return { copied, columns };
    },
    // After a failure the state of both connections is unknown, and one may still be in the middle of a row.
    close: async () => {
      for (const client of [source, target]) (client as unknown as Connected | undefined)?.connection.stream.destroy();
    },
  };
}

interface Connected {
  readonly connection: { readonly stream: { readonly destroy: () => void } };
}

async function openSource(url: string, snapshot: string): Promise<PgClient> {
  const client = await connect(url);
  await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  await client.query(`SET TRANSACTION SNAPSHOT '${snapshot}'`);
  return client;
}

async function openTarget(url: string): Promise<PgClient> {
  const client = await connect(url);
  // The database is not there until the last commit of the run, which waits for the disk, and with it for all before it.
  await client.query("SET synchronous_commit = off");
  return client;
}
