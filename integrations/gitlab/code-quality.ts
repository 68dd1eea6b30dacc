// Findings as GitLab's Code Quality report: the merge request shows which it opens and which it closes.

interface Finding {
  readonly id: string;
  readonly check: string;
  readonly clause: string;
  readonly severity: "critical" | "high" | "medium" | "low";
  readonly verdict: "violated" | "unknown";
  readonly summary: string;
  readonly source?: Source;
  readonly path: readonly { readonly source: Source }[];
  readonly exception?: { readonly expired: boolean };
}

interface Source {
  readonly file: string;
  readonly line?: number;
}

/** GitLab's own words, from the worst down. */
const SEVERITIES = { critical: "blocker", high: "critical", medium: "major", low: "minor" } as const;

/**
 * A report of the findings that are open. What was accepted and has not expired is left out; what is unknown is said as such and less severe.
 *
 * Source: GitLab Docs, "Code Quality", Code Quality report format: description, check_name, fingerprint, severity, location.
 */
export function codeQuality(result: string, folder: string): string {
  const { findings } = JSON.parse(result) as { readonly findings: readonly Finding[] };
  const open = findings.filter(({ exception }) => exception === undefined || exception.expired);
  const entries = open.map((finding) => {
    const { file, line } = placeOf(finding);
    return {
      description: `${finding.verdict === "unknown" ? "Unknown: " : ""}${finding.summary} (${finding.clause})`,
      check_name: finding.check,
      fingerprint: finding.id,
      severity: finding.verdict === "unknown" ? "info" : SEVERITIES[finding.severity],
      location: { path: folder === "." ? file : `${folder}/${file}`, lines: { begin: line ?? 1 } },
    };
  });
  return `${JSON.stringify(entries, undefined, 2)}\n`;
}

/** Where the finding's grant stands: its own place, or that of the last step that has one. */
const placeOf = ({ source, path }: Finding): Source => source ?? path.at(-1)?.source ?? { file: "bulkhead.yaml" };
