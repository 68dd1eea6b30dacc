// Steps of jobs and composite actions. Source: GitHub Docs, "Workflow syntax", jobs.<job_id>.steps; "Metadata syntax", runs.steps.
import { isObject } from "../../lib/json.ts";
import type { GithubStep } from "../../model/observations/github.ts";
import { at, checkNumber, isAbsent, namesIn, type Node, onlyMembers, refuse, text, textMap, truth, word, words } from "./reader.ts";
import { scriptWithoutSecrets } from "../../lib/secret-text.ts";

const STEP = namesIn("id if name uses run working-directory shell with env continue-on-error timeout-minutes background");
/** Steps that only order other steps (the schema of actions/languageservices, workflow-parser: `wait-step`, `cancel-step`, `parallel-step`). */
const ORDERING = ["wait", "wait-all", "cancel"] as const;
const ORDERING_STEP = namesIn("id name continue-on-error wait wait-all cancel");

/** Steps that run at the same time stand one after the other, each with its own place. */
export function stepsOf(node: Node): readonly GithubStep[] {
  if (isAbsent(node)) return [];
  if (!Array.isArray(node.value)) {
    refuse(node, "steps are a list");
    return [];
  }
  return node.value.flatMap((_, index) => stepOf(at(node, index)));
}

function stepOf(node: Node): readonly GithubStep[] {
  if (!isObject(node.value)) {
    refuse(node, "a step is a map");
    return [];
  }
  if (!isAbsent(at(node, "parallel"))) {
    onlyMembers(node, namesIn("parallel"), "a parallel step");
    return stepsOf(at(node, "parallel"));
  }
  if (ORDERING.some((key) => !isAbsent(at(node, key)))) {
    onlyMembers(node, ORDERING_STEP, "a waiting step");
    words(at(node, "wait"));
    return [];
  }
  onlyMembers(node, STEP, "a step");
  const uses = word(at(node, "uses"));
  const run = text(at(node, "run"));
  if (isAbsent(at(node, "uses")) === isAbsent(at(node, "run"))) refuse(node, "a step has either uses or run");
  for (const key of ["continue-on-error", "background"]) truth(at(node, key));
  checkNumber(at(node, "timeout-minutes"));
  for (const key of ["shell", "working-directory"]) text(at(node, key));
  return [
    { ...namesOf(node), ...doesOf(node, uses, run), with: textMap(at(node, "with")), env: textMap(at(node, "env")), source: node.source },
  ];
}

function namesOf(node: Node): Pick<GithubStep, "name" | "id" | "condition"> {
  const name = text(at(node, "name"));
  const id = word(at(node, "id"));
  const condition = text(at(node, "if"));
  return { ...(name && { name }), ...(id !== undefined && { id }), ...(condition && { condition }) };
}

const doesOf = (node: Node, uses: string | undefined, run: string | undefined): Pick<GithubStep, "uses" | "run"> => ({
  ...(uses !== undefined && { uses }),
  ...(run !== undefined && { run: scriptWithoutSecrets(run, node.sheet.fingerprint) }),
});
