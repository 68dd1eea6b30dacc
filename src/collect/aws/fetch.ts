// Live collection: asks AWS the calls of fetch-calls.ts, account by account and region by region, and hands on what it answered. Changes nothing.
import { isObject, type JsonObject } from "../../lib/json.ts";
import { fail, type Result } from "../../lib/result.ts";
import type { Scope } from "../../model/manifest.ts";
import { partitionOf } from "../../model/aws/arn.ts";
import { parseCall } from "./call.ts";
import { saysNone } from "./denied.ts";
import { type AskedCall, commandLine, type Input, kebab } from "./asked-call.ts";
import { BUCKETS, IDENTITY, IDENTITY_CENTER, MEMBERS, ORGANIZATION, ORGANIZATION_ITSELF, REGIONAL, REGIONS } from "./fetch-calls.ts";
import { connect, type ConnectOptions, type Connection, type Credentials, type Failure } from "./fetch-client.ts";

export interface FetchOptions {
  readonly profile?: string;
  /** Absent: every region that the account has enabled. */
  readonly regions?: readonly string[];
  /** Absent: the account of the credentials. `organization`: every active account of the organization. */
  readonly accounts?: "organization" | readonly string[];
  /** Name of the role to take in an account that is not the credentials' own. */
  readonly role?: string;
  /** How many requests may be under way at once. */
  readonly concurrency: number;
  readonly fingerprint: (secret: string) => string;
  /** Where the SDK starts from when no region is named. */
  readonly homeRegion: string;
  /** What stands there of an earlier collection, and is not asked again. */
  readonly earlier?: (folder: string) => Earlier | undefined;
  /** Told of each answer as it comes, so that a collection that is cut short can be taken up where it ended. */
  readonly keep?: (folder: string, call: string, document: JsonObject) => void;
  readonly progress?: (state: { readonly folder: string; readonly asked: number; readonly answered: number }) => void;
  readonly settings?: ConnectOptions["settings"];
}

/** One call and what became of it. */
export type Answer =
  | { readonly call: string; readonly file: string; readonly document: JsonObject }
  | { readonly call: string; readonly error: string };

/** What an earlier collection of an account, or of the organization, left. */
export interface Earlier {
  readonly from: Date;
  /** Every call of it was answered and stands there as it was: nothing is left to ask. */
  readonly isWhole: boolean;
  readonly regions: readonly string[];
  /** The document, or an error that says that there is none; undefined where the call is to be asked. */
  readonly answerTo: (call: string) => Result<JsonObject, string> | undefined;
}

/** Everything that one account, or the organization, answered. */
export interface Collected {
  /** `111122223333` or `organization`. */
  readonly folder: string;
  readonly scope: Scope;
  readonly collectedBy: string;
  readonly from: Date;
  readonly to: Date;
  readonly answers: readonly Answer[];
  /** How many calls an earlier collection had answered. */
  readonly kept: number;
}

export type FetchEvent =
  | { readonly kind: "collected"; readonly collected: Collected }
  | { readonly kind: "kept"; readonly folder: string }
  | { readonly kind: "passed-over"; readonly folder: string; readonly why: string }
  /** Nothing can be asked: the credentials do not even tell whose they are. */
  | { readonly kind: "refused"; readonly why: string };

interface Caller {
  readonly account: string;
  readonly arn: string;
}

/** What the organization says of its accounts; undefined when it may not be asked, or there is none. */
interface Member {
  readonly account: string;
  readonly isActive: boolean;
}

export async function* fetchAws(options: FetchOptions): AsyncGenerator<FetchEvent> {
  const inTurn = turns(options.concurrency);
  const base = connect({ ...connection(options), inTurn });
  const roles = connect({ ...connection(options), inTurn: (request) => request() });
  try {
    const identity = await base.ask(CALLER, {}, options.homeRegion);
    if (!identity.ok) return yield { kind: "refused", why: identity.error.error };
    const caller: Caller = { account: String(identity.value["Account"]), arn: String(identity.value["Arn"]) };
    const members = await membersOf(base, options);
    if (!members.ok && options.accounts === "organization") return yield { kind: "refused", why: members.error.error };
    if (isWhole(options.earlier?.("organization"), options)) yield { kind: "kept", folder: "organization" };
    else yield { kind: "collected", collected: await fetchOrganization(base, caller, options) };
    const known = members.ok ? members.value : [];
    for (const account of accountsToRead(options, caller, known)) {
      const member = known.find((each) => each.account === account);
      if (options.accounts === "organization" && member?.isActive === false)
        yield { kind: "passed-over", folder: account, why: "the account is not active" };
      else if (isWhole(options.earlier?.(account), options)) yield { kind: "kept", folder: account };
      else {
        const own = account === caller.account;
        const there = own ? base : connect({ ...connection(options), inTurn, credentials: roleIn(account, roles, options) });
        yield { kind: "collected", collected: await fetchAccount(there, account, member === undefined, caller, options) };
        if (!own) there.close();
      }
    }
  } finally {
    base.close();
    roles.close();
  }
}

