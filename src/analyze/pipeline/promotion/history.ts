// P1 by history: whether deployments to production came after a successful deployment of the same commit below.
import { type Deployed, deployed } from "./deployed.ts";
import type { Asked } from "./tasks.ts";

export interface History {
  /** Production deployments that were made in the period. */
  readonly total: number;
  /** Those that came after a successful deployment of the same commit below. */
  readonly preceded: number;
  /** Those whose commit may have been deployed below before anything that was read. */
  readonly undecided: number;
  /** Beginning of the period; absent: everything there ever was. */
  readonly since?: string;
}

/** How far back the project's deployments were read, and of which commits all of them. */
function readBack(asked: Asked, project: string): { readonly since?: string; readonly isWholeOf: (sha: string) => boolean } {
  const periods = asked.observations("gitlab/history").filter((one) => one.project === project);
  const period = periods.find((one) => one.since !== undefined)?.since;
  if (period !== undefined) return { since: period, isWholeOf: (sha) => isYounger(asked, project, sha, period) };
  const found = asked.observations("github/history").filter((one) => one.repository === project && one.of === "deployments");
  const whole = new Set(found.flatMap((one) => one.commit ?? []));
  const since = found.find((one) => one.commit === undefined)?.since;
  return { ...(since !== undefined && { since }), isWholeOf: (sha) => since === undefined || whole.has(sha) };
}

/** A commit that was made in the period was not deployed before it. Its time is its maker's word: one that lies makes the commit older, or breaks the order. */
const isYounger = (asked: Asked, project: string, sha: string, since: string): boolean =>
  asked
    .observations("gitlab/deployment")
    .some(
      (one) => one.project === project && one.sha === sha && one.commitAt !== undefined && Date.parse(one.commitAt) >= Date.parse(since),
    );

/** Undefined: no deployment of the project to the environment was collected. */
export function historyOf(asked: Asked, project: string, environment: string, lower: ReadonlySet<string>): History | undefined {
  const { since, isWholeOf } = readBack(asked, project);
  const all = deployed(asked).filter((one) => one.project === project);
  const isInPeriod = ({ at }: Deployed): boolean => since === undefined || at >= Date.parse(since);
  const into = all.filter((one) => asked.environmentOf(one.environment) === environment && isInPeriod(one));
  if (into.length === 0) return undefined;
  const below = Map.groupBy(
    all.filter((one) => lower.has(asked.environmentOf(one.environment) ?? "")),
    ({ sha }) => sha,
  );
  const isPreceded = (one: Deployed): boolean => (below.get(one.sha) ?? []).some((earlier) => earlier.done < one.at);
  const others = into.filter((one) => !isPreceded(one));
  return {
    total: into.length,
    preceded: into.length - others.length,
    undecided: others.filter((one) => !isWholeOf(one.sha)).length,
    ...(since !== undefined && { since }),
  };
}

/** "of 214 deployments of acme/shop to production since 2026-08-01, 209 came after a successful deployment of the same commit to test". */
export function historyWords({ total, preceded, undecided, since }: History, project: string, environment: string, lower: string): string {
  const period = since === undefined ? "in the period" : `since ${since.slice(0, 10)}`;
  const open = undecided === 0 ? "" : `, and ${undecided} may have come after one that is older than what was read`;
  return `of ${total} ${total === 1 ? "deployment" : "deployments"} of ${project} to ${environment} ${period}, ${preceded} came after a successful deployment of the same commit to ${lower}${open}`;
}
