import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Scope } from "../model/manifest.ts";
import { collectors } from "./registry.ts";

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(import.meta.dirname, entry.name, "collector.ts")))
  .map((entry) => entry.name);

test("the registry holds every collector's folder, once, under the system's name", () => {
  expect(collectors.map((collector) => collector.system).toSorted()).toEqual(folders.toSorted());
});

test.each(collectors.map((collector) => [collector.system, collector] as const))(
  "%s says what it reads, needs and cannot see",
  (system, collector) => {
    expect(Scope.shape.system.options).toContain(system);
    for (const lines of [collector.reads, collector.permissions, collector.cannotSee]) {
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.every((line) => line.trim() !== "")).toBe(true);
    }
  },
);

test.each([null, true, 1, "text", [], {}, [[]], { kind: 1 }, { __proto__: null }, { Version: "2012-10-17" }])(
  "%j is nobody's document",
  (document) => {
    const file = { path: "x.json", format: "json", documents: [document], text: "" } as const;
    expect(collectors.filter((collector) => collector.recognize(document, file) !== undefined).map(({ system }) => system)).toEqual([]);
  },
);
