import fc from "fast-check";
import { expect, test } from "vitest";
import { locate } from "./locate.ts";
import { parseBytes } from "./parse.ts";

const JSON_TEXT = `{
  "Roles": [
    { "Name": "a", "x/y": 1, "m~n": [true, null] },
    { "Na\\u006de": "b\\"}" }
  ],
  "": { "": -1.5e3 }
}`;

test.each([
  ["", 1, 1],
  ["/Roles", 2, 3],
  ["/Roles/0", 3, 5],
  ["/Roles/0/x~1y", 3, 20],
  ["/Roles/0/m~0n", 3, 30],
  ["/Roles/0/m~0n/1", 3, 44],
  ["/Roles/1/Name", 4, 7],
  ["/", 6, 3],
  ["//", 6, 9],
])("JSON %j stands at %i:%i", (pointer, line, column) => {
  expect(locate(JSON_TEXT, "json", pointer)).toEqual({ line, column });
});

test.each(["/Nothing", "/Roles/2", "/Roles/00", "/Roles/-1", "/Roles/0/Name/x", "Roles", "/Roles/0/toString"])(
  "JSON %j leads nowhere",
  (pointer) => {
    expect(locate(JSON_TEXT, "json", pointer)).toBeUndefined();
  },
);

const YAML_TEXT = `# empty documents do not count
---
---
base: &base
  kind: Role
  rules:
    - verbs: [get, list]
---
a: &a
  x: 1
b: *a
c:
  <<: *a
  80: z
`;

test.each([
  ["", 0, 4, 1],
  ["/base/rules", 0, 6, 3],
  ["/base/rules/0", 0, 7, 7],
  ["/base/rules/0/verbs/1", 0, 7, 20],
  ["/b", 1, 11, 1],
  ["/b/x", 1, 10, 3],
  ["/c/x", 1, 10, 3],
  ["/c/80", 1, 14, 3],
])("YAML %j of document %i stands at %i:%i", (pointer, document, line, column) => {
  expect(locate(YAML_TEXT, "yaml", pointer, document)).toEqual({ line, column });
});

test("~01 is the key ~1, and a pointer into text, into a document that is not there or into broken YAML leads nowhere", () => {
  expect(locate("a: 1", "text", "/a")).toBeUndefined();
  expect(locate(YAML_TEXT, "yaml", "/a", 2)).toBeUndefined();
  expect(locate('{"~1":1,"/":2}', "json", "/~01")).toEqual({ line: 1, column: 2 });
  expect(locate(JSON_TEXT, "json", "/Roles", 1)).toBeUndefined();
  expect(locate("a: [", "yaml", "/a")).toBeUndefined();
  expect(locate("a: &a\n  <<: *a\n", "yaml", "/a/b")).toBeUndefined();
});

/** Every pointer of a value, with the value. */
function* pointers(value: unknown, pointer = ""): Iterable<readonly [string, unknown]> {
  yield [pointer, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) yield* pointers(child, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
}

test("every pointer of a JSON text leads to the text of its key or value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value, null, 1);
      const lines = text.split("\n");
      for (const [pointer, child] of pointers(JSON.parse(text))) {
        const at = locate(text, "json", pointer);
        if (at === undefined) expect.fail(`${pointer} in ${text}`);
        const rest = [lines[at.line - 1]?.slice(at.column - 1), ...lines.slice(at.line)].join("\n");
        const key = pointer
          .slice(pointer.lastIndexOf("/") + 1)
          .replaceAll("~1", "/")
          .replaceAll("~0", "~");
        const starts = [`${JSON.stringify(key)}: `, JSON.stringify(child, null, 1).split("\n")[0] ?? ""];
        expect(starts.some((start) => rest.startsWith(start))).toBe(true);
      }
    }),
  );
});

test("the same pointer stands at the same key whether JSON is read as JSON or as YAML", () => {
  const value = { a: [{ b: 1 }, { c: { d: [2, 3] } }], e: "f" };
  const text = JSON.stringify(value, null, 2);
  expect(parseBytes("a.json", new TextEncoder().encode(text)).ok).toBe(true);
  for (const [pointer] of pointers(value)) expect(locate(`${text} `, "yaml", pointer)).toEqual(locate(text, "json", pointer));
});
