// Files that somebody made to mislead or to stop the reading: each object is read or becomes a gap, and nothing is thrown or dropped.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject, type JsonObject } from "../../lib/json.ts";
import { parseBytes } from "../../lib/parse.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import { collector } from "./collector.ts";
import { objectForm } from "./fetch-form.ts";
import { KINDS } from "./kinds.ts";

interface Read {
  readonly observations: readonly Observation[];
  readonly gaps: readonly Gap[];
}

function read(documents: readonly unknown[]): Read {
  const observations: Observation[] = [];
  const gaps: Gap[] = [];
  const file = { path: "a.json", format: "json", documents, text: "", scope: { system: "kubernetes", cluster: "c" } } as const;
  const sink = { observation: (each: Observation) => void observations.push(each), gap: (each: Gap) => void gaps.push(each) };
  documents.forEach((document, index) => {
    if (collector.recognize(document, file) !== undefined)
      collector.map(document, index, file, sink, { fingerprint: (text) => `<${text}>` });
  });
  return { observations, gaps };
}

const parsed = (name: string, text: string): readonly unknown[] => {
  const result = parseBytes(name, new TextEncoder().encode(text));
  if (!result.ok) throw new Error(result.error.code);
  return result.value.documents;
};

describe("keys that JavaScript gives a meaning", () => {
  test.each([
    ["ConfigMap", `"data": {"__proto__": "x", "a": "b"}`, "kubernetes/config-maps", "/data"],
    ["Secret", `"data": {"__proto__": "eA=="}`, "kubernetes/secrets", "/data"],
    ["Secret", `"stringData": {"__proto__": "x"}`, "kubernetes/secrets", "/stringData"],
  ])("a %s with %s is a gap", (kind, member, topic, pointer) => {
    const text = `{"apiVersion": "v1", "kind": "${kind}", "metadata": {"name": "a", "namespace": "shop"}, ${member}}`;
    const { observations, gaps } = read(parsed("a.json", text));
    expect(observations).toEqual([]);
    expect(gaps.map((gap) => [gap.topic, gap.subject, gap.source?.pointer])).toEqual([[topic, "c/shop", pointer]]);
  });

  test("the written form of a live object keeps such a key, so that the reading tells of it", () => {
    const [object] = parsed("a.json", `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"__proto__": "x"}}`);
    const written = objectForm(object as JsonObject, (text) => text);
    expect(JSON.stringify(written)).toContain("__proto__");
  });

  test("labels and members of that name change no other object", () => {
    const text = `{"apiVersion": "v1", "kind": "Pod", "__proto__": {"polluted": true}, "metadata": {"name": "a", "labels": {"__proto__": "x"}}, "spec": {"containers": [{}]}}`;
    expect(read(parsed("a.json", text)).gaps.map((gap) => gap.source?.pointer)).toEqual(["/metadata/labels"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test.each(["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"])("a kind named %s is one of no known kind", (kind) => {
    const object = { apiVersion: "v1", kind, metadata: { name: "a", namespace: "b", uid: "1" } };
    expect(read([object]).observations).toMatchObject([{ kind: "kubernetes/other", objectKind: kind }]);
    expect(objectForm(object, (text) => text)).toEqual(object);
  });
});

describe("YAML", () => {
  test("an anchor that stands for many objects is each of them", () => {
    const text = "apiVersion: v1\nkind: List\nitems:\n- &a {apiVersion: v1, kind: Namespace, metadata: {name: a}}\n- *a\n";
    expect(read(parsed("a.yaml", text)).observations).toHaveLength(2);
  });

  test("aliases that grow without end are refused before they are an object", () => {
    const lines = Array.from({ length: 30 }, (_, i) => `  k${i + 1}: &k${i + 1} [*k${i}, *k${i}, *k${i}, *k${i}, *k${i}, *k${i}, *k${i}]`);
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  k0: &k0 [x]\n${lines.join("\n")}\n`;
    const result = parseBytes("a.yaml", new TextEncoder().encode(text));
    const gaps = result.ok ? read(result.value.documents).gaps : ["refused"];
    expect(gaps).toHaveLength(1);
  });

  test("a list that holds itself is refused or a gap", () => {
    const result = parseBytes("a.yaml", new TextEncoder().encode("&a\napiVersion: v1\nkind: List\nitems: [*a]\n"));
    expect(result.ok ? read(result.value.documents).gaps.length : 1).toBe(1);
  });
});

describe("lists", () => {
  test("100,000 objects are 100,000 observations", () => {
    const items = Array.from({ length: 100_000 }, (_, i) => ({ metadata: { name: `a${i}`, namespace: "b" } }));
    expect(read([{ apiVersion: "v1", kind: "ServiceAccountList", items }]).observations).toHaveLength(100_000);
  });

  test("a page that is not the last is a gap of its kind", () => {
    const list = {
      apiVersion: "v1",
      kind: "SecretList",
      metadata: { continue: "abc" },
      items: [{ metadata: { name: "a", namespace: "b" } }],
    };
    const { observations, gaps } = read([list]);
    expect(observations).toHaveLength(1);
    expect(gaps).toMatchObject([{ topic: "kubernetes/secrets", subject: "c", source: { pointer: "/metadata/continue" } }]);
  });

  test.each([
    ["text", "x"],
    ["an object", {}],
    ["nothing", null],
  ])("items that are %s are a gap", (_, items) => {
    expect(read([{ apiVersion: "v1", kind: "PodList", items }]).gaps).toHaveLength(1);
  });
});

describe("wrong types", () => {
  const kind = fc.constantFrom(...Object.entries(KINDS).map(([name, { groups, versions }]) => [name, groups[0], versions[0]] as const));
  const anything = fc.jsonValue({ maxDepth: 4 });
  const member = fc.constantFrom(...["spec", "data", "stringData", "rules", "roleRef", "subjects", "status", "metadata", "type", "items"]);
  const inner = fc.constantFrom(
    ...["containers", "template", "podSelector", "ingress", "egress", "ports", "rules", "jobTemplate", "to", "from"],
  );
  const whole = { noNullPrototype: true };
  const body = fc.dictionary(member, fc.oneof(anything, fc.dictionary(inner, fc.oneof(anything, fc.array(anything)), whole)), whole);

  test("every object is one observation or one gap at least, live or from a file", () => {
    fc.assert(
      fc.property(kind, body, ([name, group, version], members) => {
        const apiVersion = group === "" ? `${version}` : `${group}/${version}`;
        const object = { metadata: { name: "a", namespace: "b" }, ...members, apiVersion, kind: name };
        const { observations, gaps } = read([object]);
        expect(observations.length + gaps.length).toBeGreaterThan(0);
        const written = objectForm(object as unknown as JsonObject, (text) => `<${text}>`);
        expect(isObject(written)).toBe(true);
        const again = read([written]);
        expect(again.observations.length + again.gaps.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
  });
});