/** Nothing of it is to be asked, of the regions that are asked for either. */
const isWhole = (earlier: Earlier | undefined, { regions }: FetchOptions): boolean =>
  earlier?.isWhole === true && (regions ?? []).every((region) => earlier.regions.includes(region));

const lead = (service: AskedCall["service"], operation: string): AskedCall => ({
  service,
  operation,
  input: {},
  lists: [],
  isLead: true,
  following: () => [],
});

// Whoever has credentials may ask whose they are; no policy can deny it (AWS STS API Reference, GetCallerIdentity).
const CALLER = lead("sts", "GetCallerIdentity");
const TAKE_ROLE = lead("sts", "AssumeRole");

const connection = ({ profile, fingerprint, settings }: FetchOptions) => ({
  ...(profile !== undefined && { profile }),
  fingerprint,
  ...(settings && { settings }),
});

/** Lets so many requests through at once; the rest wait in line. */
function turns(places: number): <T>(request: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (request) => {
    if (free > 0) free--;
    else await new Promise<void>((go) => void waiting.push(go));
    try {
      return await request();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

async function membersOf(base: Connection, options: FetchOptions): Promise<Result<readonly Member[], Failure>> {
  const answer = await base.ask(MEMBERS, MEMBERS.input, options.homeRegion);
  if (!answer.ok) return answer;
  const list = answer.value["Accounts"];
  const accounts = (Array.isArray(list) ? (list as readonly unknown[]) : []).filter(isObject);
  return {
    ok: true,
    // `Status` is being replaced by `State`; both say ACTIVE (AWS Organizations API Reference, Account).
    value: accounts.map((item) => ({ account: String(item["Id"]), isActive: [item["State"], item["Status"]].includes("ACTIVE") })),
  };
}

function accountsToRead(options: FetchOptions, caller: Caller, members: readonly Member[]): readonly string[] {
  if (options.accounts === "organization") return members.map((member) => member.account);
  return options.accounts ?? [caller.account];
}

/** How long before their end credentials are taken anew. */
const MARGIN_MS = 5 * 60_000;

/**
 * Credentials of the role, one set for all clients of the account, taken anew before they end. One refusal answers for every call of the account.
 * `base` must not wait in line: the requests that hold the places wait for these credentials.
 */
function roleIn(account: string, base: Connection, options: FetchOptions): () => Promise<Credentials> {
  const RoleArn = `arn:${partitionOf(options.homeRegion)}:iam::${account}:role/${options.role}`;
  const take = async (): Promise<Credentials> => {
    const answer = await base.ask(TAKE_ROLE, { RoleArn, RoleSessionName: "bulkhead" }, options.homeRegion);
    const given = answer.ok ? answer.value["Credentials"] : undefined;
    if (isObject(given))
      return {
        accessKeyId: String(given["AccessKeyId"]),
        secretAccessKey: String(given["SecretAccessKey"]),
        sessionToken: String(given["SessionToken"]),
        expiration: new Date(String(given["Expiration"])),
      };
    const [name, why] = answer.ok ? ["NoCredentials", "no credentials came"] : [answer.error.code, answer.error.error];
    throw Object.assign(new Error(why), { name });
  };
  let current: Promise<Credentials> | undefined;
  return async () => {
    current ??= take();
    const known = current;
    const { expiration } = await known;
    if (expiration === undefined || expiration.getTime() > Date.now() + MARGIN_MS) return known;
    if (current === known) current = take();
    return current;
  };
}

/** Asks calls and those that follow from their answers, and keeps what became of each. */
class Asking {
  readonly answers: Answer[] = [];
  kept = 0;
  readonly earlier: Earlier | undefined;
  readonly #connection: Connection;
  /** The account, or `organization`. */
  readonly #folder: string;
  readonly #told: () => void;
  readonly #keep: (call: string, document: JsonObject) => void;
  readonly #asked = new Set<string>();
  readonly #files = new Set<string>();
  #answered = 0;

  constructor(connection: Connection, folder: string, options: FetchOptions) {
    this.#connection = connection;
    this.earlier = options.earlier?.(folder);
    this.#keep = (call, document) => options.keep?.(folder, call, document);
    this.#folder = folder;
    this.#told = () => options.progress?.({ folder, asked: this.#asked.size, answered: this.#answered });
  }

  /** `written` is the region as the command line names it: global services have none. */
  async ask(call: AskedCall, input: Input, region: string, written?: string): Promise<Result<JsonObject, string> | undefined> {
    const line = commandLine(call, input, written);
    if (this.#asked.has(line)) return undefined;
    this.#asked.add(line);
    this.#told();
    const answer = this.#known(line) ?? (await this.#put(call, input, region, line));
    this.#answered++;
    this.#told();
    if (!answer.ok) this.denied(line, answer.error);
    else {
      if (call.isLead !== true) this.answers.push({ call: line, file: this.#fileOf(call, input, written), document: answer.value });
      const next = call
        .following()
        .flatMap(({ inputs, calls }) => inputs(answer.value, input, this.#folder).map((each) => ({ each, calls })));
      await Promise.all(next.flatMap(({ each, calls }) => calls.map((following) => this.ask(following, each, region, written))));
    }
    return answer;
  }

  #known(line: string): Result<JsonObject, string> | undefined {
    const known = this.earlier?.answerTo(line);
    if (known) this.kept++;
    return known;
  }

  async #put(call: AskedCall, input: Input, region: string, line: string): Promise<Result<JsonObject, string>> {
    const answer = await this.#connection.ask(call, input, region);
    if (!answer.ok) return fail(answer.error.error);
    this.#keep(line, answer.value);
    return answer;
  }

  denied(line: string, error: string): void {
    this.answers.push({ call: line, error });
  }

  /** A file's name is for people; the manifest says which call it answers. Threat: a resource named `../x`, or two that differ in case. */
  #fileOf(call: AskedCall, input: Input, region: string | undefined): string {
    const arguments_ = Object.entries(input).flatMap(([key, value]) => (typeof value === "string" && key !== "PolicyName" ? [value] : []));
    const safe = arguments_.map((value) =>
      value
        .replace(/^https:\/\//, "")
        .replaceAll(/[^\w-]+/g, "-")
        .slice(-100),
    );
    const stem = [...(region === undefined ? [] : [region]), call.service, kebab(call.operation), ...safe].join("/");
    let file = `${stem}.json`;
    for (let i = 2; this.#files.has(file.toLowerCase()); i++) file = `${stem}-${i}.json`;
    this.#files.add(file.toLowerCase());
    return file;
  }
}

function collected(folder: string, scope: Scope, caller: Caller, from: Date, asking: Asking): Collected {
  const answers = asking.answers.toSorted((a, b) => (a.call < b.call ? -1 : 1));
  const { earlier, kept } = asking;
  const since = earlier && kept > 0 && earlier.from < from ? earlier.from : from;
  return { folder, scope, collectedBy: caller.arn, from: since, to: new Date(), answers, kept };
}

async function fetchOrganization(base: Connection, caller: Caller, options: FetchOptions): Promise<Collected> {
  const from = new Date();
  const asking = new Asking(base, "organization", options);
  const itself = await asking.ask(ORGANIZATION_ITSELF, {}, options.homeRegion);
  if (itself?.ok !== false || !isNone(ORGANIZATION_ITSELF, itself.error))
    await Promise.all([
      ...ORGANIZATION.map((call) => asking.ask(call, call.input, options.homeRegion)),
      fetchRegions(asking, IDENTITY_CENTER, options),
    ]);
  return collected("organization", { system: "aws", account: caller.account, organization: "management" }, caller, from, asking);
}

function isNone(call: AskedCall, error: string): boolean {
  const parsed = parseCall(commandLine(call, call.input));
  return parsed !== undefined && saysNone(parsed, error);
}

async function fetchAccount(
  there: Connection,
  account: string,
  isUnplaced: boolean,
  caller: Caller,
  options: FetchOptions,
): Promise<Collected> {
  const from = new Date();
  const asking = new Asking(there, account, options);
  const home = options.homeRegion;
  // S3's ARNs of other partitions need a region to tell them by.
  const partition = partitionOf(home) === "aws" ? undefined : home;
  await Promise.all([
    // Nobody has said yet whether an organization holds this account back.
    ...(isUnplaced ? [asking.ask(ORGANIZATION_ITSELF, {}, home)] : []),
    ...IDENTITY.map((call) => asking.ask(call, call.input, home)),
    ...BUCKETS.map((call) => asking.ask(call, call.input, home, partition)),
    fetchRegions(asking, REGIONAL, options),
  ]);
  return collected(account, { system: "aws", account }, caller, from, asking);
}

async function fetchRegions(asking: Asking, calls: readonly AskedCall[], options: FetchOptions): Promise<void> {
  const wanted = options.regions ?? (await enabledRegions(asking, options));
  if (typeof wanted === "string") {
    for (const call of calls) asking.denied(commandLine(call, call.input), wanted);
    return;
  }
  // What was collected of other regions stays: a second run adds to the first.
  const regions = [...new Set([...wanted, ...(asking.earlier?.regions ?? [])])];
  await Promise.all(regions.flatMap((region) => calls.map((call) => asking.ask(call, call.input, region, region))));
}

/** The account's regions, or why they are not known: then nothing regional can be asked, and each call says so. */
async function enabledRegions(asking: Asking, options: FetchOptions): Promise<readonly string[] | string> {
  const answer = await asking.ask(REGIONS, {}, options.homeRegion, options.homeRegion);
  if (!answer) return [];
  if (!answer.ok) return answer.error;
  const list = answer.value["Regions"];
  return (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap((item) =>
    isObject(item) && typeof item["RegionName"] === "string" ? [item["RegionName"]] : [],
  );
}
