// P6: whether a way back from a deployment to production exists that somebody has walked, by the history or by the charter's word.
import { globMatches } from "../../../lib/glob.ts";
import { deployed, lastWayBack } from "./deployed.ts";
import type { Answer } from "./deployments.ts";
import type { Asked } from "./tasks.ts";

/** A year: an exercise that is older says little of what would work today. */
const PERIOD_DAYS = 366;
const DAY_MS = 86_400_000;

export interface WayBack {
  readonly answer: Answer;
  readonly why: string;
  readonly wouldShow?: string;
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** An earlier version that was deployed again, or an exercise that the charter dates; both within a year before the day that is asked about. */
export function wayBackOf(asked: Asked, project: string, environment: string, asOf: string | undefined): WayBack {
  const into = deployed(asked).filter((one) => one.project === project && asked.environmentOf(one.environment) === environment);
  const back = lastWayBack(into);
  const exercises = (asked.charter.rollbackExercises ?? []).filter(
    (one) => one.environment === environment && one.projects.some((pattern) => globMatches(pattern, project)),
  );
  const dates = [...exercises.map(({ on }) => Date.parse(on)), ...(back ? [back.at] : [])].toSorted((a, b) => a - b);
  const what = `${project} in ${environment}`;
  const wouldShow = `the history of deployments of ${project} over a year, or a dated exercise in the charter's rollbackExercises`;
  const last = dates.at(-1);
  if (asOf === undefined)
    return {
      answer: "unknown",
      why: `the day that is asked about was not given, so no way back of ${what} is known to be recent`,
      wouldShow,
    };
  const since = Date.parse(asOf) - PERIOD_DAYS * DAY_MS;
  if (last !== undefined && last >= since) return { answer: "yes", why: `the way back of ${what} was walked on ${day(last)}` };
  if (last !== undefined) return { answer: "no", why: `the way back of ${what} was last walked on ${day(last)}, more than a year ago` };
  if (into.length === 0)
    return { answer: "unknown", why: `no deployment of ${what} was collected, and the charter dates no exercise of a way back`, wouldShow };
  const first = readSince(asked, project);
  if (first === "not known" || first > since) {
    const until = first === "not known" ? "as far as deployments were read" : `since ${day(first)}, as far as deployments were read`;
    return { answer: "unknown", why: `${until}, none of ${what} went back, and the charter dates no exercise`, wouldShow };
  }
  const many = into.length === 1 ? "the one deployment" : `none of ${into.length} deployments`;
  return {
    answer: "no",
    why: `${many} of ${what} ${into.length === 1 ? "replaced nothing" : "brought an earlier version back"}, and the charter dates no exercise`,
  };
}

/** How far back the history was read; minus infinity: to its beginning. */
function readSince({ observations }: Asked, project: string): number | "not known" {
  const gitlab = observations("gitlab/history").find((one) => one.project === project);
  if (gitlab) return gitlab.since === undefined ? -Infinity : Date.parse(gitlab.since);
  const history = observations("github/history").find(
    (one) => one.repository === project && one.of === "deployments" && one.commit === undefined,
  );
  if (history === undefined) return "not known";
  return history.since === undefined ? -Infinity : Date.parse(history.since);
}
