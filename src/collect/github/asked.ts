// What a mapping needs to know of the answer before it: whose it is, where it stands, where to put what it says.
import type { z } from "zod";
import { isObject } from "../../lib/json.ts";
import type { GithubObservation } from "../../model/observations/github.ts";
import { inside, type Source } from "../../model/source.ts";
import type { CollectorContext, ObservationSink, ParsedFile } from "../collector.ts";
import { matchPath, parseCall } from "./call.ts";
import type { Shape } from "./shapes.ts";
import { githubGap, type Topic } from "./topics.ts";

export interface Asked {
  readonly document: unknown;
  readonly source: Source;
  readonly query: URLSearchParams;
  /** Parts of the path, `environment`, `branch`, …; from the answer's own addresses where no call is known. */
  readonly part: (name: string) => string | undefined;
  /** `ORG/REPO`. */
  readonly repository?: string;
  readonly organization?: string;
  /** `github:ORG/REPO` or `github:ORG`, for gaps. */
  readonly subject: string;
  readonly put: (observation: GithubObservation) => void;
  readonly gap: (topic: Topic, subject: string, what: string, why: string, source?: Source) => void;
  readonly fingerprint: CollectorContext["fingerprint"];
  /** The items of the answer's list that fit the schema, each with its source; those that do not become gaps. Counts the page. */
  readonly items: <T extends z.ZodType>(schema: T) => readonly (readonly [z.infer<T>, Source])[];
  /** The whole answer, or undefined and a gap. */
  readonly whole: <T extends z.ZodType>(schema: T) => z.infer<T> | undefined;
}

