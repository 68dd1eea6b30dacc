// Which environments a GitLab job names, as far as the files tell, and which of a project's environments there are.
import { globMatches } from "../../../lib/glob.ts";
import type { GitlabJob } from "../../../model/observations/gitlab.ts";
import type { Source } from "../../../model/source.ts";
import type { PlaneInput } from "../../plane.ts";
import type { ProjectFacts } from "./facts.ts";

export interface Names {
  readonly values: readonly string[];
  readonly complete: boolean;
  /** What the name may be where it is not known: `review/*`. */
  readonly pattern?: string;
}

const VARIABLE = /\$\{?(\w+)\}?/g;

/** More combinations than this are not worth naming one by one. */
const MOST = 64;

/** Names with the values that the job's variables and its matrix have; `$CI_…` and what is not in the files stay open. */
export function environmentNames(job: GitlabJob): Names | undefined {
  if (job.environment === undefined) return undefined;
  let names: readonly string[] = [job.environment.name];
  let complete = true;
  const variables = [...job.environment.name.matchAll(VARIABLE)].map((match) => match[1] as string);
  for (const variable of new Set(variables)) {
    const matrix = job.matrix && Object.hasOwn(job.matrix, variable) ? job.matrix[variable] : undefined;
    const values = (matrix ?? [Object.hasOwn(job.variables, variable) ? job.variables[variable] : undefined]).filter(
      (value) => value !== undefined && !value.includes("$"),
    );
    if (values.length === 0) {
      complete = false;
      continue;
    }
    const form = new RegExp(`\\$\\{${variable}\\}|\\$${variable}\\b`, "g");
    names = names.flatMap((name) => values.map((value) => name.replaceAll(form, () => value as string))).slice(0, MOST);
  }
  const known = names.filter((name) => !name.includes("$"));
  const open = names.find((name) => name.includes("$"));
  if (complete || open === undefined) return { values: known, complete };
  return { values: known, complete: false, pattern: open.replaceAll(/\$\{?\w+\}?/g, "*") };
}

/** Environments that were collected, are protected, are named by a job, hold a variable, or belong to the charter. */
export function allEnvironments(input: PlaneInput, facts: ProjectFacts): ReadonlyMap<string, Source> {
  const found = new Map<string, Source>();
  const add = (name: string, source: Source): void => void (name.includes("*") || found.has(name) || found.set(name, source));
  for (const { name, source } of facts.environmentNames) add(name, source);
  for (const { name, source } of facts.protectedEnvironments) add(name, source);
  for (const job of facts.pipeline?.jobs ?? [])
    for (const name of environmentNames(job)?.values ?? []) add(name, job.environment?.source ?? job.source);
  for (const variable of facts.variables) add(variable.environments, variable.source);
  const declared: Source = { file: "bulkhead.yaml", pointer: "/environments" };
  for (const { boundary } of input.charter.environments)
    for (const { project, name } of boundary.pipelines?.environments ?? []) if (project === facts.id) add(name, declared);
  return found;
}

/** "If deployment_tier is not set, the tier is guessed from the name" (Docs, "Environments", Deployment tier of environments). */
const GUESSES: readonly (readonly [string, RegExp])[] = [
  ["development", /^(?:.*[\W_])?(?:dev|review|trunk)/i],
  ["testing", /(?:test|tst|int|ac(?:ce|)pt|qa|qc|control|quality)/i],
  ["staging", /(?:st(?:a|)g|mod(?:e|)l|pre|demo|non)/i],
  ["production", /(?:pr(?:o|)d|live)/i],
];

/** The tier that was collected, that jobs declare, or that GitLab guesses. */
export const tierOf = (facts: ProjectFacts, name: string): string =>
  facts.environmentNames.find((one) => one.name === name)?.tier ?? GUESSES.find(([, pattern]) => pattern.test(name))?.[0] ?? "other";

/** "environment_scope": a name, or a pattern with one star (Docs, "Limit the environment scope of a CI/CD variable"). */
export const inScope = (scope: string, environment: string): boolean => scope === "*" || globMatches(scope, environment);
