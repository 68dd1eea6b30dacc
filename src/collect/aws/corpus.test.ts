// Public data that nobody here wrote: it parses, or is refused with a reason.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readAll, read, type Answer, type Result } from "./fixtures/read.ts";

const corpus = join(process.env["BULKHEAD_CORPUS"] ?? fileURLToPath(new URL("../../../../shared/corpus", import.meta.url)), "aws");

function files(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

function answers(folder: string): readonly (Answer & { readonly path: string })[] {
  return files(join(corpus, folder)).flatMap((path) => {
    try {
      return [{ path, document: JSON.parse(readFileSync(path, "utf8")) as unknown }];
    } catch {
      return [];
    }
  });
}

const count = (result: Result, kind: string): number => result.observations.filter((item) => item.kind === kind).length;

describe.skipIf(!existsSync(corpus))("the corpus (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test("every managed policy parses or is refused with a reason", () => {
    const all = answers("iann0036+iam-dataset/aws/managedpolicies");
    const results = all.map(read);
    for (const result of results) expect(result.shape).toBe("policy record");
    expect(results.flatMap((result) => result.gaps)).toEqual([]);
    expect(results.flatMap((result) => result.observations)).toHaveLength(
      all.filter((item) => (item.document as { arn: unknown }).arn !== null).length,
    );
  });

  test("every principal of the authorization details is read", () => {
    const [details] = answers("salesforce+cloudsplaining/examples/files").filter((item) => item.path.endsWith("/example.json"));
    const result = readAll([details as Answer]);
    const lists = details?.document as Record<string, readonly unknown[]>;
    expect(count(result, "aws/role")).toBe(lists["RoleDetailList"]?.length);
    expect(count(result, "aws/user")).toBe(lists["UserDetailList"]?.length);
    expect(count(result, "aws/group")).toBe(lists["GroupDetailList"]?.length);
    expect(count(result, "aws/managed-policy")).toBe(lists["Policies"]?.length);
    expect(new Set(result.gaps.map((gap) => gap.topic))).toEqual(new Set(["aws/control-policy"]));
  });

  test("a one-file-per-call folder gives policies on the resources that its file names say", () => {
    const result = readAll(answers("duo-labs+cloudmapper/account-data").map((item) => ({ ...item, scope: "123456789012" })));
    expect(count(result, "aws/resource-policy")).toBe(7);
    expect(count(result, "aws/role")).toBeGreaterThan(3);
  });

  test("network dumps are read without a gap, or left alone", () => {
    const kinds = new Set<string>();
    for (const item of answers("batfish+batfish").filter(({ path }) => path?.includes("/aws_configs/"))) {
      const result = read(item);
      if (result.shape === undefined) expect(result).toEqual({ observations: [], gaps: [] });
      expect(
        result.gaps.filter((gap) => gap.topic === "aws/network"),
        item.path,
      ).toEqual([]);
      for (const { kind } of result.observations) kinds.add(kind);
    }
    expect(kinds.size).toBeGreaterThan(15);
  });
});
