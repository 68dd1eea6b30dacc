// What changed between two results: what a change opens, what it closes, what stays.
import type { CheckResult, Finding } from "../findings/result.ts";

export interface Difference {
  readonly opened: readonly Finding[];
  readonly closed: readonly Finding[];
  readonly unchanged: number;
  readonly statements: readonly { readonly name: string; readonly before: string; readonly after: string }[];
  readonly gapsOpened: readonly string[];
  readonly gapsClosed: readonly string[];
}

/** By fingerprint and verdict: a finding that turns from unknown to violated is opened, and the other way round closed. */
export function difference(before: CheckResult, after: CheckResult): Difference {
  const key = (finding: Finding): string => `${finding.id} ${finding.verdict}`;
  const had = new Set(before.findings.map(key));
  const has = new Set(after.findings.map(key));
  const gaps = (result: CheckResult): Map<string, string> =>
    new Map(result.gaps.map((gap) => [`${gap.topic}:${gap.subject}`, `${gap.what} (${gap.why})`]));
  const gapsBefore = gaps(before);
  const gapsAfter = gaps(after);
  return {
    opened: after.findings.filter((finding) => !had.has(key(finding))),
    closed: before.findings.filter((finding) => !has.has(key(finding))),
    unchanged: after.findings.filter((finding) => had.has(key(finding))).length,
    statements: (Object.keys(after.statements) as (keyof CheckResult["statements"])[])
      .map((name) => ({ name, before: before.statements[name], after: after.statements[name] }))
      .filter((each) => each.before !== each.after),
    gapsOpened: [...gapsAfter].filter(([id]) => !gapsBefore.has(id)).map(([, text]) => text),
    gapsClosed: [...gapsBefore].filter(([id]) => !gapsAfter.has(id)).map(([, text]) => text),
  };
}
