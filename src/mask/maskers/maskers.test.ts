import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MaskError } from "../error.ts";
import type { Column, ColumnType } from "../masker.ts";
import { createPrf } from "../prf/prf.ts";
import { maskText } from "../text-masking.ts";
import { chosen, refusal } from "./choice.ts";
import { compileMasking, maskers } from "./registry.ts";
import { siblingsOf } from "./siblings-support.ts";

interface Case {
  readonly name: string;
  readonly options?: Record<string, unknown>;
  readonly column: ColumnType & { readonly isUnique?: boolean };
  readonly siblings?: readonly (string | null)[];
  readonly input?: string;
  readonly equals?: string;
  readonly matches?: string;
  readonly differs?: boolean;
  readonly refused?: string;
  readonly fails?: string;
}

const folder = new URL(".", import.meta.url);
const folders = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/masker.ts`, folder)))
  .map((entry) => entry.name);

const columnOf = (type: Case["column"]): Column => ({
  schema: "public",
  table: "customer",
  name: "value",
  isUnique: false,
  domain: "d",
  ...type,
});
const prf = createPrf(Buffer.alloc(32, 1)).derive("d");

test("the registry holds every folder, once", () => {
  expect([...maskers.keys()].toSorted()).toEqual(folders.toSorted());
});

describe.each(folders)("%s", (id) => {
  const cases = JSON.parse(readFileSync(new URL(`${id}/cases.json`, folder), "utf8")) as readonly Case[];

  test("has a readme", () => {
    expect(readFileSync(new URL(`${id}/readme.md`, folder), "utf8").length).toBeGreaterThan(80);
  });

  test.each(cases.map((each) => [each.name, each] as const))("%s", (_name, each) => {
    const choice = { masker: id, ...each.options };
    const column = columnOf(each.column);
    const resolved = chosen(choice, maskers);
    const refused = resolved.ok ? refusal(resolved.value, column, maskers) : resolved.error;
    if (each.refused !== undefined) return expect(refused).toContain(each.refused);
    expect(refused).toBeUndefined();
    const input = each.input as string;
    const run = (key = prf): string => maskText(compileMasking(choice, column, key), input, each.siblings && siblingsOf(each.siblings));
    if (each.fails !== undefined) {
      expect(() => run()).toThrow(MaskError);
      return expect(() => run()).toThrow(each.fails);
    }
    const output = run();
    expect(run()).toBe(output);
    if (each.equals !== undefined) expect(output).toBe(each.equals);
    if (each.matches !== undefined) expect(output).toMatch(new RegExp(each.matches, "u"));
    if (each.differs === true) expect(output).not.toBe(input);
    if (column.maxLength !== undefined) expect([...output].length).toBeLessThanOrEqual(column.maxLength);
  });
});
