import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sha256 } from "../lib/hash.ts";
import { AWS_SCOPE, bytes, charterOf, filesOf, manifestFor, testCollector } from "./estate-fixture.ts";
import type { FileSet } from "./files.ts";
import { writeManifest } from "./manifest.ts";
import { type EstateOptions, type EstateReading, readEstate } from "./read-estate.ts";
import { sealFolder } from "./seal.ts";

const KEY = bytes("key");
const read = (files: FileSet, charter: Readonly<Record<string, unknown>> = {}, options: Partial<EstateOptions> = {}): EstateReading =>
  readEstate(files, charterOf(charter), { fingerprintKey: KEY, collectors: [testCollector], ...options });
const gapsOf = (reading: EstateReading): string[] => reading.gaps.map((gap) => `${gap.topic} ${gap.subject}: ${gap.why}`);
const everything = (reading: EstateReading): boolean => reading.gaps.some((gap) => gap.topic === "estate/everything");

const ESTATE = filesOf({ "aws/a.json": '{"test":"a"}', "aws/b.json": '{"test":"b"}' });
const collectedWith = (denied: readonly string[] = []): Map<string, Uint8Array> =>
  new Map([...ESTATE, ["aws/manifest.json", writeManifest(manifestFor(ESTATE, "aws", denied))]]);
const INPUT = { path: "aws", scope: AWS_SCOPE };

describe("which files are estate", () => {
  const files = filesOf({
    "bulkhead.yaml": "bulkhead: 1",
    "README.md": "# Acme",
    "notes.txt": "prose",
    "aws/a.json": '{"test":"a"}',
    "awsome/b.json": '{"test":"b"}',
    "src/x.ts": "",
    "src/y.ts": "",
  });

  test("without inputs the whole folder, and what nobody recognizes is listed", () => {
    const reading = read(files);
    expect(reading.observations.map((o) => o.source.file)).toEqual(["aws/a.json", "awsome/b.json"]);
    expect(reading.unrecognized.map(({ file }) => file)).toEqual(["README.md", "notes.txt", "src/x.ts", "src/y.ts"]);
    expect(reading.files).toBe(6);
    expect(reading.asGiven).toEqual(["README.md", "aws", "awsome", "notes.txt", "src"]);
    expect(everything(reading)).toBe(false);
  });

  test("with inputs only what stands below them, and the rest is counted", () => {
    const reading = read(files, { inputs: [INPUT] });
    expect(reading.observations.map((o) => o.source.file)).toEqual(["aws/a.json"]);
    expect(reading.unrecognized).toEqual([
      { file: "README.md", why: "under no input of the charter" },
      { file: "awsome/", why: "1 files under no input of the charter" },
      { file: "notes.txt", why: "under no input of the charter" },
      { file: "src/", why: "2 files under no input of the charter" },
    ]);
    expect([reading.files, reading.asGiven, reading.gaps]).toEqual([1, ["aws"], []]);
  });

  test("inputs are relative to the charter", () => {
    const moved = filesOf({ "org/bulkhead.yaml": "", "org/aws/a.json": '{"test":"a"}', "aws/b.json": '{"test":"b"}' });
    const reading = read(moved, { inputs: [INPUT] }, { charterFile: "org/bulkhead.yaml" });
    expect(reading.observations.map((o) => o.source.file)).toEqual(["org/aws/a.json"]);
  });

  test.each(["nowhere", "aw", "aws/a", "../etc", "/etc", "a\\b"])("an input %j without files makes everything unknown", (path) => {
    expect(everything(read(files, { inputs: [INPUT, { path }] }))).toBe(true);
  });

  test("an input of a system in which nothing of it is recognized makes everything unknown", () => {
    expect(gapsOf(read(files, { inputs: [INPUT, { path: "src", scope: { system: "kubernetes", cluster: "production" } }] }))).toEqual([
      "estate/everything src: declared as kubernetes, and nothing of kubernetes was recognized in it",
    ]);
  });

  test("an estate in which nothing is recognized makes everything unknown", () => {
    expect(everything(read(filesOf({ "README.md": "" })))).toBe(true);
    expect(everything(read(new Map()))).toBe(true);
  });
});

