// The values an expression in a workflow can have, as far as the files tell: which environments a job may name.
import type { GithubJob, GithubTrigger } from "../../model/observations/github.ts";

/** Every value something can have; `complete` is false when there may be others. */
export interface Values {
  readonly values: readonly string[];
  readonly complete: boolean;
}

export type Inputs = ReadonlyMap<string, Values>;

const NONE: Values = { values: [], complete: false };

/** More combinations than this are not worth naming one by one. */
const MOST = 64;

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

/** Inputs of a run that people or the API start: a choice is one of its options, anything else is what they type. */
export function dispatchInputs(triggers: readonly GithubTrigger[]): Inputs {
  const inputs = new Map<string, Values>();
  for (const trigger of triggers) {
    if (trigger.event !== "workflow_dispatch") continue;
    for (const [name, input] of Object.entries(trigger.inputs ?? {}))
      inputs.set(name, {
        values: input.options ?? (input.default === undefined ? [] : [input.default]),
        complete: input.options !== undefined,
      });
  }
  return inputs;
}

/** Inputs of a called workflow: what the caller hands over, else the default. Source: GitHub Docs, "Reuse workflows", inputs. */
export function calledInputs(
  trigger: GithubTrigger | undefined,
  handed: Readonly<Record<string, string>>,
  job: GithubJob,
  outer: Inputs,
): Inputs {
  const inputs = new Map<string, Values>();
  for (const [name, input] of Object.entries(trigger?.inputs ?? {}))
    inputs.set(name, input.default === undefined ? { values: [""], complete: true } : { values: [input.default], complete: true });
  for (const [name, text] of Object.entries(handed)) inputs.set(name, valuesOf(text, job, outer));
  return inputs;
}

function reference(path: string, job: GithubJob, inputs: Inputs): Values {
  const input = /^(?:inputs|github\.event\.inputs)\.([\w-]+)$/.exec(path)?.[1];
  if (input !== undefined) return inputs.get(input) ?? NONE;
  const key = /^matrix\.([\w.-]+)$/.exec(path)?.[1];
  if (key === undefined || job.matrix === undefined || job.matrix === "dynamic") return NONE;
  const values = job.matrix[key] ?? [];
  const literal = values.filter((value) => !value.includes("${{"));
  return { values: literal, complete: values.length > 0 && literal.length === values.length };
}

/** `CONDITION && 'a' || 'b'` is the only choice that expressions have; the last operand of each side is what it gives. */
function expression(text: string, job: GithubJob, inputs: Inputs): Values {
  const operands = text.split("||").map((side) => (side.split("&&").at(-1) ?? "").trim());
  const each = operands.map((operand): Values => {
    const literal = /^'((?:[^']|'')*)'$/.exec(operand)?.[1];
    return literal === undefined ? reference(operand, job, inputs) : { values: [literal.replaceAll("''", "'")], complete: true };
  });
  return { values: unique(each.flatMap((one) => one.values)), complete: each.every((one) => one.complete) };
}

/** The text with each expression replaced by every value it can have. */
export function valuesOf(text: string, job: GithubJob, inputs: Inputs): Values {
  let found: Values = { values: [""], complete: true };
  for (const part of text.split(/(\$\{\{.*?\}\})/s)) {
    const inner = /^\$\{\{(.*)\}\}$/s.exec(part)?.[1];
    const next = inner === undefined ? { values: [part], complete: true } : expression(inner.trim(), job, inputs);
    const values = unique(found.values.flatMap((before) => next.values.map((after) => before + after)));
    found = { values: values.slice(0, MOST), complete: found.complete && next.complete && values.length <= MOST };
  }
  return { values: found.values.filter((value) => value !== ""), complete: found.complete };
}
