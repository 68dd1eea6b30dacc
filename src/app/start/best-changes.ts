// The five changes that do most: from the smallest cut and the worst findings, in the form that the forge's plan allows.
import type { CheckResult, Finding } from "../../findings/result.ts";
import type { Observations } from "../../model/observation.ts";

export interface BestChange {
  readonly instruction: string;
  /** Findings that it closes, the worst first. */
  readonly closes: readonly Finding[];
  /** Given: the usual change is not to be had, and why. */
  readonly instead?: string;
}

const MOST_CHANGES = 5;
const WEIGHT = { critical: 8, high: 4, medium: 2, low: 1 } as const;

const weightOf = (findings: readonly Finding[]): number =>
  findings.reduce((sum, finding) => sum + WEIGHT[finding.severity] * (finding.verdict === "violated" ? 1 : 0.5), 0);

export function bestChanges(result: CheckResult, observations: Observations, plan: string | undefined): readonly BestChange[] {
  const byId = new Map(result.findings.map((finding) => [finding.id, finding]));
  const fromCut = (result.cut?.changes ?? []).map(({ instruction, closes }) => ({
    instruction,
    closes: closes.flatMap((id) => byId.get(id) ?? []),
  }));
  const told = new Set(fromCut.flatMap(({ closes }) => closes.map(({ id }) => id)));
  const grouped = Map.groupBy(
    result.findings.filter((finding) => !told.has(finding.id) && finding.cut[0] !== undefined && finding.verdict === "violated"),
    (finding) => finding.cut[0] as string,
  );
  const others = [...grouped].map(([instruction, closes]) => ({ instruction, closes }));
  return [...fromCut, ...others]
    .map((change) => ({ ...change, closes: change.closes.toSorted((a, b) => WEIGHT[b.severity] - WEIGHT[a.severity]) }))
    .filter(({ closes }) => closes.length > 0)
    .toSorted((a, b) => weightOf(b.closes) - weightOf(a.closes))
    .slice(0, MOST_CHANGES)
    .map((change) => withinPlan(change, observations, plan));
}

interface About {
  readonly repository: string;
  /** Absent: a trust policy that is to name one. */
  readonly environment?: string;
}

/** The environment that a finding is about, by the ids on its path; or the repository whose subject a role is to trust. */
function aboutOf({ instruction, closes }: Pick<BestChange, "instruction" | "closes">): About | undefined {
  const subject = /repo:([^:\s]+\/[^:\s]+):environment:NAME/.exec(instruction)?.[1];
  if (subject !== undefined) return { repository: subject };
  if (!/reviewers/i.test(instruction)) return undefined;
  for (const finding of closes)
    for (const id of [finding.to, finding.grant ?? "", ...finding.path.map((step) => step.to)]) {
      const found = /^github:([^#/]+\/[^#/@]+)#environment\/([^/#]+)/.exec(id);
      if (found) return { repository: found[1] as string, environment: found[2] as string };
    }
  return undefined;
}

/**
 * "Required reviewers … are available in public repositories for all current plans"; for private ones with GitHub Enterprise. Branch protection of private
 * repositories comes with Team. So what a review of the environment would do, a review of the branch does: the role then trusts `ref:refs/heads/BRANCH`, and
 * the environment, where there is one, takes that branch alone (GitHub Docs, "Deployments and environments"; "About protected branches").
 */
function withinPlan(change: BestChange, observations: Observations, plan: string | undefined): BestChange {
  const about = plan === "enterprise" ? undefined : aboutOf(change);
  const repository =
    about && observations("github/repository").find((one) => one.repository.toLowerCase() === about.repository.toLowerCase());
  if (about === undefined || repository === undefined || repository.visibility === "public") return change;
  const branch = repository.defaultBranch ?? "main";
  const subject = `repo:${about.repository}:ref:refs/heads/${branch}`;
  const instead = `required reviewers for private repositories come with GitHub Enterprise${plan === undefined ? "" : `, and the plan is ${plan}`}`;
  if (plan === "free") {
    const instruction = `move ${about.repository} to plan Team, which protects branches of private repositories; then require an approval by another on ${branch}, and let the deploying role trust ${subject} alone`;
    return { ...change, instruction, instead };
  }
  const narrowed = about.environment === undefined ? "" : `; let environment ${about.environment} take ${branch} alone`;
  const instruction = `require an approval by another on branch ${branch} of ${about.repository}, administrators included${narrowed}; and let the deploying role trust ${subject} alone`;
  return { ...change, instruction, instead };
}