describe("scope and call", () => {
  const scopes = (reading: EstateReading): unknown[] =>
    reading.observations.map((o) => (o.kind === "aws/account" ? [o.name, o.account, ...(o.parent ? [o.parent] : [])] : o));
  const account = (id: string) => ({ system: "aws", account: id });

  test("none is none, and the collector says so", () => {
    expect(scopes(read(ESTATE))).toEqual([
      ["a", "none"],
      ["b", "none"],
    ]);
    expect(gapsOf(read(ESTATE))).toEqual(["aws/scope aws/a.json: not given", "aws/scope aws/b.json: not given"]);
  });
  test("of the manifest, with the call", () => {
    expect(scopes(read(collectedWith()))).toEqual([
      ["a", "111122223333", "get a.json"],
      ["b", "111122223333", "get b.json"],
    ]);
  });
  test("of the charter's longest path that says one", () => {
    const inputs = [
      { path: "aws/a.json", scope: account("222222222222") },
      { path: "aws/b.json" },
      { path: ".", scope: account("333333333333") },
    ];
    expect(scopes(read(ESTATE, { inputs }))).toEqual([
      ["a", "222222222222"],
      ["b", "333333333333"],
    ]);
  });
  test("of every input of the same path: the file is read once for each", () => {
    const inputs = [
      { path: "aws", scope: account("222222222222") },
      { path: "aws", scope: account("333333333333") },
    ];
    expect(scopes(read(ESTATE, { inputs }))).toEqual([
      ["a", "222222222222"],
      ["a", "333333333333"],
      ["b", "222222222222"],
      ["b", "333333333333"],
    ]);
  });
  test("of a manifest that contradicts the charter makes everything unknown", () => {
    expect(everything(read(collectedWith(), { inputs: [{ path: "aws", scope: account("222222222222") }] }))).toBe(true);
    expect(everything(read(collectedWith(), { inputs: [INPUT] }))).toBe(false);
    expect(everything(read(collectedWith(), { inputs: [{ path: "aws", scope: { system: "aws" } }] }))).toBe(false);
  });
});

describe("manifests", () => {
  test("are told, with the span of their collections", () => {
    const reading = read(collectedWith(["get x", "get y"]));
    expect(reading.manifests).toEqual([{ file: "aws/manifest.json", scope: AWS_SCOPE, signed: false, denied: 2 }]);
    expect(reading.collected).toEqual(["2026-11-24T08:00:00Z", "2026-11-24T08:05:00Z"]);
    expect([reading.asGiven, reading.files, reading.unrecognized, read(ESTATE).collected]).toEqual([[], 3, [], null]);
  });

  test("a denied call is the collector's gap and nothing more, also where it leaves no file at all", () => {
    expect(read(collectedWith(["get x"])).gaps).toEqual([
      {
        topic: "aws/test",
        subject: "get x",
        what: "get x",
        why: "AccessDenied",
        clauses: ["A1"],
        source: { file: "aws/manifest.json", pointer: "/calls/2" },
      },
    ]);
    expect(read(collectedWith(["none is there"])).gaps).toEqual([]);
    const bare = filesOf({ "aws/manifest.json": writeManifest(manifestFor(new Map(), "aws", ["get x"])) });
    expect(gapsOf(read(bare, { inputs: [INPUT] }))).toEqual(["aws/test get x: AccessDenied"]);
  });

  test("a denied call of a system that nobody collects is a gap all the same", () => {
    const manifest = manifestFor(new Map(), "k8s", ["get pods"], { system: "kubernetes", cluster: "production" });
    const files = new Map([...ESTATE, ["k8s/manifest.json", writeManifest(manifest)]]);
    expect(gapsOf(read(files, { inputs: [INPUT, { path: "k8s" }] }))).toEqual(["kubernetes/denied-call get pods: AccessDenied"]);
  });

  test("the file of a denied call is not read", () => {
    const manifest = manifestFor(ESTATE, "aws");
    const calls = manifest.calls.map((call) =>
      call.file === "a.json" ? { call: call.call, status: "denied" as const, error: "AccessDenied", file: "a.json" } : call,
    );
    const reading = read(new Map([...ESTATE, ["aws/manifest.json", writeManifest({ ...manifest, calls })]]));
    expect(reading.observations.map((o) => o.source.file)).toEqual(["aws/b.json"]);
    expect(gapsOf(reading)).toEqual(["aws/test get a.json: AccessDenied"]);
  });

  test("required, and missing for some file, makes everything unknown", () => {
    const input = { ...INPUT, manifest: "required" };
    expect(read(collectedWith(), { inputs: [input] }).gaps).toEqual([]);
    expect(everything(read(ESTATE, { inputs: [input] }))).toBe(true);
    const files = new Map([...collectedWith(), ["k8s/c.json", bytes('{"test":"c"}')]]);
    expect(everything(read(files, { inputs: [{ path: ".", manifest: "required" }] }))).toBe(true);
  });

  test("that stand under no input do not count, nor does what is wrong with them", () => {
    const files = new Map([...ESTATE, ["tests/manifest.json", bytes('{"bulkhead":"manifest/1"}')]]);
    expect(read(files, { inputs: [INPUT] }).gaps).toEqual([]);
    expect(everything(read(files))).toBe(true);
  });

  test("below an input count", () => {
    const altered = collectedWith().set("aws/a.json", bytes('{"test":"c"}'));
    expect(everything(read(altered, { inputs: [{ path: "." }] }))).toBe(true);
    const deeper = new Map([...altered].map(([path, content]) => [`all/${path}`, content] as const));
    expect(everything(read(deeper, { inputs: [{ path: "all" }] }))).toBe(true);
  });

  test("above an input count, beside manifests of other inputs", () => {
    const inner = manifestFor(filesOf({ "all/k8s/c.json": "{}" }), "all/k8s");
    const files = filesOf({ "all/aws/a.json": '{"test":"a"}', "all/k8s/c.json": "{}", "all/k8s/manifest.json": writeManifest(inner) });
    files.set("all/manifest.json", writeManifest(manifestFor(filesOf({ "all/aws/a.json": '{"test":"a"}' }), "all")));
    expect(read(files, { inputs: [{ path: "all/aws" }] }).gaps).toEqual([]);
    expect(everything(read(files.set("all/x.json", bytes("{}")), { inputs: [{ path: "all/aws" }] }))).toBe(true);
  });
});

