// Live collection: lists what the kinds table names, in every namespace, and hands on what the API server answered. Changes nothing.
import { isObject } from "../../lib/json.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { connect, type ConnectOptions, type Connection, type Failure } from "./fetch-client.ts";
import { discover, type Served } from "./fetch-discovery.ts";
import { listForm } from "./fetch-form.ts";
import { pagesOf } from "./fetch-list.ts";
import type { Sink } from "../sink.ts";
import type { Resource } from "./fetch-resources.ts";

export interface FetchOptions extends ConnectOptions {
  readonly fingerprint: (secret: string) => string;
  /** How many requests may be under way at once. */
  readonly concurrency: number;
  /** How many objects a page of a list holds at most. */
  readonly chunkSize: number;
  readonly progress?: (state: { readonly asked: number; readonly answered: number }) => void;
}

export interface Caller {
  /** The user as the API server knows them. */
  readonly name: string;
  readonly server: string;
}

/** An open connection to a cluster that has answered. */
export interface Cluster {
  readonly caller: Caller;
  readonly collect: (sink: Sink) => Promise<void>;
}

/** Error: why nothing can be asked. */
export async function openCluster(options: FetchOptions): Promise<Result<Cluster, string>> {
  const connection = await connect(options);
  if (!connection.ok) return connection;
  const name = await whoAmI(connection.value);
  if (!name.ok) return fail(name.error.error);
  const caller: Caller = { name: name.value, server: connection.value.server };
  return ok({ caller, collect: (sink) => new Asking(connection.value, sink, options).all() });
}

const REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

