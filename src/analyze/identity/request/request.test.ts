// Walks the request cases: each is a request with its policies, the answer that AWS's documentation gives, and where it says so.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { answer, type Answer } from "./answer.ts";
import { EvaluationRequest } from "./schema.ts";

interface Case {
  readonly name: string;
  /** Document and section. */
  readonly source: string;
  readonly request: unknown;
  readonly expect: {
    readonly outcome: Answer["outcome"];
    /** Sid and kind of a deciding statement. */
    readonly by?: string;
    readonly kind?: string;
    readonly residual?: string;
    readonly missing?: string;
    readonly why?: string;
  };
}

const folder = fileURLToPath(new URL("./cases/", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
const casesOf = (name: string): readonly Case[] => JSON.parse(readFileSync(folder + name, "utf8")) as readonly Case[];

function check({ request, expect: wanted, source }: Case): void {
  expect(source).not.toBe("");
  const told = answer(EvaluationRequest.parse(request));
  if (!told.ok) throw new Error(told.error.message);
  const { outcome, by, residual, missing, why } = told.value;
  expect(outcome, JSON.stringify(told.value)).toBe(wanted.outcome);
  if (wanted.by !== undefined) expect(by.map((statement) => statement.sid)).toContain(wanted.by);
  if (wanted.kind !== undefined) expect(by.map((statement) => statement.kind)).toContain(wanted.kind);
  if (wanted.residual !== undefined) expect(residual.join("; ")).toContain(wanted.residual);
  if (wanted.missing !== undefined) expect(missing.join("; ")).toContain(wanted.missing);
  if (wanted.why !== undefined) expect(why.join("; ")).toContain(wanted.why);
  // An answer can always say what it rests on.
  if (outcome === "allowed") expect(residual.length + missing.length + why.length).toBe(0);
  if (outcome === "allowed-if") expect(residual.length).toBeGreaterThan(0);
  if (outcome === "denied") expect(by.length + why.length).toBeGreaterThan(0);
  if (outcome === "unknown") expect(missing.length).toBeGreaterThan(0);
}

for (const name of files) {
  describe(name.replace(".json", ""), () => {
    it.each(casesOf(name).map((one) => [one.name, one] as const))("%s", (_, one) => check(one));
  });
}

describe("the request cases", () => {
  it("are at least three hundred, each with a name of its own in its file", () => {
    expect(files.reduce((sum, name) => sum + casesOf(name).length, 0)).toBeGreaterThanOrEqual(300);
    for (const name of files) {
      const names = casesOf(name).map((one) => one.name);
      expect(new Set(names).size, name).toBe(names.length);
    }
  });

  it("are those that docs/iam-cases.md names, file by file", () => {
    const page = readFileSync(new URL("../../../../docs/iam-cases.md", import.meta.url), "utf8");
    const rows = page.split("\n").flatMap((line) => {
      const cells = line.replace(/^\| | \|$/g, "").split(" | ");
      return cells.length === 3 && cells[1]?.endsWith(".json`") === true
        ? [{ file: cells[1].replaceAll("`", "").replace(/^identity\//, ""), names: cells[2] as string }]
        : [];
    });
    const root = new URL("../", import.meta.url);
    for (const { file, names } of rows) {
      const have = new Set((JSON.parse(readFileSync(new URL(file, root), "utf8")) as readonly Case[]).map(({ name }) => name));
      const named = [...names.matchAll(/“([^”]+)”/g)].map(([, name]) => name as string);
      expect(named.length, file).toBeGreaterThan(0);
      for (const name of named) expect(have.has(name), `${file}: ${name}`).toBe(true);
    }
    expect(rows.flatMap(({ file }) => (file.startsWith("request/cases/") ? [file.slice("request/cases/".length)] : [])).toSorted()).toEqual(
      files.toSorted(),
    );
  });
});
