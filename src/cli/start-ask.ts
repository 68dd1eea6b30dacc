// How `bulkhead start` asks: on a terminal with prompts, from a file of answers, or not at all.
import { parse } from "yaml";
import { isObject, type JsonObject } from "../lib/json.ts";
import type { Question } from "../app/start/questions.ts";
import { UsageError } from "./report.ts";

export interface Asker {
  readonly intro: (text: string) => void;
  readonly note: (text: string, title?: string) => void;
  readonly outro: (text: string) => void;
  readonly ask: (question: Question) => Promise<string | readonly string[]>;
  /** Whether to collect from a system. */
  readonly agrees: (system: string, asks: string) => Promise<boolean>;
  /** What a file of answers says of a system: `github: {organization: acme}`. */
  readonly told: (system: string) => JsonObject;
}

export function readAnswers(text: string, file: string): JsonObject {
  let read: unknown;
  try {
    read = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw new UsageError("BAD_INPUT", `${file}  is no YAML\n  Write an entry for each question, such as  approvals: "1"`, { cause });
  }
  if (!isObject(read))
    throw new UsageError("BAD_INPUT", `${file}  holds no answers\n  Write an entry for each question, such as  approvals: "1"`);
  return read;
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const shown = (answer: string | readonly string[]): string =>
  typeof answer === "string" ? answer : answer.length === 0 ? "nobody" : answer.join(", ");

export async function askerFor({ yes, given }: { readonly yes: boolean; readonly given: JsonObject | undefined }): Promise<Asker> {
  if (given !== undefined || yes) return quiet(given ?? {}, yes);
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new UsageError("USAGE", "start  asks questions, and this is no terminal\n  Give --yes for the usual answers, or --answers FILE.");
  return prompts();
}

/** Every answer is said, so that what was decided can be seen in a log. */
function quiet(given: JsonObject, yes: boolean): Asker {
  const collect: unknown = given["collect"];
  return {
    intro: say,
    note: (text, title) => say(title === undefined ? text : `${title}\n${text}`),
    outro: () => undefined,
    ask: async ({ id, asks, usual, options }) => {
      const answer = given[id];
      const own = Array.isArray(answer)
        ? answer.map(String)
        : answer === undefined || answer === null
          ? undefined
          : String(answer as string | number | boolean);
      const wrong = options && own !== undefined && [own].flat().find((one) => !options.some(({ value }) => value === one));
      if (wrong)
        throw new UsageError(
          "BAD_INPUT",
          `${id}: ${wrong}  is none of the answers\n  Give ${options.map(({ value }) => value).join(", ")}.`,
        );
      say(`  ${asks}  ${shown(own ?? usual)}`);
      return own ?? usual;
    },
    agrees: async (system) => (Array.isArray(collect) ? collect.includes(system) : yes),
    told: (system) => {
      const own = given[system];
      return isObject(own) ? own : {};
    },
  };
}

/** Loaded for a terminal alone. Prompts go to stderr, so that stdout holds the outcome. */
async function prompts(): Promise<Asker> {
  const { confirm, intro, isCancel, log, multiselect, outro, select, text } = await import("@clack/prompts");
  const output = process.stderr;
  const decided = <T>(answer: T): Exclude<T, symbol> => {
    if (isCancel(answer)) throw new UsageError("USAGE", "start  was left; what was collected stays\n  Run it again to go on.");
    return answer as Exclude<T, symbol>;
  };
  return {
    intro: (words) => intro(words, { output }),
    note: (words, title) => log.message(title === undefined ? words : `${title}\n${words}`, { output }),
    outro: (words) => outro(words, { output }),
    ask: async ({ asks, kind, options = [], usual, because }) => {
      const message = `${asks}  [${shown(usual)}: ${because}]`;
      if (kind === "text")
        return decided(await text({ message, placeholder: shown(usual), defaultValue: shown(usual), output })) || shown(usual);
      const list = options.map((one) => ({ ...one }));
      if (kind === "one") return decided(await select({ message, options: list, initialValue: shown(usual), output }));
      return decided(await multiselect({ message, options: list, initialValues: [usual].flat(), required: false, output }));
    },
    agrees: async (_, message) => decided(await confirm({ message, initialValue: true, output })),
    told: () => ({}),
  };
}