/** A cluster before 1.28 has no such review, and one may not be allowed to ask; then the kubeconfig's name for the user has to do. */
async function whoAmI(connection: Connection): Promise<Result<string, Failure>> {
  const answer = await connection.review(REVIEWS, { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" });
  if (!answer.ok) return [403, 404, 405].includes(answer.error.status) ? ok(connection.user) : answer;
  const { status } = answer.value;
  const info = isObject(status) && isObject(status["userInfo"]) ? status["userInfo"] : {};
  return ok(typeof info["username"] === "string" ? info["username"] : connection.user);
}

const NAMESPACE = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

class Asking {
  readonly #connection: Connection;
  readonly #sink: Sink;
  readonly #options: FetchOptions;
  #asked = 0;
  #answered = 0;

  constructor(connection: Connection, sink: Sink, options: FetchOptions) {
    this.#connection = connection;
    this.#sink = sink;
    this.#options = options;
  }

  async all(): Promise<void> {
    const discovery = await discover((path) => this.#connection.get(path));
    for (const { path, document } of discovery.answers) {
      const call = `kubectl get --raw ${path}`;
      this.#sink.write(call, `discovery${path}.json`, document);
      this.#sink.finish(call);
    }
    for (const { resource, error } of discovery.unknown) this.#sink.deny(lineOf(resource, resource.groups[0] ?? "", undefined), error);
    const refused = (await this.#each(discovery.served, (served) => this.#everywhere(served))).filter((each) => each !== undefined);
    const namespaces = refused.length === 0 ? undefined : await this.#namespaces(discovery.served);
    for (const { served, error } of refused) await this.#oneByOne(served, error, namespaces);
  }

  /** Undefined: it is written down what became of it. Otherwise it may not be asked of all namespaces at once. */
  async #everywhere(served: Served): Promise<{ readonly served: Served; readonly error: string } | undefined> {
    const call = callOf(served);
    const failure = await this.#list(call, served, undefined);
    if (!failure) return undefined;
    if (failure.status === 403 && served.namespaced) return { served, error: failure.error };
    this.#sink.deny(call, failure.error);
    return undefined;
  }

  /** A list of the whole cluster may be denied and each of some namespaces allowed. Where none is, that is one answer and not many. */
  async #oneByOne(served: Served, error: string, namespaces: readonly string[] | undefined): Promise<void> {
    const outcomes = await this.#each(namespaces ?? [], async (namespace) => {
      const call = callOf(served, namespace);
      return { call, failure: await this.#list(call, served, namespace) };
    });
    if (outcomes.every(({ failure }) => failure?.status === 403)) this.#sink.deny(callOf(served), error);
    else for (const { call, failure } of outcomes) if (failure) this.#sink.deny(call, failure.error);
  }

  /** Names of all namespaces; undefined when they are not known. */
  async #namespaces(all: readonly Served[]): Promise<readonly string[] | undefined> {
    const served = all.find(({ resource }) => resource.kind === "Namespace");
    if (!served) return undefined;
    const names: string[] = [];
    const pages = pagesOf((path, query) => this.#connection.get(path, query), pathOf(served), this.#options.chunkSize);
    for (let next = await pages.next(); ; next = await pages.next()) {
      if (next.done) return next.value === undefined ? names.filter((name) => NAMESPACE.test(name)) : undefined;
      if (next.value.kind === "restart") names.length = 0;
      else names.push(...next.value.items.map(({ metadata }) => (isObject(metadata) ? String(metadata["name"]) : "")));
    }
  }

  async #list(call: string, served: Served, namespace: string | undefined): Promise<Failure | undefined> {
    if (this.#sink.isFinished(call)) return undefined;
    this.#told(1, 0);
    const what = { apiVersion: apiVersionOf(served), kind: served.resource.kind };
    const pages = pagesOf((path, query) => this.#connection.get(path, query), pathOf(served, namespace), this.#options.chunkSize);
    for (let count = 0, next = await pages.next(); ; next = await pages.next()) {
      if (next.done) {
        if (next.value) this.#sink.forget(call);
        else this.#sink.finish(call);
        this.#told(0, 1);
        return next.value;
      }
      if (next.value.kind === "restart") {
        this.#sink.forget(call);
        count = 0;
        continue;
      }
      // Threat: whoever serves one group by an API server of their own could slip in roles and policies as its items.
      const other = next.value.items.find(
        (item) => (item["kind"] ?? what.kind) !== what.kind || (item["apiVersion"] ?? what.apiVersion) !== what.apiVersion,
      );
      if (other) {
        this.#sink.forget(call);
        this.#told(0, 1);
        return { status: 200, error: `the list holds items that are no ${what.kind} of ${what.apiVersion}` };
      }
      this.#sink.write(call, fileOf(served, namespace, count++), listForm(next.value.items, what, this.#options.fingerprint));
    }
  }

  #told(asked: number, answered: number): void {
    this.#asked += asked;
    this.#answered += answered;
    this.#options.progress?.({ asked: this.#asked, answered: this.#answered });
  }

  /** Some at once. The first to fail for a reason of ours ends all. */
  async #each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
    const results: R[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T);
    };
    await Promise.all(Array.from({ length: Math.max(1, this.#options.concurrency) }, worker));
    return results;
  }
}

const apiVersionOf = ({ group, version }: Served): string => (group === "" ? version : `${group}/${version}`);

const pathOf = ({ resource, group, version }: Served, namespace?: string): string =>
  [
    group === "" ? `/api/${version}` : `/apis/${group}/${version}`,
    ...(namespace === undefined ? [] : ["namespaces", namespace]),
    resource.name,
  ].join("/");

const qualified = (name: string, group: string, version?: string): string =>
  group === "" ? name : [name, ...(version === undefined ? [] : [version]), group].join(".");

const lineOf = ({ name, namespaced }: Resource, group: string, version?: string, namespace?: string): string => {
  const where = namespace === undefined ? (namespaced ? " --all-namespaces" : "") : ` --namespace ${namespace}`;
  return `kubectl get ${qualified(name, group, version)}${where} -o json`;
};

/** The command line that asks the same. It asks in chunks by itself. */
export const callOf = ({ resource, group, version, namespaced }: Served, namespace?: string): string =>
  lineOf({ ...resource, namespaced }, group, version, namespace);

/** A file's name is for people; the manifest says which call it answers. */
function fileOf({ resource, group }: Served, namespace: string | undefined, page: number): string {
  const stem = [qualified(resource.name, group), ...(namespace === undefined ? [] : [namespace])].join("/");
  return `${stem}${page === 0 ? "" : `-${page + 1}`}.json`;
}
