import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, parseBytes, type ParseCode, placeOf } from "./parse.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string, mark: boolean): Uint8Array => Buffer.from((mark ? "\ufeff" : "") + text, "utf16le");
const nested = (open: string, close: string, levels: number): string => open.repeat(levels) + close.repeat(levels);

/** Ten aliases a line, each of the line before: 10^30 values in two kilobytes. */
const laughs = Array.from({ length: 30 }, (_, i) =>
  i === 0
    ? "a0: &a0 [x]"
    : `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(",")}]`,
).join("\n");
const growingMerges = Array.from({ length: 3000 }, (_, i) =>
  i === 0 ? "a0: &a0 {k0: 1}" : `a${i}: &a${i} {<<: *a${i - 1}, k${i}: 1}`,
).join("\n");

interface Refused {
  readonly name: string;
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly code: ParseCode;
  readonly place?: string;
}

const REFUSED: readonly Refused[] = [
  { name: "UTF-16 with a byte order mark", path: "a.json", content: utf16('{"a":1}', true), code: "UTF16" },
  { name: "UTF-16 without a byte order mark", path: "a.json", content: utf16('{"a":1}', false), code: "UTF16" },
  { name: "big-endian UTF-16", path: "a.yaml", content: Buffer.from("feff0061003a00200031", "hex"), code: "UTF16" },
  { name: "big-endian UTF-16 without a byte order mark", path: "a.json", content: Buffer.from("007b0022", "hex"), code: "UTF16" },
  { name: "UTF-32", path: "a.json", content: Buffer.from("7b00000022000000", "hex"), code: "UTF16" },
  { name: "UTF-16 whatever the file is called", path: "a.txt", content: utf16("text", false), code: "UTF16" },
  {
    name: "bytes that are not UTF-8",
    path: "a.json",
    content: Buffer.from([0x22, 0x0a, 0xc0, 0xaf, 0x22]),
    code: "NOT_UTF8",
    place: "a.json:2:1",
  },
  { name: "UTF-8 cut inside a character", path: "a.txt", content: Buffer.from([0x61, 0xe2, 0x82]), code: "NOT_UTF8", place: "a.txt:1:2" },
  { name: "a binary file", path: "a.db", content: Buffer.from([1, 2, 3, 4, 5, 0, 1]), code: "BINARY" },
  { name: "an empty JSON file", path: "a.json", content: " \n", code: "EMPTY" },
  { name: "an empty state file", path: "terraform.tfstate", content: "", code: "EMPTY" },
  { name: "JSON cut between members", path: "a.json", content: '{\n  "a": 1,\n', code: "TRUNCATED", place: "a.json:2:10" },
  { name: "JSON cut inside a string", path: "a.json", content: '{\n  "a": "b', code: "TRUNCATED", place: "a.json:2:10" },
  { name: "JSON cut inside a word", path: "a.json", content: '{"a": fal', code: "TRUNCATED", place: "a.json:1:10" },
  { name: "JSON without extension, cut short", path: "policy", content: '{"Version": "2012-10-17", "Statement": [', code: "TRUNCATED" },
  { name: "JSON of one brace", path: "policy", content: "{", code: "TRUNCATED" },
  { name: "two JSON values in one file", path: "a.json", content: "{}\n{}", code: "NOT_JSON", place: "a.json:2:1" },
  { name: "a trailing comma", path: "a.json", content: '{"a":1,}', code: "NOT_JSON", place: "a.json:1:8" },
  { name: "a comment in JSON", path: "a.json", content: '// x\n{"a":1}', code: "NOT_JSON", place: "a.json:1:1" },
  { name: "a line break in a JSON string", path: "a.json", content: '{"a":"x\ny"}', code: "NOT_JSON" },
  { name: "YAML in a .json file", path: "a.json", content: "a: 1\n", code: "NOT_JSON" },
  { name: "text in a .json file", path: "a.json", content: "hello", code: "NOT_JSON" },
  { name: "a JSON key twice", path: "a.json", content: '{"a":\n{"b":1,\n"b":2}}', code: "DUPLICATE_KEY", place: "a.json:3:1" },
  {
    name: "a JSON key twice, once escaped",
    path: "a.json",
    content: '{"Action":1,"\\u0041ction":2}',
    code: "DUPLICATE_KEY",
    place: "a.json:1:13",
  },
  { name: "__proto__ twice", path: "a.json", content: '{"__proto__":1,"__proto__":2}', code: "DUPLICATE_KEY" },
  { name: "a JSON key twice in a .yaml file", path: "a.yaml", content: '{"a":1,"a":2}', code: "DUPLICATE_KEY" },
  { name: "a YAML key twice", path: "a.yaml", content: "a: 1\nb: 2\na: 3\n", code: "DUPLICATE_KEY", place: "a.yaml:3:1" },
  { name: "a YAML key as number and as text", path: "a.yaml", content: '80: 1\n"80": 2\n', code: "DUPLICATE_KEY", place: "a.yaml:2:1" },
  { name: "two merge keys", path: "a.yaml", content: "a: &a {}\nb:\n  <<: *a\n  <<: *a\n", code: "DUPLICATE_KEY" },
  { name: "JSON of 201 levels", path: "a.json", content: nested("[", "]", 201), code: "TOO_DEEP", place: "a.json:1:201" },
  { name: "JSON that would overflow the stack", path: "a.json", content: nested('{"a":[', "]}", 200_000), code: "TOO_DEEP" },
  { name: "YAML of 201 levels in brackets", path: "a.yaml", content: `a: ${nested("[", "]", 200)}`, code: "TOO_DEEP" },
  { name: "YAML of brackets that never close", path: "a.yaml", content: `x: ${"[".repeat(100_000)}`, code: "TOO_DEEP" },
  { name: "YAML of dashes", path: "a.yaml", content: "- ".repeat(100_000), code: "TOO_DEEP" },
  {
    name: "YAML of indentation",
    path: "a.yaml",
    content: Array.from({ length: 201 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
    code: "TOO_DEEP",
  },
  {
    name: "aliases of aliases that go too deep",
    path: "a.yaml",
    content: Array.from({ length: 201 }, (_, i) => (i === 0 ? "- &a0 [x]" : `- &a${i} [*a${i - 1}]`)).join("\n"),
    code: "TOO_DEEP",
  },
  { name: "billion laughs", path: "a.yaml", content: laughs, code: "ALIASES" },
  { name: "merges of merges", path: "a.yaml", content: growingMerges, code: "ALIASES" },
  { name: "too many aliases", path: "a.yaml", content: `a: &a x\nb: [${"*a, ".repeat(10_001)}]`, code: "ALIASES" },
  { name: "an alias to what contains it", path: "a.yaml", content: "a: &a\n  b: *a\n", code: "ALIASES", place: "a.yaml:2:6" },
  { name: "an alias to nothing", path: "a.yaml", content: "a: *b\n", code: "ALIASES", place: "a.yaml:1:4" },
  {
    name: "an alias to an anchor of another document",
    path: "a.yaml",
    content: "a: &a 1\n---\nb: *a\n",
    code: "ALIASES",
    place: "a.yaml:3:4",
  },
  { name: "a merge of what is no object", path: "a.yaml", content: "<<: 1\n", code: "NOT_YAML" },
  { name: "a list as a key", path: "a.yaml", content: "? [a]\n: 1\n", code: "NOT_YAML" },
  { name: "wrong indentation", path: "a.yaml", content: "a:\n  - b\n c: d\n", code: "NOT_YAML" },
  { name: "a tab as indentation", path: "a.yaml", content: "a:\n\tb: 1\n", code: "NOT_YAML", place: "a.yaml:2:1" },
  { name: "YAML cut inside brackets", path: "a.yaml", content: "a: [b", code: "TRUNCATED" },
  { name: "YAML cut inside quotes", path: "a.yaml", content: 'a: "b', code: "TRUNCATED" },
  { name: "an unquoted template value", path: "a.yaml", content: "kind: Pod\nname: {{ .Values.name }}\n", code: "TEMPLATE" },
  { name: "a template block", path: "a.yaml", content: "{{- if .Values.on }}\nkind: Pod\n{{- end }}\n", code: "TEMPLATE" },
  { name: "a template by content", path: "pod.yaml.tmpl", content: "apiVersion: v1\nkind: Pod\nname: {{ .x }}\n", code: "TEMPLATE" },
  { name: "a broken workflow, whose expressions make it no template", path: "a.yaml", content: "a: ${{ b }}\n  c: d\n", code: "NOT_YAML" },
  { name: "a number out of range in JSON that is called YAML", path: "a.yaml", content: '{"a":1e999}', code: "NUMBER" },
  { name: "a number out of range", path: "a.json", content: '{"a":1e999}', code: "NUMBER" },
];

describe("what cannot be read in one way only is refused, with a place and a remedy", () => {
  test.each(REFUSED)("$name", ({ path, content, code, place }) => {
    const result = parseBytes(path, typeof content === "string" ? bytes(content) : content);
    if (result.ok) expect.fail(`was read: ${JSON.stringify(result.value.documents).slice(0, 200)}`);
    expect(result.error.code).toBe(code);
    expect(result.error.file).toBe(path);
    expect(result.error.remedy).toMatch(/^[A-Z].*\.$/);
    if (place) expect(placeOf(result.error)).toBe(place);
  });
});

test("a refusal never quotes a value of the file", () => {
  const secret = "hunter2-AKIA";
  const broken = [`{"p": "${secret}" x}`, `{"p": ${secret}}`, `"${secret}`, `{"p":"${secret}"`, `{"p":"\\x${secret}"}`];
  for (const text of broken) {
    for (const path of ["a.json", "a.yaml"]) {
      const result = parseBytes(path, bytes(text));
      expect(JSON.stringify(result.ok ? "" : result.error)).not.toContain(secret);
    }
  }
  const yaml = [
    `a: b: ${secret}`,
    `a: *${secret}`,
    `- a\n${secret}`,
    `a: "${secret}" ${secret}`,
    `a: !<${secret} x`,
    `%${secret}\n---\n@${secret}`,
  ];
  for (const text of yaml) {
    const result = parseBytes("a.yaml", bytes(text));
    expect(JSON.stringify(result.ok ? "" : result.error)).not.toContain(secret);
  }
});

interface ReadCase {
  readonly name: string;
  readonly path: string;
  readonly content: string;
  readonly format: "json" | "yaml" | "text";
  readonly documents: readonly unknown[];
}

const ATTRIBUTE_C = {
  name: "c",
  line: 3,
  value: {
    is: "template",
    parts: [
      { is: "reference", root: "d", steps: ["e"] },
      { is: "literal", value: "!" },
    ],
  },
};

const READ: readonly ReadCase[] = [
  { name: "a byte order mark is taken off", path: "a.json", content: '\ufeff{"a":1}', format: "json", documents: [{ a: 1 }] },
  {
    name: "on, yes and off stay text",
    path: "a.yml",
    content: "on: push\nx: yes\ny: off\n",
    format: "yaml",
    documents: [{ on: "push", x: "yes", y: "off" }],
  },
  {
    name: "a YAML 1.1 directive does not change that",
    path: "a.yml",
    content: "%YAML 1.1\n---\non: yes\n",
    format: "yaml",
    documents: [{ on: "yes" }],
  },
  {
    name: "custom tags leave plain values",
    path: "a.yaml",
    content: "a: !Ref X\nb: !Join [c, d]\ne: !GetAtt {f: 1}\n",
    format: "yaml",
    documents: [{ a: "X", b: ["c", "d"], e: { f: 1 } }],
  },
  {
    name: "GitLab's !reference is told from a plain list",
    path: "a.yaml",
    content: "a: !reference [c, d]\nb: [c, d]\n",
    format: "yaml",
    documents: [{ a: { "!reference": ["c", "d"] }, b: ["c", "d"] }],
  },
  {
    name: "tags of YAML 1.1 make no other types",
    path: "a.yaml",
    content: "a: !!binary aGk=\nb: !!set {x: }\nc: !!timestamp 2026-11-24\n",
    format: "yaml",
    documents: [{ a: "aGk=", b: { x: null }, c: "2026-11-24" }],
  },
  {
    name: "empty documents are skipped",
    path: "a.yaml",
    content: "---\n---\na: 1\n---\n# only a comment\n---\nnull\n---\nb: 2\n",
    format: "yaml",
    documents: [{ a: 1 }, { b: 2 }],
  },
  { name: "a file of comments has no documents", path: "a.yaml", content: "# nothing\n", format: "yaml", documents: [] },
  { name: "CRLF", path: "a.yaml", content: "a: |\r\n  x\r\n  y\r\nb: 1\r\n", format: "yaml", documents: [{ a: "x\ny\n", b: 1 }] },
  { name: "an alias", path: "a.yaml", content: "a: &a [1]\nb: *a\n", format: "yaml", documents: [{ a: [1], b: [1] }] },
  { name: "an anchor said again", path: "a.yaml", content: "a: &a 1\nb: &a 2\nc: *a\n", format: "yaml", documents: [{ a: 1, b: 2, c: 2 }] },
  {
    name: "own keys win over merged ones, then earlier sources",
    path: "a.yaml",
    content: "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\n",
    format: "yaml",
    documents: [{ a: { x: 1, y: 1 }, b: { y: 2, z: 2 }, c: { x: 3, y: 1, z: 2 } }],
  },
  { name: "a quoted << is a key like any other", path: "a.yaml", content: '"<<": 1\n', format: "yaml", documents: [{ "<<": 1 }] },
  { name: "JSON in a .yaml file", path: "a.yaml", content: '{"a": [1]}', format: "json", documents: [{ a: [1] }] },
  { name: "flow YAML that is not JSON", path: "a.yaml", content: "{a: [1]}", format: "yaml", documents: [{ a: [1] }] },
  {
    name: "numbers without a JSON form keep their text",
    path: "a.yaml",
    content: "a: .nan\nb: -.inf\nc: 1e999\n",
    format: "yaml",
    documents: [{ a: ".nan", b: "-.inf", c: "1e999" }],
  },
  {
    name: "a GitHub expression is no template",
    path: "a.yaml",
    content: "a: ${{ github.ref }}\n",
    format: "yaml",
    documents: [{ a: "${{ github.ref }}" }],
  },
  {
    name: "a policy without extension",
    path: "policies/deploy",
    content: '{"Statement": []}',
    format: "json",
    documents: [{ Statement: [] }],
  },
  { name: "JSON in a .txt file", path: "roles.txt", content: '[{"a":1}]', format: "json", documents: [[{ a: 1 }]] },
  {
    name: "a Kubernetes object without extension",
    path: "web",
    content: "apiVersion: v1\nkind: Pod\n",
    format: "yaml",
    documents: [{ apiVersion: "v1", kind: "Pod" }],
  },
  { name: "Markdown", path: "README.md", content: "apiVersion: v1\nkind: Pod\n", format: "text", documents: [] },
  {
    name: "Terraform, as attributes and blocks with their lines",
    path: "main.tf",
    content: 'a = [1]\nb "x" {\n  c = "${d.e}!"\n}\n',
    format: "text",
    documents: [
      {
        hcl: {
          attributes: [{ name: "a", line: 1, value: { is: "list", items: [{ is: "literal", value: 1 }] } }],
          blocks: [{ type: "b", labels: ["x"], line: 2, body: { attributes: [ATTRIBUTE_C], blocks: [] } }],
        },
      },
    ],
  },
  { name: "a shell script that begins like JSON", path: "run.sh", content: "[ -f x ]\n{ echo; }\n", format: "text", documents: [] },
  { name: "prose with a colon", path: "NOTES", content: "Note: x\ny\n", format: "text", documents: [] },
  { name: "200 levels", path: "a.json", content: nested("[", "]", 200), format: "json", documents: [JSON.parse(nested("[", "]", 200))] },
  {
    name: "200 levels of YAML",
    path: "a.yaml",
    content: `a: ${nested("[", "]", 199)}`,
    format: "yaml",
    documents: [{ a: JSON.parse(nested("[", "]", 199)) }],
  },
];

describe("what is read", () => {
  test.each(READ)("$name", ({ path, content, format, documents }) => {
    const result = parseBytes(path, bytes(content));
    if (!result.ok) expect.fail(`${placeOf(result.error)}: ${result.error.message}`);
    expect(result.value.format).toBe(format);
    expect(result.value.documents).toEqual(documents);
  });

  test.each([
    ["a", "none"],
    ["a\nb\n", "lf"],
    ["a\r\nb\r\n", "crlf"],
    ["a\r\nb\n", "mixed"],
  ])("line ends of %j", (text, newline) => {
    const result = parseBytes("a.txt", bytes(text));
    expect(result.ok && result.value.newline).toBe(newline);
  });

  test("__proto__ is a member like any other", () => {
    for (const [path, text] of [
      ["a.json", '{"__proto__":{"x":1}}'],
      ["a.yaml", "__proto__: {x: 1}\n"],
    ] as const) {
      const result = parseBytes(path, bytes(text));
      const document = result.ok ? (result.value.documents[0] as Record<string, unknown>) : {};
      expect(Object.keys(document)).toEqual(["__proto__"]);
      expect(document["x"]).toBeUndefined();
    }
  });
});

test("a file larger than the limit is refused before it is decoded", () => {
  const tooLarge = parseBytes("a.json", new Uint8Array(DEFAULT_LIMITS.bytes + 1));
  expect(tooLarge.ok ? "" : tooLarge.error.code).toBe("TOO_LARGE");
  const yaml = parseBytes("a.yaml", bytes("a: 1\n"), { yamlBytes: 2 });
  expect(yaml.ok ? "" : yaml.error.code).toBe("TOO_LARGE");
  expect(parseBytes("a.yaml", bytes('{"a":1}'), { yamlBytes: 2 }).ok).toBe(true);
});

const container = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));

