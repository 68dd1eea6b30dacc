// Whether a stage runs on a branch: conditions of Jenkinsfiles, true, false or not known.
import { globMatches } from "../../../lib/glob.ts";
import type { JenkinsCondition } from "../../../model/observations/jenkins.ts";

export type Truth = boolean | undefined;

/** What is built: a branch by name, any branch but some, or a change request. */
export type Head =
  | { readonly kind: "branch"; readonly name: string }
  | { readonly kind: "any branch"; readonly except: readonly string[] }
  | { readonly kind: "change request" }
  /** A job of its own, with no branches: `BRANCH_NAME` is not set. */
  | { readonly kind: "none" };

export function evaluate(condition: JenkinsCondition | undefined, head: Head): Truth {
  if (condition === undefined) return true;
  if ("is" in condition) return condition.is;
  if ("open" in condition) return undefined;
  if ("not" in condition) {
    const inner = evaluate(condition.not, head);
    return inner === undefined ? undefined : !inner;
  }
  if ("all" in condition) return every(condition.all.map((one) => evaluate(one, head)));
  if ("any" in condition) {
    const each = condition.any.map((one) => evaluate(one, head));
    return each.includes(true) ? true : each.every((one) => one === false) ? false : undefined;
  }
  if ("changeRequest" in condition) return head.kind === "change request";
  // "tag … executes the stage if the TAG_NAME variable matches": tags are built only where they are discovered.
  if ("tag" in condition) return head.kind === "any branch" ? undefined : false;
  return onBranch(condition.branch, condition.isRegex === true, head);
}

const every = (each: readonly Truth[]): Truth => (each.includes(false) ? false : each.every((one) => one === true) ? true : undefined);

/** "branch … works on a multibranch Pipeline only" (Handbook, when). On a change request, BRANCH_NAME is `PR-12`. */
function onBranch(pattern: string, isRegex: boolean, head: Head): Truth {
  if (isRegex) return head.kind === "none" ? false : undefined;
  if (head.kind === "branch") return globMatches(pattern.replaceAll("**", "*"), head.name);
  if (head.kind === "any branch") return !pattern.includes("*") && head.except.includes(pattern) ? false : undefined;
  return head.kind === "change request" ? (pattern.startsWith("PR-") || pattern.startsWith("*") ? undefined : false) : false;
}

/** Names of branches that a condition compares with. */
export function branchesIn(condition: JenkinsCondition | undefined): readonly string[] {
  if (condition === undefined) return [];
  if ("all" in condition) return condition.all.flatMap(branchesIn);
  if ("any" in condition) return condition.any.flatMap(branchesIn);
  if ("not" in condition) return branchesIn(condition.not);
  return "branch" in condition && condition.isRegex !== true && !/[*?]/.test(condition.branch) ? [condition.branch] : [];
}

/** Whether one condition holds wherever the other does, as far as their words show it. */
export function follows(condition: JenkinsCondition, from: JenkinsCondition | undefined): boolean {
  const text = JSON.stringify(condition);
  if (from === undefined) return false;
  if (JSON.stringify(from) === text) return true;
  return "all" in from && from.all.some((one) => follows(condition, one));
}

/** What a condition says, for people. */
export function wordsOf(condition: JenkinsCondition): string {
  if ("all" in condition) return condition.all.map(wordsOf).join(" and ");
  if ("any" in condition) return condition.any.map(wordsOf).join(" or ");
  if ("not" in condition) return `not ${wordsOf(condition.not)}`;
  if ("is" in condition) return String(condition.is);
  if ("open" in condition) return condition.open;
  if ("tag" in condition) return `tag ${condition.tag}`;
  return "branch" in condition ? `branch ${condition.branch}` : "change request";
}
