// What a Terraform plan would open or close: the estate of a folder, checked as it is and as it would be after apply.
import { randomBytes } from "node:crypto";
import type { CharterProblem } from "../charter/load.ts";
import type { Charter } from "../charter/schema.ts";
import { applyParts } from "../collect/terraform/apply.ts";
import { plannedChange } from "../collect/terraform/plan.ts";
import { fingerprint } from "../lib/hash.ts";
import { parseBytes, placeOf } from "../lib/parse.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { isAtOrBelow } from "../lib/safe-path.ts";
import type { Scope } from "../model/manifest.ts";
import { check, type CheckOptions, type CheckRun } from "./check.ts";
import { type Difference, difference } from "./diff.ts";
import type { FileSet } from "./files.ts";

export interface PlanFile {
  /** As it is shown; for a plan below the folder, its path from there, so that the charter's inputs can give it a scope. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface PlanCheck {
  readonly before: CheckRun;
  readonly after: CheckRun;
  readonly changed: Difference;
  /** Addresses of the resources that the plan changes. */
  readonly resources: readonly string[];
}

export function checkPlan(files: FileSet, plan: PlanFile, options: CheckOptions): Result<PlanCheck, readonly CharterProblem[]> {
  const parsed = parseBytes(plan.path, plan.bytes);
  if (!parsed.ok) {
    const { message, remedy } = parsed.error;
    return fail([{ file: placeOf(parsed.error).replace(/:\d+(:\d+)?$/, ""), line: parsed.error.line ?? 1, column: 1, message, remedy }]);
  }
  // The plan is what is asked about: it is no part of the estate as it is.
  const estate = new Map([...files].filter(([path]) => path !== plan.path));
  // One key for both, so that a secret that stays the same reads the same.
  const both = { ...options, fingerprintKey: options.fingerprintKey ?? randomBytes(32) };
  const before = check(estate, both);
  if (!before.ok) return before;
  const scope = scopeOf(before.value.charter, plan.path);
  const about = { file: plan.path, ...(scope && { scope }), fingerprint: (secret: string) => fingerprint(both.fingerprintKey, secret) };
  const planned = plannedChange(parsed.value.documents[0], about);
  if (!planned.ok) return fail([refused(plan.path, planned.error.why)]);
  const { taken, added, addresses, gaps } = planned.value;
  const applied = applyParts(before.value.reading.observations, taken, added);
  const after = check(estate, {
    ...both,
    alter: () => applied.observations,
    gaps: [...(options.gaps ?? []), ...gaps, ...applied.gaps],
    texts: new Map([[plan.path, { text: parsed.value.text, format: parsed.value.format }]]),
  });
  if (!after.ok) return after;
  const changed = difference(before.value.result, after.value.result);
  return ok({ before: before.value, after: after.value, changed, resources: addresses });
}

const refused = (file: string, message: string): CharterProblem => ({
  file,
  line: 1,
  column: 1,
  message,
  remedy: "Write it with: terraform plan -out=plan.tfplan && terraform show -json plan.tfplan > plan.json",
});

const scopeOf = (charter: Charter, path: string): Scope | undefined =>
  charter.inputs
    .filter((input) => input.scope !== undefined && isAtOrBelow(path, input.path.replace(/\/$/, "")))
    .toSorted((a, b) => b.path.length - a.path.length)[0]?.scope;