describe("laws", () => {
  test("JSON comes back as JSON.parse reads it", () => {
    fc.assert(
      fc.property(container, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const result = parseBytes("a.json", bytes(text));
        expect(result.ok && result.value.documents).toEqual([JSON.parse(text)]);
      }),
    );
  });

  test("a JSON text cut anywhere is refused, never thrown at", () => {
    fc.assert(
      fc.property(container, fc.nat(), (value, cut) => {
        const whole = bytes(JSON.stringify(value));
        const result = parseBytes("a.json", whole.subarray(0, cut % whole.length));
        expect(result.ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test("a key said again anywhere in a JSON text is refused", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), fc.jsonValue(), (object, pick, other) => {
        const keys = Object.keys(object);
        const again = `${JSON.stringify(keys[pick % keys.length])}:${JSON.stringify(other)}`;
        const result = parseBytes("a.json", bytes(`{"deep":[${JSON.stringify(object).slice(0, -1)},${again}}]}`));
        expect(result.ok ? "" : result.error.code).toBe("DUPLICATE_KEY");
      }),
    );
  });

  test("no bytes make it throw", () => {
    const path = fc.constantFrom("a.json", "a.yaml", "a", "a.md");
    const yamlish = fc.array(
      fc.constantFrom(
        "a",
        ": ",
        "- ",
        "\n",
        " ",
        "[",
        "]",
        "{",
        "}",
        "&a ",
        "*a",
        "!t ",
        "'",
        '"',
        "|",
        ">",
        "#",
        "---\n",
        "? ",
        "<<",
        "%",
        "\t",
      ),
    );
    const content = fc.oneof(
      fc.uint8Array(),
      fc.string().map(bytes),
      yamlish.map((parts) => bytes(parts.join(""))),
    );
    fc.assert(
      fc.property(path, content, (name, file) => {
        expect(typeof parseBytes(name, file).ok).toBe("boolean");
      }),
      { numRuns: 3000 },
    );
  });
});
