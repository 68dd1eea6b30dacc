// Values of a resolved configuration in the forms that GitLab lets them be written in.
import { isObject, type Json, type JsonObject } from "../../../lib/json.ts";
import type { GitlabFilter, GitlabNeed, GitlabRule } from "../../../model/observations/gitlab.ts";

/** Lists may hold lists, as references leave them (Docs, "script": nested arrays up to ten levels). */
export const flat = (value: Json | undefined): readonly Json[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? (value as readonly Json[]).flatMap(flat) : [value];

export const scalar = (value: Json | undefined): string | undefined =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;

export const texts = (value: Json | undefined): readonly string[] => flat(value).flatMap((item) => scalar(item) ?? []);

/** A name, or a map with one. */
export const named = (value: Json | undefined): string | undefined =>
  scalar(value) ?? (isObject(value) ? scalar(value["name"]) : undefined);

export function variablesOf(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => {
      const text = scalar(one) ?? (isObject(one) ? scalar(one["value"]) : undefined);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
}

export function rulesOf(value: Json | undefined): readonly GitlabRule[] | undefined {
  if (value === undefined || value === null) return undefined;
  return flat(value).flatMap((rule): readonly GitlabRule[] => {
    if (!isObject(rule)) return [];
    const condition = scalar(rule["if"]);
    const when = scalar(rule["when"]);
    const variables = variablesOf(rule["variables"]);
    const onFiles = rule["changes"] !== undefined || rule["exists"] !== undefined;
    return [
      {
        ...(condition !== undefined && { if: condition }),
        ...(when !== undefined && { when }),
        ...(onFiles && { onFiles: true as const }),
        ...(rule["allow_failure"] !== undefined && { allowFailure: rule["allow_failure"] !== false }),
        ...(Object.keys(variables).length > 0 && { variables }),
      },
    ];
  });
}

/** `only` and `except`: a list of refs, or a map. */
export function filterOf(value: Json | undefined): GitlabFilter | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) return { refs: texts(value) };
  return {
    ...(value["refs"] !== undefined && { refs: texts(value["refs"]) }),
    ...(value["variables"] !== undefined && { variables: texts(value["variables"]) }),
    ...(value["changes"] !== undefined && { onFiles: true as const }),
    ...(value["kubernetes"] !== undefined && { kubernetes: true as const }),
  };
}

/** Absent: the job waits for the stages before its own. A list without a job of this pipeline waits for nobody in it. */
export function needsOf(value: Json | undefined): readonly GitlabNeed[] | undefined {
  if (value === undefined || value === null) return undefined;
  return flat(value).flatMap((need): readonly GitlabNeed[] => {
    const name = scalar(need);
    if (name !== undefined) return [{ job: name, artifacts: true, optional: false }];
    if (!isObject(need)) return [];
    const [project, ref, pipeline] = [scalar(need["project"]), scalar(need["ref"]), scalar(need["pipeline"])];
    return [
      {
        job: scalar(need["job"]) ?? "",
        ...(project !== undefined && { project }),
        ...(ref !== undefined && { ref }),
        ...(pipeline !== undefined && { pipeline }),
        artifacts: need["artifacts"] !== false,
        optional: need["optional"] === true,
      },
    ];
  });
}

/** `parallel: matrix`: a list of maps, each variable with one value or several. */
export function matrixOf(value: Json | undefined): Readonly<Record<string, readonly string[]>> | undefined {
  const entries = isObject(value) ? flat(value["matrix"]).filter(isObject) : [];
  if (entries.length === 0) return undefined;
  const values = new Map<string, Set<string>>();
  for (const entry of entries as readonly JsonObject[])
    for (const [name, one] of Object.entries(entry)) {
      const known = values.get(name) ?? new Set();
      for (const text of texts(one)) known.add(text);
      values.set(name, known);
    }
  return Object.fromEntries([...values].map(([name, known]) => [name, [...known]]));
}
