import { generateKeyPairSync, type KeyObject } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Manifest } from "../model/manifest.ts";
import { bytes, filesOf, manifestFor } from "./estate-fixture.ts";
import type { FileSet } from "./files.ts";
import { digestsOf } from "./integrity.ts";
import { type ManifestReading, readManifests, signManifest, writeManifest } from "./manifest.ts";
import { keyIdOf } from "../lib/dsse.ts";

const FILES = filesOf({ "aws/a.json": '{"test":"a"}', "aws/sub/b.json": '{"test":"b"}', "other/c.json": "{}" });
const MANIFEST = manifestFor(FILES, "aws", ["get buckets"]);
const keys = generateKeyPairSync("ed25519");
const otherKeys = generateKeyPairSync("ed25519");

const withManifest = (manifest: unknown = MANIFEST, files: FileSet = FILES): Map<string, Uint8Array> =>
  new Map([...(files as Map<string, Uint8Array>), ["aws/manifest.json", bytes(JSON.stringify(manifest))]]);
const read = (files: FileSet, trustedKeys: readonly KeyObject[] = [], sealed = false): ManifestReading =>
  readManifests(files, { trustedKeys, digests: digestsOf(files), exempt: new Set(["bulkhead.yaml", "seal.json"]), sealed });
const problems = (files: FileSet, trustedKeys: readonly KeyObject[] = []): string[] =>
  read(files, trustedKeys).gaps.map((gap) => `${gap.topic === "estate/everything" ? "" : gap.topic}${gap.subject}: ${gap.why}`);

test("a manifest whose files are as listed gives no gap, and says what each file answers", () => {
  const { gaps, manifests, governing } = read(withManifest());
  expect(gaps).toEqual([]);
  expect(manifests.map(({ file, folder, signed }) => [file, folder, signed])).toEqual([["aws/manifest.json", "aws", false]]);
  expect([...(manifests[0]?.calls.keys() ?? [])]).toEqual(["aws/a.json", "aws/sub/b.json"]);
  expect(governing("aws/sub/b.json")?.file).toBe("aws/manifest.json");
  expect(governing("other/c.json")).toBeUndefined();
});

test("what writeManifest writes reads back the same, whatever the order of keys", () => {
  const written = Buffer.from(writeManifest(MANIFEST)).toString();
  expect(Manifest.parse(JSON.parse(written))).toEqual(MANIFEST);
  const { calls, ...rest } = MANIFEST;
  expect(Buffer.from(writeManifest({ calls, ...rest })).toString()).toBe(written);
  expect(written).toMatch(/^\{\n {2}"bulkhead": "manifest\/1",\n[\s\S]*\n\}\n$/);
});

describe("every alteration of a listed file is found", () => {
  test("any byte of it", () => {
    fc.assert(
      fc.property(fc.constantFrom("aws/a.json", "aws/sub/b.json"), fc.nat(), fc.integer({ min: 1, max: 255 }), (path, position, mask) => {
        const altered = Uint8Array.from(FILES.get(path) as Uint8Array);
        altered[position % altered.length] = (altered[position % altered.length] as number) ^ mask;
        expect(problems(withManifest().set(path, altered))).toEqual([`${path}: altered: its SHA-256 is not the one that is listed`]);
      }),
    );
  });

  test("missing, unread, added", () => {
    const missing = withManifest();
    missing.delete("aws/a.json");
    expect(problems(missing)).toEqual(["aws/a.json: missing"]);
    const unread: Map<string, Uint8Array | { unread: string }> = new Map(withManifest());
    unread.set("aws/a.json", { unread: "a link that leads out of the folder" });
    expect(problems(unread)).toEqual(["aws/a.json: a link that leads out of the folder"]);
    expect(problems(withManifest().set("aws/sub/new/x.json", bytes("{}")))).toEqual(["aws/sub/new/x.json: added after the collection"]);
    expect(problems(withManifest().set("awsome.json", bytes("{}")))).toEqual([]);
  });

  test("the digest of a denied call's file counts too, and without a digest the file must stand there", () => {
    const call = { call: "get x", status: "denied", error: "AccessDenied", file: "a.json" };
    const calls = MANIFEST.calls.filter((each) => each.file !== "a.json");
    expect(problems(withManifest({ ...MANIFEST, calls: [...calls, call] }))).toEqual([]);
    expect(problems(withManifest({ ...MANIFEST, calls: [...calls, { ...call, sha256: "0".repeat(64) }] }))).toHaveLength(1);
    expect(problems(withManifest({ ...MANIFEST, calls: [...MANIFEST.calls, { ...call, file: "no.json" }] }))).toEqual([
      "aws/no.json: missing",
    ]);
    expect(problems(withManifest({ ...MANIFEST, calls: [...MANIFEST.calls, call] }))).toEqual([
      "aws/a.json: one call says that it was answered, another that it was denied",
    ]);
  });
});

test("the folder of a manifest below belongs to that manifest", () => {
  const nested = manifestFor(filesOf({ "aws/inner/d.json": "{}" }), "aws/inner");
  const files = withManifest()
    .set("aws/inner/d.json", bytes("{}"))
    .set("aws/inner/manifest.json", bytes(JSON.stringify(nested)));
  expect(problems(files)).toEqual([]);
  expect(read(files).governing("aws/inner/d.json")?.file).toBe("aws/inner/manifest.json");
  expect(problems(files.set("aws/inner/e.json", bytes("{}")))).toEqual(["aws/inner/e.json: added after the collection"]);
});