describe("a file that cannot be read is listed with its reason, and is never a pass", () => {
  const UNREADABLE: readonly (readonly [string, string | Uint8Array])[] = [
    ["aws/x.json", '{"test":"a"'],
    ["aws/x.json", '{"test":"a","test":"b"}'],
    ["aws/x.yaml", "test: {{ .Values.a }}\n"],
    ["aws/x.json", Buffer.from('\ufeff{"test":1}', "utf16le")],
    ["aws/x.bin", Buffer.from([1, 2, 3, 4, 0])],
  ];
  test.each(UNREADABLE)("%s %#", (path, content) => {
    const reading = read(new Map([...ESTATE, ...filesOf({ [path]: content })]), { inputs: [INPUT] });
    expect(reading.gaps.map((gap) => [gap.topic, gap.subject])).toEqual([["estate/unreadable-file", path]]);
    expect(reading.unrecognized.map(({ file }) => file)).toEqual([path]);
  });

  test("nor is one that was found and not read", () => {
    const files: FileSet = new Map<string, Uint8Array | { unread: string }>([
      ...ESTATE,
      ["aws/x", { unread: "a link that leads out of the folder" }],
    ]);
    expect(gapsOf(read(files, { inputs: [INPUT] }))).toEqual(["estate/unreadable-file aws/x: a link that leads out of the folder"]);
  });

  test("a binary file in a folder without inputs is only listed", () => {
    const reading = read(new Map([...ESTATE, ["logo.png", Buffer.from([1, 2, 3, 4, 0])]]), { absent: { "aws/scope": "test" } });
    expect([reading.gaps, reading.unrecognized]).toEqual([[], [{ file: "logo.png", why: "is binary, not text" }]]);
  });

  test("the documents of a file that nobody recognizes are told by number", () => {
    const reading = read(
      filesOf({
        "a.yaml": "test: a\n---\nx: 1\n---\ntest: b\n---\ny: 1\n",
        "b.yaml": "# nothing\n",
        "c.json": "[]",
        "d.yaml": "x: 1\n---\ny: 1\n",
      }),
    );
    expect(reading.unrecognized).toEqual([
      { file: "a.yaml", why: "no collector recognizes 2 of its 4 documents: 2, 4" },
      { file: "b.yaml", why: "it holds no document" },
      { file: "c.json", why: "no collector recognizes it" },
      { file: "d.yaml", why: "no collector recognizes any of its 2 documents" },
    ]);
    expect(reading.observations.map((o) => o.source.document)).toEqual([0, 2]);
  });
});