export interface AskedCall {
  readonly matches: (path: string) => boolean;
  readonly parts: (paths: readonly string[]) => Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

export function ask(call: string | undefined): AskedCall | undefined {
  const parsed = parseCall(call);
  if (parsed === undefined) return undefined;
  return {
    matches: (path) => matchPath(path, parsed.path) !== undefined,
    parts: (paths) => paths.map((path) => matchPath(path, parsed.path)).find((found) => found !== undefined) ?? {},
    query: parsed.query,
  };
}

/** Members that hold the address of what an answer is about. */
const ADDRESSES = ["url", "protection_url", "selected_repositories_url", "runners_url"];

function addressIn(document: unknown): string | undefined {
  if (!isObject(document)) return undefined;
  const links = document["_links"];
  const self = isObject(links) && isObject(links["self"]) ? links["self"]["href"] : undefined;
  return [...ADDRESSES.map((key) => document[key]), self].find((each): each is string => typeof each === "string");
}

/** An answer's own address says what it is about: content, not a guess. A ruleset's is its owner's, and so not the repository's that was asked. */
function ownParts(document: unknown, paths: readonly string[]): Readonly<Record<string, string>> {
  const items = Array.isArray(document)
    ? document
    : isObject(document)
      ? Object.values(document).find((value) => Array.isArray(value))
      : [];
  const url = addressIn(document) ?? addressIn((items as readonly unknown[] | undefined)?.[0]);
  if (url === undefined) return {};
  const own = parseCall(`GET ${url}`)?.path ?? [];
  const patterns = [...paths, "/repos/:owner/:repo/*rest", "/orgs/:org/*rest"];
  return patterns.map((path) => matchPath(path, own)).find((found) => found !== undefined) ?? {};
}

/** Undefined, and a gap, when it is not known whose the answer is. */
export function askedOf(
  shape: Shape,
  document: unknown,
  index: number,
  file: ParsedFile,
  sink: ObservationSink,
  context: CollectorContext,
): Asked | undefined {
  const call = ask(file.call);
  const parts = call ? call.parts(shape.paths) : ownParts(document, shape.paths);
  const { scope } = file;
  const repository =
    parts["owner"] !== undefined && parts["repo"] !== undefined
      ? `${parts["owner"]}/${parts["repo"]}`
      : parts["org"] === undefined
        ? scope?.repository
        : undefined;
  const organization =
    parts["org"] ??
    (repository !== undefined
      ? repository.split("/")[0]
      : isObject(document) && typeof document["login"] === "string"
        ? document["login"]
        : scope?.organization);
  const source: Source = { file: file.path, ...(index > 0 && { document: index }), pointer: "" };
  const subject = repository !== undefined ? `github:${repository}` : `github:${organization ?? ""}`;
  const gap: Asked["gap"] = (topic, about, what, why, at = source) => sink.gap(githubGap(topic, about, what, why, at));
  const needsRepository = shape.paths.every((path) => path.includes(":repo"));
  if (organization === undefined || (needsRepository && repository === undefined)) {
    gap(
      "github/scope",
      file.path,
      `${shape.name} in ${file.path}`,
      "nothing says which repository or organization it is from: give the input a scope, or a manifest",
    );
    return undefined;
  }
  const asked = {
    document,
    source,
    query: call?.query ?? new URLSearchParams(),
    part: (name: string) => parts[name],
    ...(repository !== undefined && { repository }),
    organization,
    subject,
    put: (observation: GithubObservation) => sink.observation(observation),
    gap,
    fingerprint: context.fingerprint,
  };
  return { ...asked, items: (schema) => itemsOf(shape, asked, schema), whole: (schema) => wholeOf(shape, asked, schema) };
}

type Bare = Omit<Asked, "items" | "whole">;

interface Page {
  readonly list: readonly unknown[];
  readonly source: Source;
  readonly total?: unknown;
}

/**
 * The pages that the file holds: one, or several as `gh api --paginate --slurp` puts them in a list. Undefined when it is no list at all.
 * Source: REST API, "Using pagination in the REST API"; GitHub CLI manual, `gh api`.
 */
function pagesOf(key: string, document: unknown, source: Source): readonly Page[] | undefined {
  if (key === "[]") {
    if (!Array.isArray(document)) return undefined;
    const isSlurped = document.length > 0 && document.every((page) => Array.isArray(page));
    return isSlurped ? document.map((list, index) => ({ list, source: inside(source, index) })) : [{ list: document, source }];
  }
  const page = (value: unknown, at: Source): Page | undefined => {
    const list = isObject(value) ? value[key] : undefined;
    return isObject(value) && Array.isArray(list)
      ? { list, source: inside(at, key), total: value["total_count"] ?? value["total_commits"] }
      : undefined;
  };
  if (!Array.isArray(document)) {
    const only = page(document, source);
    return only && [only];
  }
  const pages = document.map((value, index) => page(value, inside(source, index)));
  return pages.length > 0 && pages.every((each) => each !== undefined) ? pages : undefined;
}

/** What tells one question from another: filters, and what it is about besides the subject. */
function questionOf(asked: Bare): string {
  const filters = [...asked.query]
    .filter(([name]) => name !== "page" && name !== "per_page")
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return [...filters.sort(), asked.part("group"), asked.part("deployment"), asked.part("range"), asked.part("pull")]
    .filter((each) => each !== undefined)
    .join(" ");
}

function itemsOf<T extends z.ZodType>(shape: Shape, asked: Bare, schema: T): readonly (readonly [z.infer<T>, Source])[] {
  const key = shape.list ?? "[]";
  const about = aboutOf(asked);
  const what = `${shape.name} of ${about.slice("github:".length)}`;
  const pages = pagesOf(key, asked.document, asked.source);
  if (pages === undefined) {
    const source = key === "[]" ? asked.source : inside(asked.source, key);
    asked.gap(shape.topic, about, what, "the answer has not the form that GitHub documents", source);
    return [];
  }
  return pages.flatMap(({ list, source, total }, number) => {
    asked.put({
      kind: "github/part",
      part: "page",
      what: shape.name,
      subject: about,
      topic: shape.topic,
      asked: questionOf(asked),
      page: Number(asked.query.get("page") ?? 1) + number,
      count: list.length,
      perPage: Number(asked.query.get("per_page") ?? 30),
      ...(typeof total === "number" && { total }),
      source: asked.source,
    });
    return list.flatMap((item, index) => {
      const parsed = schema.safeParse(item);
      if (parsed.success) return [[parsed.data, inside(source, index)] as const];
      asked.gap(shape.topic, about, what, whyNot(parsed.error), inside(source, index));
      return [];
    });
  });
}

function wholeOf<T extends z.ZodType>(shape: Shape, asked: Bare, schema: T): z.infer<T> | undefined {
  const parsed = schema.safeParse(asked.document);
  if (parsed.success) return parsed.data;
  const about = aboutOf(asked);
  asked.gap(shape.topic, about, `${shape.name} of ${about.slice("github:".length)}`, whyNot(parsed.error));
  return undefined;
}

/** The narrowest id that the answer is about. */
export const aboutOf = (asked: Pick<Asked, "part" | "subject">): string => asked.subject + withinOf(asked.part);

/** What the path names below its repository or organization. A ruleset is not told apart: which branches an unread one is for is not known. */
export function withinOf(part: (name: string) => string | undefined): string {
  for (const name of ["environment", "branch", "team", "secret", "variable"]) {
    const value = part(name);
    if (value !== undefined) return `#${name}/${value}`;
  }
  return "";
}

function whyNot(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? "it has another form" : `${issue.path.length > 0 ? `${issue.path.join(".")}: ` : ""}${issue.message}`;
}
