// What a collection leaves on the disk: answers as they come, whole folders, and what a next run need not ask again.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Answer, Collected } from "../collect/aws/fetch.ts";
import { storeIn } from "./collected.ts";
import { readFolder } from "./files.ts";

const ACCOUNT = "111122223333";
const ROLES = "aws iam list-roles";
const VPCS = "aws ec2 describe-vpcs --region eu-west-1";
const POLICY = "aws s3api get-bucket-policy --bucket acme";
const DENIED = "An error occurred (AccessDenied) when calling the ListRoles operation: no";
const NONE = "An error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: none";

let output: string;
beforeEach(() => {
  output = mkdtempSync(join(tmpdir(), "bulkhead-collected-"));
});
afterEach(() => rmSync(output, { recursive: true, force: true }));

const collected = (...answers: readonly Answer[]): Collected => ({
  folder: ACCOUNT,
  scope: { system: "aws", account: ACCOUNT },
  collectedBy: "someone",
  from: new Date("2026-11-24T08:00:00Z"),
  to: new Date("2026-11-24T08:05:00Z"),
  answers,
  kept: 0,
});
const vpcs: Answer = { call: VPCS, file: "eu-west-1/vpcs.json", document: { Vpcs: [] } };
const none: Answer = { call: POLICY, error: NONE };
const place = join("estate", "aws", ACCOUNT);

describe("a collection that is cut short", () => {
  test("left its answers outside of what is checked, and the next run finds them", () => {
    storeIn(output, false).keep(ACCOUNT, VPCS, { Vpcs: [] });
    expect([...readFolder(output).keys()]).toEqual([]);
    const earlier = storeIn(output, false).earlier(ACCOUNT);
    expect(earlier?.answerTo(VPCS)).toEqual({ ok: true, value: { Vpcs: [] } });
    expect(earlier?.answerTo(ROLES)).toBeUndefined();
    expect(earlier).toMatchObject({ isWhole: false, regions: ["eu-west-1"] });
  });

  test("in the middle of writing an answer, that one is asked again", () => {
    storeIn(output, false).keep(ACCOUNT, VPCS, { Vpcs: [] });
    const journal = join(output, ".bulkhead", "collect-aws", ACCOUNT);
    const [file = ""] = readdirSync(journal);
    writeFileSync(join(journal, file), readFileSync(join(journal, file)).subarray(0, 20));
    expect(storeIn(output, false).earlier(ACCOUNT)?.answerTo(VPCS)).toBeUndefined();
  });

  test("keeps nothing where everything is to be asked again", () => {
    storeIn(output, false).keep(ACCOUNT, VPCS, { Vpcs: [] });
    expect(storeIn(output, true).earlier(ACCOUNT)).toBeUndefined();
    expect(storeIn(output, false).earlier(ACCOUNT)).toBeUndefined();
  });
});

describe("a collection that is done", () => {
  test("stands in the estate with its manifest, and nothing else is left", () => {
    const store = storeIn(output, false);
    store.keep(ACCOUNT, VPCS, { Vpcs: [] });
    store.place(collected(vpcs, none));
    expect([...readFolder(output).keys()]).toEqual([`${place}/eu-west-1/vpcs.json`, `${place}/manifest.json`]);
    expect(existsSync(join(output, ".bulkhead"))).toBe(false);
  });

  test("replaces an earlier one as a whole", () => {
    storeIn(output, false).place(collected(vpcs));
    storeIn(output, false).place(collected({ ...vpcs, file: "other.json" }));
    expect([...readFolder(output).keys()]).toEqual([`${place}/manifest.json`, `${place}/other.json`]);
  });

  test("is whole when every call was answered, and that there is none is an answer", () => {
    storeIn(output, false).place(collected(vpcs, none));
    const earlier = storeIn(output, false).earlier(ACCOUNT);
    expect(earlier).toMatchObject({ isWhole: true, from: new Date("2026-11-24T08:00:00Z") });
    expect(earlier?.answerTo(POLICY)).toEqual({ ok: false, error: NONE });
  });

  test("is not whole when a call was denied: only that is asked again", () => {
    storeIn(output, false).place(collected(vpcs, { call: ROLES, error: DENIED }));
    const earlier = storeIn(output, false).earlier(ACCOUNT);
    expect(earlier?.isWhole).toBe(false);
    expect([earlier?.answerTo(VPCS)?.ok, earlier?.answerTo(ROLES)]).toEqual([true, undefined]);
  });

  test.each([
    ["altered", (file: string) => writeFileSync(file, "{}")],
    ["taken away", (file: string) => rmSync(file)],
  ])("asks again what was %s since", (_, change) => {
    storeIn(output, false).place(collected(vpcs, none));
    change(join(output, place, "eu-west-1/vpcs.json"));
    const earlier = storeIn(output, false).earlier(ACCOUNT);
    expect(earlier?.isWhole).toBe(false);
    expect(earlier?.answerTo(VPCS)).toBeUndefined();
  });
});