test("charter and seal need no listing beside a manifest at the top", () => {
  const files = filesOf({ "bulkhead.yaml": "", "seal.json": "{}", "x/a.json": "{}" });
  const manifest = manifestFor(filesOf({ "x/a.json": "{}" }), "x");
  const listed = { ...manifest, calls: manifest.calls.map((call) => ({ ...call, file: "x/a.json" })) };
  expect(problems(files.set("manifest.json", bytes(JSON.stringify(listed))))).toEqual([]);
  expect(problems(files.set("README.md", bytes("")))).toEqual(["README.md: added after the collection"]);
});

describe("a manifest that is not whole is a gap, and some other program's manifest.json is none", () => {
  const BROKEN: readonly (readonly [string, unknown])[] = [
    ["another version", { ...MANIFEST, bulkhead: "manifest/2" }],
    ["a mark with one altered letter", { ...MANIFEST, bulkhead: undefined, bulkhe4d: "manifest/1" }],
    ["an unknown member", { ...MANIFEST, note: "x" }],
    ["a missing member", { ...MANIFEST, scope: undefined }],
    ["a short digest", { ...MANIFEST, calls: [{ call: "x", status: "answered", file: "a.json", sha256: "00" }] }],
    ["a time span that runs backwards", { ...MANIFEST, collectedAt: { from: "2026-11-24T09:00:00Z", to: "2026-11-24T08:00:00Z" } }],
    [
      "a path that leads out",
      { ...MANIFEST, calls: [...MANIFEST.calls, { call: "x", status: "denied", error: "x", file: "../other/c.json" }] },
    ],
    ["an absolute path", { ...MANIFEST, calls: [...MANIFEST.calls, { call: "x", status: "denied", error: "x", file: "/etc/passwd" }] }],
  ];
  test.each(BROKEN)("%s", (_, manifest) => {
    expect(problems(withManifest(manifest)).some((problem) => problem.startsWith("aws/manifest.json: "))).toBe(true);
  });
  test("cut short anywhere", () => {
    const whole = bytes(JSON.stringify(MANIFEST));
    for (let length = 14; length < whole.length; length++)
      expect(problems(withManifest().set("aws/manifest.json", whole.subarray(0, length)))).toHaveLength(1);
  });
  test("of another program", () => {
    expect(problems(withManifest({ name: "a browser extension", version: "1" }))).toEqual([]);
    expect(read(withManifest({ name: "a browser extension" })).manifests).toEqual([]);
  });
});

describe("signatures", () => {
  const signed = signManifest(MANIFEST, keys.privateKey);
  const BAD = "aws/manifest.json: its signature does not match its content";

  test("by a trusted key", () => {
    const { gaps, manifests } = read(withManifest(signed), [otherKeys.publicKey, keys.publicKey]);
    expect([gaps, manifests[0]?.signed]).toEqual([[], true]);
    expect(signed.signature?.keyId).toBe(keyIdOf(keys.publicKey));
  });
  test("white space and order of keys do not matter", () => {
    expect(problems(withManifest().set("aws/manifest.json", writeManifest(signed)), [keys.publicKey])).toEqual([]);
  });
  test("altered content", () => {
    const altered = { ...signed, scope: { ...signed.scope, account: "222222222222" } };
    expect(problems(withManifest(altered), [keys.publicKey])).toEqual([BAD]);
  });
  test("every other spelling or value of the signature", () => {
    const value = signed.signature?.value ?? "";
    const forge = (text: string): unknown => ({ ...signed, signature: { ...signed.signature, value: text } });
    for (const text of ["", `${value}=`, value.replace("==", ""), ` ${value}`, Buffer.alloc(64).toString("base64")])
      expect(problems(withManifest(forge(text)), [keys.publicKey])).toEqual([BAD]);
  });
  test("another key under the trusted key's id", () => {
    const forged = signManifest(MANIFEST, otherKeys.privateKey);
    const relabeled = { ...forged, signature: { ...forged.signature, keyId: keyIdOf(keys.publicKey) } };
    expect(problems(withManifest(relabeled), [keys.publicKey])).toEqual([BAD]);
  });
  test("stripped, or made by a key that is not trusted", () => {
    expect(problems(withManifest(), [keys.publicKey])).toHaveLength(1);
    expect(problems(withManifest(signManifest(MANIFEST, otherKeys.privateKey)), [keys.publicKey])).toHaveLength(1);
  });
  test("a trusted seal around the folder stands for them, but not for one that does not match", () => {
    expect(read(withManifest(), [keys.publicKey], true).gaps).toEqual([]);
    expect(read(withManifest({ ...signed, collectedBy: "x" }), [keys.publicKey], true).gaps).toHaveLength(1);
  });
  test("without trusted keys it is an assumption", () => {
    expect(read(withManifest(signed)).assumptions).toHaveLength(1);
    expect(problems(withManifest(signed))).toEqual([]);
  });
});
