// Laws of the policy: nothing undeclared passes, both ends of a reference agree, and what is unique stays distinct.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { ColumnFacts, Inventory, TableFacts, UniqueKey } from "../inventory.ts";
import { maskers } from "../maskers/registry.ts";
import { loadPolicy } from "./load.ts";
import { type MaskPlan, planOf } from "./plan.ts";

const Case = z.strictObject({
  name: z.string(),
  tables: z.record(z.string(), z.array(z.string())),
  keys: z.array(z.string()).default([]),
  partitions: z.record(z.string(), z.string()).default({}),
  largeObjects: z.number().default(0),
  policy: z.string(),
  problems: z.array(z.string()).optional(),
  domains: z.record(z.string(), z.string()).optional(),
});
type Case = z.infer<typeof Case>;

const cases = z.array(Case).parse(JSON.parse(readFileSync(new URL("cases/plan.json", import.meta.url), "utf8")));

/** `id integer pk`, `email text unique`, `note text null`, `total numeric generated`. */
function inventoryOf({ tables, keys, partitions, largeObjects }: Case): Inventory {
  return {
    tables: Object.entries(tables).map(([id, columns]) => tableOf(id, columns, partitions[id])),
    foreignKeys: keys.map((key) => {
      const [from = "", to = ""] = key.split(" -> ");
      const [child = "", childColumns = ""] = from.split("/");
      const [parent = "", parentColumns = ""] = to.split("/");
      return { name: key, from: child, columns: childColumns.split(","), to: parent, toColumns: parentColumns.split(",") };
    }),
    largeObjects,
  };
}

function tableOf(id: string, lines: readonly string[], partitionOf: string | undefined): TableFacts {
  const [schema = "", name = ""] = id.split(".");
  const columns = lines.map((line): ColumnFacts => {
    const [column = "", type = "", ...words] = line.split(" ");
    return { name: column, type, written: type, isNullable: words.includes("null"), isGenerated: words.includes("generated") };
  });
  const uniqueKeys = lines.flatMap((line): UniqueKey[] => {
    const [column = "", , ...words] = line.split(" ");
    const names =
      words
        .find((word) => word.startsWith("with:"))
        ?.slice(5)
        .split(",") ?? [];
    if (!words.some((word) => ["pk", "unique", "lower"].includes(word))) return [];
    return [
      {
        name: `${name}_${column}`,
        isPrimary: words.includes("pk"),
        columns: [column, ...names],
        isExpression: words.includes("lower"),
        nullsDistinct: true,
      },
    ];
  });
  return {
    id,
    schema,
    name,
    columns,
    uniqueKeys,
    ...(partitionOf !== undefined && { partitionOf }),
    partitionKey: [],
    holdsRows: true,
    rows: 0,
    bytes: 0,
  };
}

const domainsIn = (plan: MaskPlan): Record<string, string> =>
  Object.fromEntries(plan.tables.flatMap(({ id, columns }) => columns.map(({ name, column }) => [`${id}.${name}`, column.domain])));

describe("a policy and an inventory", () => {
  test.each(cases.map((each) => [each.name, each] as const))("%s", (_, each) => {
    const loaded = loadPolicy(each.policy, "masking.yaml");
    const plan = loaded.ok ? planOf(loaded.value, inventoryOf(each), maskers) : loaded;
    const problems = plan.ok ? [] : plan.error.map(({ line, column, message }) => `${line}:${column} ${message.split("; ")[0]}`);
    expect(problems).toEqual(each.problems ?? []);
    if (!plan.ok) for (const { remedy } of plan.error) expect(remedy.length).toBeGreaterThan(5);
    if (plan.ok && each.domains) expect(domainsIn(plan.value as MaskPlan)).toMatchObject(each.domains);
  });
});
