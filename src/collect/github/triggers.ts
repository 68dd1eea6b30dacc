// What starts a workflow. Source: GitHub Docs, "Events that trigger workflows" and "Workflow syntax", `on`.
import { isObject } from "../../lib/json.ts";
import type { GithubTrigger } from "../../model/observations/github.ts";
import { at, members, type Node, refuse, text, texts } from "./reader.ts";

/** `on` as one event, a list of events, or a map of events with filters. */
export function triggersOf(node: Node): readonly GithubTrigger[] {
  const { value } = node;
  if (typeof value === "string") return [{ event: value }];
  if (Array.isArray(value)) return texts(node).map((event) => ({ event }));
  if (!isObject(value)) {
    refuse(node, "on is an event, a list of events or a map of events");
    return [];
  }
  return members(node, "events").map(([event, filters]) => triggerOf(event, filters));
}

function triggerOf(event: string, node: Node): GithubTrigger {
  if (node.value === null || node.value === undefined) return { event };
  if (event === "schedule") {
    if (!Array.isArray(node.value)) refuse(node, "schedule is a list of cron entries");
    const crons = Array.isArray(node.value) ? node.value.flatMap((_, index) => text(at(at(node, index), "cron")) ?? []) : [];
    return { event, crons };
  }
  if (!isObject(node.value)) {
    refuse(node, `the filters of ${event} are a map`);
    return { event };
  }
  const list = (key: string): readonly string[] | undefined => (at(node, key).value === undefined ? undefined : texts(at(node, key)));
  const lists = {
    branches: list("branches"),
    branchesIgnore: list("branches-ignore"),
    tags: list("tags"),
    tagsIgnore: list("tags-ignore"),
    paths: list("paths"),
    pathsIgnore: list("paths-ignore"),
    types: list("types"),
    workflows: list("workflows"),
  };
  const secrets = members(at(node, "secrets"), "secrets").map(([name]) => name);
  const inputs = members(at(node, "inputs"), "inputs");
  return {
    event,
    ...(Object.fromEntries(Object.entries(lists).filter(([, each]) => each !== undefined)) as Partial<GithubTrigger>),
    ...(secrets.length > 0 && { secrets }),
    ...(inputs.length > 0 && { inputs: Object.fromEntries(inputs.map(([name, input]) => [name, inputOf(input)])) }),
  };
}

function inputOf(node: Node): NonNullable<GithubTrigger["inputs"]>[string] {
  if (!isObject(node.value)) return {};
  const type = text(at(node, "type"));
  const fallback = text(at(node, "default"));
  const required = at(node, "required").value;
  return {
    ...(typeof required === "boolean" && { required }),
    ...(type !== undefined && { type }),
    ...(at(node, "options").value !== undefined && { options: texts(at(node, "options")) }),
    ...(fallback !== undefined && { default: fallback }),
  };
}
