// Jobs with the default branch's trust that fetch and run what a pull request brings.
import type { GithubStep } from "../../model/observations/github.ts";
import type { PipelineJob } from "./jobs.ts";

/** Events that run the default branch's workflow, with its secrets, for something that anyone can start. */
const PRIVILEGED: ReadonlySet<string> = new Set(["pull_request_target", "issue_comment", "workflow_run"]);

export interface UntrustedCheckout {
  readonly step: GithubStep;
  readonly event: string;
  /** Whether a pull request from a fork gets there: yes, no, or not certain and why. */
  readonly forks: true | false | string;
  /** Given: whether the code is run is not certain, and why. */
  readonly because?: string;
}

const HEAD =
  /pull_request\.head\.(?:sha|ref)|github\.head_ref|refs\/pull\/|workflow_run\.head_(?:sha|branch|commit)|pull_request\.merge_commit_sha|head\.repo\.full_name|issue\.number/;

const FETCHES = /\bgh\s+pr\s+checkout\b|\bgit\s+fetch\b[^\n]*\bpull\/|\bgit\s+checkout\b[^\n]*(?:head_ref|head\.(?:sha|ref))/;

/** Commands that run what the working directory holds: build and test tools, scripts by path. */
const RUNS_CODE =
  /(?:^|[\s;&|(])(?:\.{1,2}\/\S+|(?:npm|npx|yarn|pnpm|bun|make|mvn|gradle|go|cargo|pip|pip3|python3?|pytest|tox|bundle|rake|docker|dotnet|composer|bash|sh|node|deno|terraform|cmake|bazel|poetry|uv|hatch)\s)/m;

const isCheckout = (step: GithubStep): boolean =>
  (step.uses?.startsWith("actions/checkout@") === true && HEAD.test(`${step.with["ref"] ?? ""} ${step.with["repository"] ?? ""}`)) ||
  FETCHES.test(step.run ?? "");

const isBenign = (step: GithubStep): boolean => step.run === undefined && step.uses !== undefined && !step.uses.startsWith("./");

/**
 * From version 7 on, actions/checkout refuses a fork's pull request unless `allow-unsafe-pr-checkout` is set; a branch of the repository itself it
 * still takes (GitHub Docs, "Securely using pull_request_target", Opting out of built-in protections).
 */
function takesForks(step: GithubStep): UntrustedCheckout["forks"] {
  if (step.uses === undefined || step.with["allow-unsafe-pr-checkout"] === "true") return true;
  const version = /@v?(\d+)(?:\.|$)/.exec(step.uses)?.[1];
  if (version === undefined) return "which version of actions/checkout is used is not known, and from 7 on it refuses forks";
  return Number(version) < 7;
}

function guardedBy(condition: string | undefined): { readonly forks?: false; readonly because?: string } {
  if (condition === undefined) return {};
  if (/head\.repo\.(?:full_name|fork)|head_repository/.test(condition)) return { forks: false };
  return { because: `the job runs only if ${condition.replaceAll(/\s+/g, " ").trim()}` };
}

/**
 * "The checkout step alone does not execute untrusted code. The vulnerability is completed by the next step that runs code checked out into the
 * current working directory" (GitHub Docs, "Securely using pull_request_target").
 */
export function untrustedCheckout(job: PipelineJob): UntrustedCheckout | undefined {
  const event = job.triggers.find((trigger) => PRIVILEGED.has(trigger.event))?.event;
  const { steps } = job.job;
  const at = steps.findIndex(isCheckout);
  const step = steps[at];
  if (event === undefined || step === undefined) return undefined;
  const later = [...(step.run === undefined ? [] : [step]), ...steps.slice(at + 1)];
  if (later.every(isBenign) && !later.some((one) => one.uses?.startsWith("./"))) return undefined;
  const runs = later.some((one) => one.uses?.startsWith("./") === true || RUNS_CODE.test(one.run ?? ""));
  const guard = guardedBy(job.job.condition);
  const because = guard.because ?? (runs ? undefined : "whether a later step runs the checked-out code is not visible");
  return { step, event, forks: guard.forks ?? takesForks(step), ...(because !== undefined && { because }) };
}
