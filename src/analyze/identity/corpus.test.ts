// A public account's real identities, where the corpus is at hand: what the plane says of it, and how long that takes.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Charter } from "../../charter/schema.ts";
import { collector } from "../../collect/aws/collector.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import { derive } from "../derive.ts";
import { identityPlane } from "./plane.ts";

const root = process.env["BULKHEAD_CORPUS"] ?? fileURLToPath(new URL("../../../../shared/corpus", import.meta.url));
const path = `${root}/aws/salesforce+cloudsplaining/examples/files/example.json`;

function load(): { observations: Observation[]; gaps: Gap[]; account: string } {
  const text = readFileSync(path, "utf8");
  const document = JSON.parse(text) as { RoleDetailList: { Arn: string }[] };
  const observations: Observation[] = [];
  const gaps: Gap[] = [];
  const sink = { observation: (one: Observation) => void observations.push(one), gap: (gap: Gap) => void gaps.push(gap) };
  collector.map(document, 0, { path: "example.json", format: "json", documents: [document], text }, sink, { fingerprint: () => "" });
  return { observations, gaps, account: document.RoleDetailList[0]!.Arn.split(":")[4]! };
}

describe.skipIf(!existsSync(path))("cloudsplaining's example account (needs the corpus: set BULKHEAD_CORPUS)", () => {
  const { observations, gaps, account } = existsSync(path) ? load() : { observations: [], gaps: [], account: "111122223333" };
  const charter = Charter.parse({
    bulkhead: 1,
    organization: { name: "example" },
    environments: [
      { name: "production", tier: "production", purpose: "p", owner: "o", data: "none", boundary: { aws: { accounts: [account] } } },
    ],
  });
  const run = () => derive([...observations], charter, gaps, [identityPlane]);

  it("names every identity and finds the chain of three roles", () => {
    const estate = run();
    const identities = [...estate.entities.values()].filter((entity) => entity.kind === "principal" || entity.kind === "account");
    expect(identities).toHaveLength(122);
    const hop = (from: string, to: string) =>
      estate.rules.some(
        (rule) =>
          rule.certainty === "must" &&
          rule.family === "aws/assume-role" &&
          rule.gives.entity.endsWith(to) &&
          rule.needs.length === 1 &&
          rule.needs[0]!.entity.endsWith(from),
      );
    expect(hop("privesc-AssumeRole-starting-role", "privesc-AssumeRole-intermediate-role")).toBe(true);
    expect(hop("privesc-AssumeRole-intermediate-role", "privesc-AssumeRole-ending-role")).toBe(true);
    expect(hop("privesc-AssumeRole-starting-role", "privesc-AssumeRole-ending-role")).toBe(false);
  });

  it("tells the account's false positives from its real administrators", () => {
    const { rules } = run();
    const administers = (name: string): string | undefined =>
      rules.find((rule) => rule.family === "aws/administer" && rule.needs.length === 1 && rule.needs[0]!.entity.endsWith(`/${name}`))
        ?.certainty;
    expect(administers("fn4-exploitableNotAction-role")).toBe("must");
    expect(administers("fp1-allow-and-deny-role")).toBeUndefined();
    expect(administers("fp2-allow-and-deny-multiple-policies-role")).toBeUndefined();
    expect(administers("fp3-deny-iam-role")).toBeUndefined();
  });

  it("takes far less than a second", () => {
    run();
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      run();
      return performance.now() - start;
    }).sort((a, b) => a - b);
    expect(times[2]).toBeLessThan(1000);
  });
});