describe("declared absent", () => {
  test("gaps of the topic become one assumption with the reason", () => {
    const reading = read(ESTATE, { absent: { "aws/scope": "one account only", "aws/control-policy": "no organization" } });
    expect(reading.gaps).toEqual([]);
    expect(reading.assumptions).toEqual(["There is no aws/scope: one account only", "There is no aws/control-policy: no organization"]);
  });
  test.each(["estate/everything", "estate/unreadable-file"])("%s cannot be", (topic) => {
    const broken = new Map([...ESTATE, ["aws/x.json", bytes("{")]]);
    const reading = read(broken, { integrity: "sealed", inputs: [INPUT], absent: { [topic]: "trust me" } });
    expect(gapsOf(reading)).toContain("estate/unreadable-file aws/x.json: line 1: breaks off before its end");
    expect(reading.gaps.filter((gap) => gap.topic === "estate/everything").map((gap) => gap.subject)).toEqual([
      "seal.json",
      `absent/${topic}`,
    ]);
  });
});

test("a collector that joins gets all its observations and its system's calls once, and what it keeps is kept", () => {
  const seen: unknown[] = [];
  const joining = {
    ...testCollector,
    join: ((observations, calls, sink) => {
      seen.push(
        observations.length,
        calls.map(({ call, status, error }) => [call, status, error]),
      );
      observations.slice(1).forEach(sink.observation);
      sink.gap({ topic: "aws/joined", subject: "x", what: "x", why: "x", clauses: [] });
    }) satisfies NonNullable<(typeof testCollector)["join"]>,
  };
  const other = manifestFor(new Map(), "k8s", ["get pods"], { system: "kubernetes", cluster: "production" });
  const files = collectedWith(["none"]).set("k8s/manifest.json", writeManifest(other));
  const reading = read(files, { absent: { "kubernetes/denied-call": "test" } }, { collectors: [joining] });
  expect(seen).toEqual([
    2,
    [
      ["get a.json", "answered", undefined],
      ["get b.json", "answered", undefined],
      ["none", "denied", "AccessDenied"],
    ],
  ]);
  expect([reading.observations.length, gapsOf(reading)]).toEqual([1, ["aws/joined x: x"]]);
});

test("fingerprints are keyed", () => {
  const status = (key: string): unknown => {
    const first = read(ESTATE, {}, { fingerprintKey: bytes(key) }).observations[0];
    return first?.kind === "aws/account" ? first.status : undefined;
  };
  expect(status("one")).not.toBe(status("two"));
  expect(status("one")).not.toBe(sha256("a"));
});

describe("the hash of the estate", () => {
  const hashes = (files: FileSet): string => read(files, { inputs: [INPUT] }).hash;
  test("changes with every byte, name and file of it, manifest included", () => {
    const all = [
      collectedWith(),
      collectedWith(["none"]),
      ESTATE,
      new Map([...ESTATE, ["aws/c.json", bytes("")]]),
      filesOf({ "aws/a.json": '{"test":"a"} ', "aws/b.json": '{"test":"b"}' }),
      filesOf({ "aws/a.json": '{"test":"b"}', "aws/b.json": '{"test":"a"}' }),
      filesOf({ "aws/a.json": '{"test":"a"}', "aws/d.json": '{"test":"b"}' }),
    ].map(hashes);
    expect(new Set(all).size).toBe(all.length);
  });
  test("does not change with the order of files, the charter, the seal or what stands outside", () => {
    const more = new Map([...ESTATE].toReversed());
    for (const path of ["bulkhead.yaml", "seal.json", "src/x.ts"]) more.set(path, bytes("x"));
    expect(hashes(more)).toBe(hashes(ESTATE));
  });
});

test("altering or removing any file of a sealed estate makes everything unknown", () => {
  const whole = new Map([...collectedWith(), ["bulkhead.yaml", bytes("bulkhead: 1\n")], ["README.md", bytes("# Acme\n")]]);
  whole.set("seal.json", sealFolder(whole));
  const charter = { integrity: "sealed", inputs: [INPUT] };
  expect(read(whole, charter).gaps).toEqual([]);
  for (const path of whole.keys()) {
    const less = new Map(whole);
    less.delete(path);
    expect(everything(read(less, charter)), path).toBe(true);
  }
  fc.assert(
    fc.property(fc.constantFrom(...whole.keys()), fc.nat(), fc.integer({ min: 1, max: 255 }), (path, position, mask) => {
      const altered = Uint8Array.from(whole.get(path) as Uint8Array);
      altered[position % altered.length] = (altered[position % altered.length] as number) ^ mask;
      expect(everything(read(new Map([...whole, [path, altered]]), charter))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("texts that were read can be asked for", () => {
  const reading = read(filesOf({ "a.json": '\ufeff{"test":"a"}', "b.json": "{" }));
  expect(reading.textOf("a.json")).toEqual({ text: '{"test":"a"}', format: "json" });
  expect([reading.textOf("b.json"), reading.textOf("c.json")]).toEqual([undefined, undefined]);
});
