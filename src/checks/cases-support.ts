// How the cases of every check become an estate: named estates, laid over one another, written out as files with their manifests.
import { sha256 } from "../lib/hash.ts";
import type { Json } from "../lib/json.ts";
import type { Manifest, Scope } from "../model/manifest.ts";

export type JsonObject = { readonly [key: string]: Json };

/**
 * Answers by the call they answer, in folders by what was asked: `aws/ACCOUNT`, `firewall/DEVICE`, `kubernetes/CLUSTER`, `github/ORG`,
 * `github/ORG/REPO`, `identity/DIRECTORY`, `jenkins/CONTROLLER`, `jenkins/CONTROLLER/JOB`, `azure/ORG`, `azure/ORG/PROJECT`. An answer is JSON, or text for a file that is YAML (a table for a firewall or a personnel file), or `denied: ERROR`; null takes a call out, as if it had never been asked.
 */
export type Answers = { readonly [folder: string]: { readonly [call: string]: Json } };

/** A complete little estate, with what the charter says of it. */
export interface Base {
  readonly charter?: JsonObject;
  readonly estate: Answers;
}

export interface Case {
  readonly name: string;
  /** The specification or vendor's page that decides it. */
  readonly source: string;
  /** Named estates, laid over one another in this order. */
  readonly base: readonly string[];
  /** Laid over the base charter. */
  readonly charter?: JsonObject;
  /** Laid over the named estates. */
  readonly estate?: Answers;
  readonly expect: {
    /** The answer of this check alone. */
    readonly verdict: "violated" | "separated" | "unknown" | "not-applicable";
    readonly findings?: number;
    readonly from?: string;
    readonly to?: string;
    /** Words that the first finding's summary has. */
    readonly summary?: string;
    /** Words that the reason has. */
    readonly reason?: string;
    readonly statements?: JsonObject;
  };
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** What names an item of a list, so that one laid over it means the same thing. */
function nameOf(item: Json): string | undefined {
  if (!isObject(item)) return undefined;
  if (isObject(item["metadata"]))
    return `${String(item["kind"])} ${String(item["metadata"]["namespace"])} ${String(item["metadata"]["name"])}`;
  const named = ["RoleName", "UserName", "GroupName", "login", "slug", "id", "Name", "name", "secret"].find(
    (key) => item[key] !== undefined,
  );
  return named === undefined ? undefined : `${named} ${String(item[named])}`;
}

/** Objects are laid over member by member and lists item by item, where items have names; `"remove": true` takes one out. All else replaces. */
export function laidOver(under: Json | undefined, over: Json): Json {
  if (isObject(under) && isObject(over)) {
    const merged: Record<string, Json> = { ...under };
    for (const [key, value] of Object.entries(over)) merged[key] = laidOver(under[key], value);
    return merged;
  }
  if (Array.isArray(under) && Array.isArray(over) && over.length > 0 && [...under, ...over].every((item) => nameOf(item) !== undefined)) {
    const items = new Map(under.map((item) => [nameOf(item), item]));
    for (const item of over) {
      if (isObject(item) && item["remove"] === true) items.delete(nameOf(item));
      else items.set(nameOf(item), laidOver(items.get(nameOf(item)), item));
    }
    return [...items.values()];
  }
  return over;
}

export function layersOf(one: Case, bases: ReadonlyMap<string, Base>): readonly Base[] {
  const layers = one.base.map((name) => {
    const base = bases.get(name);
    if (!base) throw new Error(`${one.name}: there is no base estate ${name}`);
    return base;
  });
  return [...layers, { estate: one.estate ?? {}, ...(one.charter && { charter: one.charter }) }];
}

export const answersOf = (layers: readonly Base[]): Answers =>
  layers.reduce<Json>((under, { estate }) => laidOver(under, estate), {}) as Answers;

const SCOPES: readonly (readonly [RegExp, (found: RegExpExecArray) => Scope])[] = [
  [/^aws\/(\d{12})$/, ([, account = ""]) => ({ system: "aws", account })],
  [/^aws\/organization\/(\d{12})$/, ([, account = ""]) => ({ system: "aws", account, organization: "management" })],
  [/^identity\/([^/]+)$/, ([, organization = ""]) => ({ system: "identity", organization })],
  [/^masking\/(.+)$/, () => ({ system: "masking" })],
  [/^firewall\/([^/]+)$/, ([, device = ""]) => ({ system: "firewall", device })],
  [/^kubernetes\/([^/]+)$/, ([, cluster = ""]) => ({ system: "kubernetes", cluster })],
  [/^github\/([^/]+)$/, ([, organization = ""]) => ({ system: "github", organization })],
  [
    /^github\/([^/]+)\/([^/]+)$/,
    ([, organization = "", name = ""]) => ({ system: "github", organization, repository: `${organization}/${name}` }),
  ],
  [/^ansible\/([^/]+)$/, ([, organization = ""]) => ({ system: "ansible", organization })],
  [/^circleci\/([^/]+)$/, ([, organization = ""]) => ({ system: "circleci", organization })],
  [/^terraform-cloud\/([^/]+)$/, ([, organization = ""]) => ({ system: "terraform-cloud", organization })],
  [/^gitlab\/([^/]+)$/, ([, organization = ""]) => ({ system: "gitlab", organization })],
  [/^gitlab\/(.+)$/, ([, project = ""]) => ({ system: "gitlab", project })],
  [/^jenkins\/([^/]+)$/, ([, organization = ""]) => ({ system: "jenkins", organization })],
  [/^jenkins\/([^/]+)\/(.+)$/, ([, organization = "", project = ""]) => ({ system: "jenkins", organization, project })],
  [/^azure\/([^/]+)$/, ([, organization = ""]) => ({ system: "azure", organization })],
  [/^azure\/([^/]+)\/(.+)$/, ([, organization = "", project = ""]) => ({ system: "azure", organization, project })],
];

export function scopeOf(folder: string): Scope {
  for (const [pattern, scope] of SCOPES) {
    const found = pattern.exec(folder);
    if (found) return scope(found);
  }
  throw new Error(`${folder} is no folder of a known system`);
}

/** What AWS prints besides: the members that say nothing here and that the wire format has all the same. */
function whole(answer: Json, { account }: Scope): Json {
  if (!isObject(answer) || !Array.isArray(answer["RoleDetailList"])) return answer;
  const arn = (type: string, name: Json | undefined): string => `arn:aws:iam::${account}:${type}/${String(name)}`;
  const each = (list: Json | undefined, fill: (item: JsonObject) => JsonObject): Json =>
    (Array.isArray(list) ? list : []).map((item) => (isObject(item) ? { Path: "/", ...fill(item), ...item } : item));
  return {
    ...answer,
    UserDetailList: each(answer["UserDetailList"], ({ UserName }) => ({
      Arn: arn("user", UserName),
      AttachedManagedPolicies: [],
      GroupList: [],
    })),
    GroupDetailList: each(answer["GroupDetailList"], ({ GroupName }) => ({
      Arn: arn("group", GroupName),
      GroupPolicyList: [],
      AttachedManagedPolicies: [],
    })),
    RoleDetailList: each(answer["RoleDetailList"], ({ RoleName }) => ({
      Arn: arn("role", RoleName),
      RolePolicyList: [],
      AttachedManagedPolicies: [],
      InstanceProfileList: [],
    })),
    Policies: answer["Policies"] ?? [],
  };
}

const listed = (answer: Json, scope: Scope): Json =>
  scope.system === "kubernetes" && Array.isArray(answer) ? { apiVersion: "v1", kind: "List", items: answer } : whole(answer, scope);

function textFormat({ system }: Scope, call: string): string {
  if (system === "firewall" || system === "identity") return "csv";
  if (system !== "jenkins") return "yaml";
  return call.endsWith("config.xml") ? "xml" : call.startsWith("git show") ? "groovy" : "yaml";
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Every folder with the manifest of what it was asked: what a case does not hold was not asked. */
export function filesOf(answers: Answers): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const [folder, asked] of Object.entries(answers)) {
    const scope = scopeOf(folder);
    const calls: Manifest["calls"] = [];
    for (const [index, [call, answer]] of Object.entries(asked).entries()) {
      const denied = typeof answer === "string" ? /^denied: (.+)$/.exec(answer)?.[1] : undefined;
      if (answer === null) continue;
      if (denied !== undefined) {
        calls.push({ call, status: "denied", error: denied });
        continue;
      }
      const file = /\/contents\/([^?]+)/.exec(call)?.[1] ?? `${index}.${typeof answer === "string" ? textFormat(scope, call) : "json"}`;
      const content = bytes(typeof answer === "string" ? answer : JSON.stringify(listed(answer, scope), undefined, 1));
      files.set(`${folder}/${file}`, content);
      calls.push({ call, status: "answered", file, sha256: sha256(content) });
    }
    const collectedAt = { from: "2026-11-24T06:00:00Z", to: "2026-11-24T06:05:00Z" };
    const manifest: Manifest = { bulkhead: "manifest/1", scope, collectedAt, collectedBy: "a case", calls };
    files.set(`${folder}/manifest.json`, bytes(JSON.stringify(manifest)));
  }
  return files;
}

/** The charter as YAML, of which JSON is a part; each folder is an input with its scope. */
export function charterOf(layers: readonly Base[], base: JsonObject): string {
  const inputs = Object.keys(answersOf(layers)).map((path) => ({ path, scope: scopeOf(path) as unknown as Json }));
  return JSON.stringify(
    layers.reduce<Json>((under, { charter }) => laidOver(under, charter ?? {}), { ...base, inputs }),
    undefined,
    1,
  );
}
