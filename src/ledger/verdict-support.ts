// A verdict as an entry's body, for tests and benches of the ledger.
import type { VerdictBody } from "./entry.ts";

export const verdictBody = (part: Partial<VerdictBody> = {}): VerdictBody => ({
  version: "0.1.0",
  asOf: "2026-01-01T00:00:00Z",
  charter: "a".repeat(64),
  estate: "b".repeat(64),
  result: "c".repeat(64),
  statements: { wall: "separated", singlePerson: "separated", data: "separated" },
  verdict: "separated",
  gaps: 0,
  exceptions: 0,
  findings: { violated: 0, unknown: 0 },
  ...part,
});
