// Asks calls of a REST API one by one or page by page, and hands on what became of each: written, denied, or kept from before.
import { isObject, type Json, type JsonObject } from "../lib/json.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { oneLine, type RestAnswer, type RestConnection, type RestFailure } from "./rest-client.ts";
import type { Sink } from "./sink.ts";

export interface AskingOptions {
  /** How a document is written down: every secret value replaced. Called with the path without its host. */
  readonly form: (path: string, document: Json) => Json;
  /** An error that says that there is none, which is an answer like another. */
  readonly saysNone: (path: string, status: number, message: string) => boolean;
  /** A file's name, for people; the manifest says which call it answers. */
  readonly fileOf: (path: string, page: number) => string;
  /** The number or token of the next page; undefined: there is none. */
  readonly nextPage: (answer: RestAnswer) => string | undefined;
  /** How a page other than the first is asked for. */
  readonly pageQuery: (page: string) => string;
  readonly progress?: (state: { readonly asked: number; readonly answered: number }) => void;
}

export interface ListOptions {
  /** The member that holds the list; absent: the answer is a list itself. */
  readonly key?: string;
  /** No further page is asked for once it holds. */
  readonly isEnough?: (items: readonly JsonObject[]) => boolean;
}

const MOST_PAGES = 10_000;

export class RestAsking {
  readonly #connection: RestConnection;
  readonly #sink: Sink;
  readonly #options: AskingOptions;
  #asked = 0;
  #answered = 0;

  constructor(connection: RestConnection, sink: Sink, options: AskingOptions) {
    this.#connection = connection;
    this.#sink = sink;
    this.#options = options;
  }

  /** The document; undefined when it was denied. What says that there is none is an empty object to whoever goes on from it. */
  async one(path: string): Promise<JsonObject | undefined> {
    const [found] = (await this.#whole(`GET ${path}`, async (call) => {
      const answer = this.#read(path, await this.#connection.get(path));
      if (!answer.ok) return answer;
      const document = this.#options.form(path, answer.value.document);
      this.#sink.write(call, this.#options.fileOf(path, 0), document);
      return ok([document]);
    })) ?? [undefined];
    return isObject(found) ? found : undefined;
  }

  /** A text as it is. */
  async text(path: string, headers: Readonly<Record<string, string>> = {}, method: "GET" | "POST" = "GET"): Promise<string | undefined> {
    const asked = `${method} ${path}`;
    const [found] = (await this.#whole(asked, async (call) => {
      const answer = await (method === "GET" ? this.#connection.get(path, headers) : this.#connection.post(path));
      if (!answer.ok) return answer;
      if (answer.value.status !== 200) return fail(refusalOf(answer.value));
      const text = this.#options.form(path, answer.value.text);
      this.#sink.write(call, this.#options.fileOf(path, 0), text);
      return ok([text]);
    })) ?? [undefined];
    return typeof found === "string" ? found : undefined;
  }

  /** All items of all pages; undefined when it was denied. A list of which one page does not come is denied whole: half of it would look like all. */
  async list(path: string, { key, isEnough }: ListOptions = {}): Promise<readonly JsonObject[] | undefined> {
    const pages = await this.#whole(`GET ${path}`, (call) => this.#pages(call, path, key, isEnough));
    return pages?.flatMap((page) => itemsOf(page, key) ?? []);
  }

  async #pages(call: string, path: string, key: string | undefined, isEnough: ListOptions["isEnough"]): Promise<Asked> {
    const pages: Json[] = [];
    const seen = new Set<string>();
    for (let at = path, next: string | undefined = ""; next !== undefined;) {
      const answer = this.#read(at, await this.#connection.get(at));
      if (!answer.ok) return answer;
      const page = this.#options.form(at, answer.value.document);
      const items = itemsOf(page, key);
      const isNone = answer.value.answer.status >= 400;
      if (items === undefined && !isNone)
        return fail({ status: 200, error: `the answer has no list${key === undefined ? "" : ` ${key}`}` });
      this.#sink.write(call, this.#options.fileOf(path, pages.length), page, `GET ${at}`);
      pages.push(page);
      next = isNone || isEnough?.(items ?? []) === true ? undefined : this.#options.nextPage(answer.value.answer);
      if (next === undefined) break;
      if (seen.has(next) || pages.length >= MOST_PAGES) return fail({ status: 200, error: "the pages of the list have no end" });
      seen.add(next);
      at = `${path}${path.includes("?") ? "&" : "?"}${this.#options.pageQuery(next)}`;
    }
    return ok(pages);
  }

  async #whole(call: string, ask: (call: string) => Promise<Asked>): Promise<readonly Json[] | undefined> {
    if (this.#sink.isFinished(call)) return this.#sink.written(call);
    this.#told(1, 0);
    this.#sink.forget(call);
    const asked = await ask(call);
    if (asked.ok) this.#sink.finish(call);
    else this.#sink.deny(call, asked.error.error);
    this.#told(0, 1);
    return asked.ok ? asked.value : undefined;
  }

  #read(path: string, answer: Result<RestAnswer, RestFailure>): Result<{ answer: RestAnswer; document: Json }, RestFailure> {
    if (!answer.ok) return answer;
    const { status, text } = answer.value;
    const document = parsed(text);
    const isNone = isObject(document) && this.#options.saysNone(path, status, messageIn(document));
    if (!isNone && (status < 200 || status > 299)) return fail(refusalOf(answer.value));
    if (document === undefined) return fail({ status, error: `the answer is no JSON (HTTP ${status})` });
    return ok({ answer: answer.value, document });
  }

  #told(asked: number, answered: number): void {
    this.#asked += asked;
    this.#answered += answered;
    this.#options.progress?.({ asked: this.#asked, answered: this.#answered });
  }
}

type Asked = Result<readonly Json[], RestFailure>;

function itemsOf(page: Json, key: string | undefined): readonly JsonObject[] | undefined {
  const list = key === undefined ? page : isObject(page) ? page[key] : undefined;
  return Array.isArray(list) ? (list as readonly Json[]).filter(isObject) : undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const messageIn = (document: Json | undefined): string => {
  const said = isObject(document) ? (document["message"] ?? document["error"]) : undefined;
  return typeof said === "string" ? oneLine(said) : said === undefined ? "" : oneLine(JSON.stringify(said));
};

/** `Not Found (HTTP 404)`. */
export const refusalOf = ({ status, text, headers }: RestAnswer): RestFailure => {
  const moved = status >= 300 && status < 400 && headers.location !== undefined ? `moved to ${oneLine(headers.location)}` : "";
  return { status, error: `${messageIn(parsed(text)) || moved || "refused"} (HTTP ${status})` };
};

/** Some at once. The first to fail for a reason of ours ends all. */
export async function eachOf<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) await work(items[i] as T);
  };
  await Promise.all(Array.from({ length: Math.max(1, atOnce) }, worker));
}
