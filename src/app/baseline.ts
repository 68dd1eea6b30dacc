// What is new since an earlier result.
import { CheckResult } from "../findings/result.ts";
import { CodedError } from "../lib/error.ts";

export class BaselineError extends CodedError<"NOT_A_RESULT"> {}

/** Reads an earlier result. Throws a BaselineError when it is not one. */
export function readBaseline(text: string, file: string): CheckResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BaselineError("NOT_A_RESULT", `${file}  is not JSON\n  Make one with: bulkhead check --format json --output ${file}`, {
      cause,
    });
  }
  const parsed = CheckResult.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue ? `${issue.path.join(".")}: ${issue.message}` : "it has another shape";
  throw new BaselineError(
    "NOT_A_RESULT",
    `${file}  is not a result of bulkhead check (${where})\n  Make one with: bulkhead check --format json --output ${file}`,
  );
}

/** The result with the findings that the baseline lacks; the statements stay what they are. A finding that was unknown and is violated is new. */
export function onlyNew(result: CheckResult, baseline: CheckResult): CheckResult {
  const had = new Set(baseline.findings.map((finding) => `${finding.id} ${finding.verdict}`));
  const certain = new Set(baseline.findings.filter((finding) => finding.verdict === "violated").map((finding) => finding.id));
  const findings = result.findings.filter((finding) => !had.has(`${finding.id} ${finding.verdict}`) && !certain.has(finding.id));
  return { ...result, findings, baseline: { known: result.findings.length - findings.length, asOf: baseline.asOf } };
}
