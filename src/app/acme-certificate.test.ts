// The certificate of the mended example: it holds nothing that could be left out.
import { expect, test } from "vitest";
import { checkClosedSets } from "../analyze/reach/check-certificate.ts";
import { check } from "./check.ts";
import { readFolder } from "./files.ts";

test("no certificate verifies after any one fact is taken out of a closed set", () => {
  const checked = check(readFolder(new URL("../../examples/acme-fixed", import.meta.url).pathname), { asOf: "2026-11-24T00:00:00Z" });
  if (!checked.ok) throw new Error("the charter does not load");
  const { estate, result } = checked.value;
  const { certificate } = result;
  if (!certificate) throw new Error("no certificate");
  let tried = 0;
  for (const set of certificate.closures) {
    for (const missing of set.closed) {
      const corrupted = { ...set, closed: set.closed.filter((each) => each !== missing) };
      const problems = checkClosedSets(estate, [set.statement], [corrupted]);
      const own = problems.filter((problem) => problem.code !== "CLOSURE_MISSING");
      if (own.length === 0) throw new Error(`${set.statement} from ${set.from[0]} still verifies without ${missing}`);
      tried++;
    }
  }
  expect(tried).toBeGreaterThan(500);
}, 300_000);
