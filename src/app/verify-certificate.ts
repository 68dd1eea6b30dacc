// Verifies a result's certificate against files and charter: regenerates the rules and checks the closed sets, without any search.
import { checkClosedSets, type CertificateProblem } from "../analyze/reach/check-certificate.ts";
import { membershipHash, rulesHash } from "../analyze/reach/certificate.ts";
import { gapOpens } from "../analyze/reach/decide.ts";
import type { CharterProblem } from "../charter/load.ts";
import type { Certificate } from "../findings/result.ts";
import { ok, type Result } from "../lib/result.ts";
import { type CheckOptions, readAndDerive } from "./check.ts";
import type { FileSet } from "./files.ts";
import { VERSION } from "./version.ts";

export interface Verification {
  readonly valid: boolean;
  /** In plain words, the first reasons why not. */
  readonly problems: readonly string[];
  readonly statements: Certificate["statements"];
  readonly closures: number;
  readonly facts: number;
}

/** Bound hashes first (version, charter, estate, rules, membership), then gaps that nobody took, then the closed sets. */
export function verifyCertificate(
  certificate: Certificate,
  files: FileSet,
  options: CheckOptions,
): Result<Verification, readonly CharterProblem[]> {
  const derived = readAndDerive(files, options);
  if (!derived.ok) return derived;
  const { charterHash, reading, estate } = derived.value;
  const problems: string[] = [];
  const bound = (what: string, said: string, is: string): void => {
    if (said !== is) problems.push(`the certificate is for another ${what} (${said.slice(0, 12)}, here ${is.slice(0, 12)})`);
  };
  bound("version of Bulkhead", certificate.version, VERSION);
  bound("charter", certificate.charter, charterHash);
  bound("estate", certificate.estate, reading.hash);
  bound("set of rules", certificate.rules, rulesHash(estate.rules));
  bound("membership of environments", certificate.membership, membershipHash(estate));
  for (const statement of certificate.statements) {
    for (const gap of estate.untaken)
      if (gapOpens(gap, statement)) problems.push(`${statement}: ${gap.what} could not be read (${gap.why})`);
  }
  problems.push(...checkClosedSets(estate, certificate.statements, certificate.closures).map(inWords));
  const facts = certificate.closures.reduce((sum, closure) => sum + closure.closed.length, 0);
  return ok({ valid: problems.length === 0, problems, statements: certificate.statements, closures: certificate.closures.length, facts });
}

function inWords(problem: CertificateProblem): string {
  const set = `${problem.statement} from ${problem.from}`;
  switch (problem.code) {
    case "CLOSURE_MISSING":
      return `${set}: there is no closed set for it`;
    case "SOURCE_OUTSIDE":
      return `${set}: the source "${problem.fact}" is not in the set`;
    case "NOT_CLOSED":
      return `${set}: the set is not closed, "${problem.fact}" follows (${problem.by})`;
    case "TARGET_INSIDE":
      return `${set}: the target "${problem.fact}" is in the set`;
  }
}
