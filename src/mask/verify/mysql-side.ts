// MySQL and MariaDB as a side of a comparison: one snapshot, every value as the bytes of the text protocol.
import { createConnection, type Connection as Streaming, type RowDataPacket } from "mysql2";
import { type ByteSink, byteSink, ensure } from "../byte-sink.ts";
import { readDumpInventory } from "../dump/run.ts";
import type { Inventory, TableFacts } from "../inventory.ts";
import { type Address, addressOf, quotedName } from "../mysql/address.ts";
import { openSource, withFolder } from "../mysql/run.ts";
import type { Anonymity, Fields, Side } from "./side.ts";

export async function mysqlSide(url: string): Promise<Side> {
  const address = addressOf(url);
  const inventory = await withFolder((folder) => readDumpInventory(openSource(address, folder), "mysql"));
  const client = await connected(address);
  const number = async (text: string): Promise<number> => Number((await asked(client, text))[0]?.["count"]);
  const nameOf = (table: Pick<TableFacts, "name">): string => `${quotedName(address.database)}.${quotedName(table.name)}`;
  return {
    inventory,
    rows: (table, columns, onRow) =>
      rowsOf(client, `SELECT ${columns.map(quotedName).join(", ")} FROM ${nameOf(table)}`, columns.length, onRow),
    count: (table) => number(`SELECT count(*) AS count FROM ${nameOf(table)}`),
    orphans: ({ from, columns, to, toColumns }) => {
      const pairs = columns.map((column, at) => `parent.${quotedName(toColumns[at] as string)} = child.${quotedName(column)}`);
      // A row with a null among its columns refers to nothing and need not (MySQL, "FOREIGN KEY Constraints").
      const whole = columns.map((column) => `child.${quotedName(column)} IS NOT NULL`);
      return number(
        `SELECT count(*) AS count FROM ${nameOf(tableOf(inventory, from))} child WHERE ${whole.join(" AND ")}
         AND NOT EXISTS (SELECT 1 FROM ${nameOf(tableOf(inventory, to))} parent WHERE ${pairs.join(" AND ")})`,
      );
    },
    // Keys are checked when they are made, or not at all (foreign_key_checks): orphans tell.
    unvalidated: () => Promise.resolve([]),
    anonymity: (table, columns, sensitive) => anonymityOf(client, nameOf(table), columns, sensitive),
    close: () => new Promise((ended) => client.end(() => ended())),
  };
}

function tableOf({ tables }: Inventory, id: string): TableFacts {
  const found = tables.find((table) => table.id === id);
  if (found === undefined) throw new Error(`a foreign key names ${id}, which is no table`);
  return found;
}

async function connected({ host, port, user, password, database }: Address): Promise<Streaming> {
  const client = createConnection({ host, port, user, password, database, charset: "utf8mb4" });
  client.on("error", () => undefined);
  await asked(client, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  await asked(client, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
  return client;
}

const asked = (client: Streaming, sql: string): Promise<readonly RowDataPacket[]> =>
  new Promise((answered, failed) => {
    client.query<RowDataPacket[]>(sql, (error, rows) => (error ? failed(error) : answered(rows)));
  });

function rowsOf(client: Streaming, sql: string, count: number, onRow: (fields: Fields) => void): Promise<number> {
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  const out: ByteSink = byteSink(64 * 1024);
  let rows = 0;
  return new Promise((done, failed) => {
    const query = client.query({ sql, rowsAsArray: true, typeCast: (field) => field.buffer() });
    query.on("error", failed);
    query.on("result", (row) => {
      const values = row as unknown as readonly (Buffer | null)[];
      out.at = 0;
      for (let at = 0; at < count; at++) {
        const value = values[at];
        starts[at] = -1;
        if (value === null || value === undefined) continue;
        ensure(out, value.length);
        starts[at] = out.at;
        out.at += value.copy(out.bytes, out.at);
        ends[at] = out.at;
      }
      rows++;
      onRow({ bytes: out.bytes, starts, ends });
    });
    query.on("end", () => done(rows));
  });
}

async function anonymityOf(
  client: Streaming,
  table: string,
  columns: readonly string[],
  sensitive: string | undefined,
): Promise<Anonymity> {
  const distinct = sensitive === undefined ? "NULL" : `count(DISTINCT ${quotedName(sensitive)})`;
  const [row] = await asked(
    client,
    `SELECT min(size) AS k, min(kinds) AS l, sum(size = 1) AS alone, sum(size) AS total
     FROM (SELECT count(*) AS size, ${distinct} AS kinds FROM ${table} GROUP BY ${columns.map(quotedName).join(", ")}) AS \`groups\``,
  );
  const value = (name: string): number => Number(row?.[name] ?? 0);
  return { k: value("k"), unique: value("alone"), rows: value("total"), ...(sensitive !== undefined && { l: value("l") }) };
}
