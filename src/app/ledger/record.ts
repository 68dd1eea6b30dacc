// The verdict of a check as an entry of the ledger.
import type { CheckResult } from "../../findings/result.ts";
import { hashOf } from "../../lib/hash.ts";
import type { NewEntry } from "./folder.ts";

export { appendTo, checkpointOf } from "./folder.ts";
export { ed25519Signer, keyAt } from "./keys.ts";

/** Ids of findings that one entry holds at most: with them it stays below what an entry may have. Beyond, the result's hash stands for them. */
const MAX_IDS = 2000;

export function verdictEntry(result: CheckResult, run?: string): NewEntry {
  const count = (verdict: string): number => result.findings.filter((finding) => finding.verdict === verdict).length;
  const ids = result.findings.map(({ id }) => id).toSorted();
  return {
    kind: "verdict",
    body: {
      version: result.bulkhead,
      asOf: result.asOf,
      charter: result.charter.hash,
      estate: result.estate.hash,
      result: hashOf(result),
      statements: result.statements,
      verdict: result.verdict,
      gaps: result.gaps.length,
      exceptions: result.exceptions,
      findings: { violated: count("violated"), unknown: count("unknown"), ...(ids.length <= MAX_IDS && { ids }) },
      ...(run !== undefined && { run }),
    },
  };
}
