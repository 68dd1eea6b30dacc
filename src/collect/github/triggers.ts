// What starts a workflow. Source: GitHub Docs, "Events that trigger workflows" and "Workflow syntax", `on`.
import { isObject } from "../../lib/json.ts";
import type { GithubTrigger } from "../../model/observations/github.ts";
import { at, checkKnown, isAbsent, members, namesIn, type Node, onlyMembers, refuse, text, truth, word, words } from "./reader.ts";
import { withoutSecrets } from "../../lib/secret-text.ts";

const ACTIVITIES = namesIn("types");
const PULL_REQUEST = namesIn("types branches branches-ignore paths paths-ignore");
const NONE: ReadonlySet<string> = new Set();

/** Members that each event takes. Source: the schema of actions/languageservices, workflow-parser, `on-mapping-strict`. */
const EVENTS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    ...Object.fromEntries(
      "branch_protection_rule check_run check_suite discussion discussion_comment issue_comment issues label milestone project project_card project_column pull_request_comment pull_request_review pull_request_review_comment registry_package release repository_dispatch watch"
        .split(" ")
        .map((event) => [event, ACTIVITIES]),
    ),
    ...Object.fromEntries(
      "create delete deployment deployment_status fork gollum page_build public status".split(" ").map((event) => [event, NONE]),
    ),
    image_version: namesIn("types names versions"),
    merge_group: namesIn("types branches branches-ignore"),
    pull_request: PULL_REQUEST,
    pull_request_target: PULL_REQUEST,
    push: namesIn("branches branches-ignore tags tags-ignore paths paths-ignore"),
    schedule: NONE,
    workflow_call: namesIn("inputs secrets outputs"),
    workflow_dispatch: namesIn("inputs"),
    workflow_run: namesIn("types workflows branches branches-ignore"),
  }),
);
const EVENT_NAMES: ReadonlySet<string> = new Set(EVENTS.keys());

/** `on` as one event, a list of events, or a map of events with filters. */
export function triggersOf(node: Node): readonly GithubTrigger[] {
  const { value } = node;
  if (typeof value === "string") return [named(node, value)];
  if (Array.isArray(value)) return (words(node) ?? []).map((event, index) => named(at(node, index), event));
  if (isObject(value)) return members(node, "events").map(([event, filters]) => triggerOf(event, filters));
  refuse(node, "on is an event, a list of events or a map of events");
  return [];
}

function named(node: Node, event: string): GithubTrigger {
  if (event === "") refuse(node, "must not be empty");
  checkKnown(node, EVENT_NAMES, event, "event");
  return { event };
}

const FILTERS = [
  ["branches", "branches"],
  ["branches-ignore", "branchesIgnore"],
  ["tags", "tags"],
  ["tags-ignore", "tagsIgnore"],
  ["paths", "paths"],
  ["paths-ignore", "pathsIgnore"],
  ["types", "types"],
  ["workflows", "workflows"],
] as const satisfies readonly (readonly [string, keyof GithubTrigger])[];

function triggerOf(event: string, node: Node): GithubTrigger {
  checkKnown(node, EVENT_NAMES, event, "event");
  if (event === "schedule") return { event, crons: cronsOf(node) };
  if (node.value === null) return { event };
  if (!isObject(node.value)) {
    refuse(node, `the filters of ${event} are a map`);
    return { event };
  }
  onlyMembers(node, EVENTS.get(event) ?? new Set(Object.keys(node.value)), `event ${event}`);
  // "You cannot use both the branches and branches-ignore filters for the same event" ("Workflow syntax", on.push.branches).
  for (const filter of ["branches", "tags", "paths"])
    if (!isAbsent(at(node, filter)) && !isAbsent(at(node, `${filter}-ignore`)))
      refuse(node, `${filter} and ${filter}-ignore exclude each other`);
  const filters = FILTERS.flatMap(([key, member]) => {
    const found = words(at(node, key));
    return found === undefined ? [] : [[member, found] as const];
  });
  const secrets = members(at(node, "secrets"), "secrets").map(([name]) => name);
  const inputs = members(at(node, "inputs"), "inputs").map(([name, input]) => [name, inputOf(name, input, event)] as const);
  return {
    event,
    ...(Object.fromEntries(filters) as Partial<GithubTrigger>),
    ...(secrets.length > 0 && { secrets }),
    ...(inputs.length > 0 && { inputs: Object.fromEntries(inputs) }),
  };
}

function cronsOf(node: Node): readonly string[] {
  if (!Array.isArray(node.value)) {
    refuse(node, "schedule is a list of cron entries");
    return [];
  }
  return node.value.flatMap((_, index) => {
    const entry = at(node, index);
    onlyMembers(entry, namesIn("cron timezone"), "a schedule");
    return word(at(entry, "cron")) ?? refuse(entry, "a schedule has cron") ?? [];
  });
}

const INPUT = namesIn("description deprecationMessage type required default options");
const TYPES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["workflow_dispatch", namesIn("string boolean number choice environment")],
  ["workflow_call", namesIn("string boolean number")],
]);

function inputOf(name: string, node: Node, event: string): NonNullable<GithubTrigger["inputs"]>[string] {
  if (!isObject(node.value)) {
    refuse(node, "an input is a map");
    return {};
  }
  onlyMembers(node, INPUT, "an input");
  const type = word(at(node, "type"));
  if (type === undefined && event === "workflow_call") refuse(node, "an input of workflow_call has a type");
  if (type !== undefined) checkKnown(at(node, "type"), TYPES.get(event) ?? new Set([type]), type, "type of an input");
  const fallback = text(at(node, "default"));
  const required = truth(at(node, "required"));
  const options = optionsOf(at(node, "options"));
  return {
    ...(required !== undefined && { required }),
    ...(type !== undefined && { type }),
    ...(options && { options }),
    ...(fallback !== undefined && { default: withoutSecrets(name, fallback, node.sheet.fingerprint) }),
  };
}

/** Options may be empty texts. */
function optionsOf(node: Node): readonly string[] | undefined {
  if (isAbsent(node)) return undefined;
  if (!Array.isArray(node.value)) return refuse(node, "options are a list");
  return node.value.flatMap((_, index) => text(at(node, index)) ?? []);
}
