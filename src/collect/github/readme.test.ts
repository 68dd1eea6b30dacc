// The readme and the code name the same calls, topics and clauses.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SHAPES } from "./shapes.ts";
import { TOPICS } from "./topics.ts";

const readme = readFileSync(new URL("./readme.md", import.meta.url), "utf8");
const rows = (header: string): readonly string[] => readme.split(header)[1]?.split("\n\n")[0]?.split("\n").slice(2) ?? [];
const named = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? "");

test("calls", () => {
  const told = rows("| call | says | least permission of a fine-grained token |").flatMap((row) => named(row.split("|")[1] ?? ""));
  const paths = SHAPES.flatMap((shape) => shape.paths);
  const read = paths.map((path) => `GET ${path.replaceAll(/[:+](\w+)/g, (_, name: string) => name.toUpperCase())}`);
  expect(told.toSorted()).toEqual([...read, "GET /repos/OWNER/REPO/contents/.github/workflows/FILE"].toSorted());
});

test("every call has a permission", () => {
  for (const row of rows("| call | says | least permission of a fine-grained token |"))
    expect(row.split("|")[3], row).toMatch(/\b(?:read|write)\b/);
});

test("topics, each with its clauses", () => {
  const told = rows("| topic | subject | meaning | clauses |").flatMap((row) => {
    const [, topics = "", , , clauses = ""] = row.split("|");
    return named(topics).map((topic) => [topic, clauses.match(/[A-Z]\d/g) ?? []]);
  });
  expect(Object.fromEntries(told)).toEqual(TOPICS);
});
