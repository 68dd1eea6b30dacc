import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytes, filesOf } from "./estate-fixture.ts";
import type { FileSet } from "./files.ts";
import { digestsOf } from "./integrity.ts";
import { checkSeal, SEAL_FILE, type SealCheck, SealError, sealFolder } from "./seal.ts";

const FILES = filesOf({ "bulkhead.yaml": "bulkhead: 1\n", "aws/a.json": '{"test":"a"}', "aws/empty.json": "", "k8s/ü b.yaml": "a: 1\n" });
const keys = generateKeyPairSync("ed25519");
const otherKeys = generateKeyPairSync("ed25519");
const sealed = (files: FileSet = FILES, signed = false): Map<string, Uint8Array> =>
  new Map([...(files as Map<string, Uint8Array>), [SEAL_FILE, sealFolder(files, signed ? keys.privateKey : undefined)]]);
const check = (files: FileSet, required = true, trustedKeys = [] as (typeof keys.publicKey)[]): SealCheck =>
  checkSeal(files, { required, trustedKeys, digests: digestsOf(files) });

test("a sealed folder is whole, and sealing it again gives the same bytes", () => {
  const files = sealed();
  expect(check(files)).toEqual({ gaps: [], assumptions: [], signed: false });
  expect(sealFolder(files)).toEqual(files.get(SEAL_FILE));
  expect(sealFolder(new Map([...FILES].toReversed()))).toEqual(files.get(SEAL_FILE));
});

describe("a seal that stands there is checked whatever the charter says", () => {
  test.each([true, false])("required: %s", (required) => {
    fc.assert(
      fc.property(fc.constantFrom(...sealed().keys()), fc.nat(), fc.integer({ min: 1, max: 255 }), (path, position, mask) => {
        const files = sealed();
        const content = files.get(path) as Uint8Array;
        const altered = Uint8Array.from(content.length > 0 ? content : [0]);
        altered[position % altered.length] = (altered[position % altered.length] as number) ^ mask;
        files.set(path, altered);
        const { gaps } = check(files, required);
        expect(gaps.map((gap) => gap.topic)).toContain("estate/everything");
      }),
      { numRuns: 2000 },
    );
  });
});

test("a byte added to or taken from any file is found", () => {
  for (const path of sealed().keys()) {
    const content = sealed().get(path) as Uint8Array;
    for (const altered of [Buffer.concat([content, bytes("\n")]), content.subarray(0, -1)]) {
      if (altered.length === content.length) continue;
      expect(check(sealed().set(path, altered)).gaps.length, path).toBeGreaterThan(0);
    }
  }
});

test("a missing file, an added file and a renamed file are found, each by its name", () => {
  for (const path of FILES.keys()) {
    const files = sealed();
    files.delete(path);
    expect(check(files).gaps.map((gap) => [gap.subject, gap.why])).toEqual([[path, "missing"]]);
  }
  expect(check(sealed().set("aws/new.json", bytes("{}"))).gaps.map((gap) => gap.subject)).toEqual(["aws/new.json"]);
});

test("a missing seal is a gap only where the charter says sealed", () => {
  expect(check(FILES, true).gaps).toHaveLength(1);
  expect(check(FILES, false).gaps).toHaveLength(0);
});

test("a seal of the same meaning in other bytes is altered", () => {
  const pretty = bytes(JSON.stringify(JSON.parse(Buffer.from(sealFolder(FILES)).toString()), null, 2));
  expect(check(sealed().set(SEAL_FILE, pretty)).gaps).toHaveLength(1);
});

test("a file that could not be read breaks the seal, and cannot be sealed", () => {
  const files: Map<string, Uint8Array | { unread: string }> = new Map(sealed());
  files.set("aws/a.json", { unread: "cannot be read (EACCES)" });
  expect(check(files).gaps.map((gap) => gap.why)).toEqual(["cannot be read (EACCES)"]);
  expect(() => sealFolder(files)).toThrow(SealError);
});

describe("who names trusted keys takes no seal without one of them", () => {
  test("signed by a trusted key", () => {
    expect(check(sealed(FILES, true), true, [otherKeys.publicKey, keys.publicKey])).toEqual({ gaps: [], assumptions: [], signed: true });
  });
  test("unsigned", () => {
    expect(check(sealed(), true, [keys.publicKey]).gaps).toHaveLength(1);
  });
  test("signed by another key", () => {
    expect(check(sealed(FILES, true), true, [otherKeys.publicKey]).gaps).toHaveLength(1);
  });
  test("signed, then sealed again around other content", () => {
    const forged = JSON.parse(Buffer.from(sealFolder(filesOf({ a: "b" }))).toString());
    const { signature } = JSON.parse(Buffer.from(sealFolder(FILES, keys.privateKey)).toString());
    const seal = bytes(`${JSON.stringify({ bulkhead: forged.bulkhead, files: forged.files, signature })}\n`);
    const { gaps, signed } = check(filesOf({ a: "b", [SEAL_FILE]: seal }), true, [keys.publicKey]);
    expect(gaps.map((gap) => gap.why)).toEqual(["its signature does not match its content"]);
    expect(signed).toBe(false);
  });
  test("a signed seal around an altered file does not vouch for the folder", () => {
    expect(check(sealed(FILES, true).set("aws/a.json", bytes("{}")), true, [keys.publicKey]).signed).toBe(false);
  });
  test("without trusted keys a signature is an assumption", () => {
    expect(check(sealed(FILES, true)).assumptions).toHaveLength(1);
  });
});
