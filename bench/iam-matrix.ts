// The AssumeRole matrix: an account's principals against its roles, decided by this product and, where its folder is named, by a published simulator.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ask } from "../src/analyze/identity/ask.ts";
import { assumeRoleRules, targetOf } from "../src/analyze/identity/assume-role.ts";
import { emission } from "../src/analyze/identity/emission.ts";
import { type AwsEstate, awsEstate, type Identity, type Role } from "../src/analyze/identity/estate.ts";
import type { AttachedPolicy } from "../src/analyze/identity/evaluate.ts";
import type { KnownEstate } from "../src/analyze/plane.ts";
import { Charter } from "../src/charter/schema.ts";
import { collector } from "../src/collect/aws/collector.ts";
import type { Json } from "../src/lib/json.ts";
import type { Gap } from "../src/model/gap.ts";
import { indexObservations, type Observation } from "../src/model/observation.ts";
import { generateAccount } from "./generated-account.ts";

const CORPUS = process.env["BULKHEAD_CORPUS"] ?? fileURLToPath(new URL("../../shared/corpus", import.meta.url));
const EXAMPLE = join(CORPUS, "aws/salesforce+cloudsplaining/examples/files/example.json");

export interface Account {
  readonly what: string;
  readonly observations: readonly Observation[];
  readonly gaps: readonly Gap[];
  readonly charter: Charter;
}

/** The published example of Cloudsplaining, where the corpus is at hand, and a generated account of its size in which far more may be assumed. */
export const matrixAccounts = (): readonly Account[] => [
  ...(existsSync(EXAMPLE) ? [example()] : []),
  { ...generateAccount({ users: 44, roles: 78, seed: 8_31 }), gaps: [], what: "a generated account" },
];

function example(): Account {
  const text = readFileSync(EXAMPLE, "utf8");
  const documents = [JSON.parse(text) as unknown];
  const observations: Observation[] = [];
  const gaps: Gap[] = [];
  const sink = { observation: (one: Observation) => void observations.push(one), gap: (gap: Gap) => void gaps.push(gap) };
  collector.map(documents[0], 0, { path: "example.json", format: "json", documents, text }, sink, { fingerprint: () => "" });
  const [account = ""] = observations.flatMap((one) => (one.kind === "aws/role" ? [one.account] : []));
  const production = { name: "production", tier: "production", purpose: "p", owner: "o", data: "none" };
  const charter = Charter.parse({
    bulkhead: 1,
    organization: { name: "example" },
    environments: [{ ...production, boundary: { aws: { accounts: [account] } } }],
  });
  return { observations, gaps, charter, what: "Cloudsplaining's example account" };
}

const knownOf = ({ observations, gaps, charter }: Account): KnownEstate => ({
  // A new index each time: an estate is built once for each, and nothing may be compiled before a run starts.
  observations: indexObservations([...observations]),
  charter,
  gaps,
  entities: new Map(),
  tokens: [],
  environmentOf: () => undefined,
  isShared: () => false,
});

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

async function timed(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

type Answer = "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied";

interface Simulation {
  readonly request: {
    readonly principal: string;
    readonly action: string;
    readonly resource: { readonly resource: string; readonly accountId: string };
    readonly contextVariables: Readonly<Record<string, string>>;
  };
  readonly identityPolicies: readonly Named[];
  readonly permissionBoundaryPolicies?: readonly Named[];
  readonly resourcePolicy?: Json;
}

interface Named {
  readonly name: string;
  readonly policy: Json;
}

interface Simulator {
  readonly name: string;
  /** As its documentation shows it: policies and context are checked first. */
  readonly runSimulation: (
    simulation: object,
    options: object,
  ) => Promise<{ readonly resultType: string; readonly overallResult?: Answer }>;
  /** What that comes down to, with policies loaded once and nothing checked: the best of it, which its interface does not offer. */
  readonly prepared: (simulations: readonly Simulation[]) => () => readonly Answer[];
}

/** What is used of its modules. */
interface Inner {
  readonly authorize: (request: object) => { readonly result: Answer };
  readonly AwsRequestImpl: new (principal: string, resource: object, action: string, context: object) => object;
  readonly RequestContextImpl: new (variables: object) => object;
  readonly DiscoveryContextKeyConstraints: new (constraints: readonly object[]) => object;
  readonly loadPolicy: (policy: Json, metadata: object) => object;
}

/** The folder in which @cloud-copilot/iam-simulate is installed. Its licence is the AGPL, so it is never a dependency of this product. */
async function simulatorAt(folder: string): Promise<Simulator> {
  const main = createRequire(join(folder, "package.json")).resolve("@cloud-copilot/iam-simulate");
  const root = main.slice(0, main.indexOf("/dist/"));
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const load = async (file: string): Promise<object> => (await import(pathToFileURL(file).href)) as object;
  const modules = ["core_engine/CoreSimulatorEngine", "request/request", "requestContext", "context_keys/discoveryContextKeyConstraints"];
  const inner = Object.assign(
    {},
    ...(await Promise.all(modules.map((name) => load(join(root, `dist/esm/${name}.js`))))),
    await load(createRequire(main).resolve("@cloud-copilot/iam-policy")),
  ) as Inner;
  const { runSimulation } = (await load(join(root, "dist/esm/index.js"))) as Pick<Simulator, "runSimulation">;
  return { name: `iam-simulate ${version}`, runSimulation, prepared: (simulations) => preparedFor(simulations, inner) };
}

function preparedFor(simulations: readonly Simulation[], inner: Inner): () => readonly Answer[] {
  const loaded = new Map<Json, object>();
  const once = ({ name, policy }: Named): object => {
    let found = loaded.get(policy);
    if (!found) loaded.set(policy, (found = inner.loadPolicy(policy, { name })));
    return found;
  };
  const settings = {
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    simulationParameters: { simulationMode: "Strict", discoveryContextKeyConstraints: new inner.DiscoveryContextKeyConstraints([]) },
    serviceSettings: {},
  };
  const requests = simulations.map(({ request, identityPolicies, permissionBoundaryPolicies, resourcePolicy }) => ({
    ...settings,
    request,
    identityPolicies: identityPolicies.map(once),
    permissionBoundaries: permissionBoundaryPolicies?.map(once),
    resourcePolicy: resourcePolicy === undefined ? undefined : once({ name: "trust", policy: resourcePolicy }),
  }));
  return () =>
    requests.map(({ request: { principal, resource, action, contextVariables }, ...rest }) => {
      const context = new inner.RequestContextImpl(contextVariables);
      return inner.authorize({ ...rest, request: new inner.AwsRequestImpl(principal, resource, action, context) }).result;
    });
}

const documents = new WeakMap<AttachedPolicy, Json>();

function documentOf(policy: AttachedPolicy): Json {
  let found = documents.get(policy);
  if (found === undefined) {
    const Version = policy.compiled.expandsVariables ? "2012-10-17" : "2008-10-17";
    documents.set(policy, (found = { Version, Statement: policy.compiled.statements.map(({ json }) => json) }));
  }
  return found;
}

/** One request as the simulator takes it: a session for a role, and keys that every request has (IAM User Guide, "AWS global condition context keys"). */
function simulationOf(who: Identity, role: Role, identityPolicies: readonly Named[]): Simulation & object {
  const isRole = who.type === "role";
  const principal = isRole ? `arn:aws:sts::${who.account}:assumed-role/${who.name}/session` : who.arn;
  const contextVariables = {
    "aws:SecureTransport": "true",
    "aws:PrincipalArn": who.arn,
    "aws:PrincipalAccount": who.account,
    ...(!isRole && { "aws:username": who.name }),
  };
  return {
    request: { principal, action: "sts:AssumeRole", resource: { resource: role.arn, accountId: role.account }, contextVariables },
    identityPolicies,
    ...NO_CONTROL,
    ...(role.trust && { resourcePolicy: documentOf(role.trust) }),
    ...(who.boundary && who.boundary !== "unread" && { permissionBoundaryPolicies: named(who.boundary.policies) }),
  };
}

const NO_CONTROL = { serviceControlPolicies: [], resourceControlPolicies: [] };

const named = (policies: readonly AttachedPolicy[]) => policies.map((policy) => ({ name: policy.label, policy: documentOf(policy) }));

function everyPair<T>({ identities, roles }: AwsEstate, take: (who: Identity, role: Role) => T): T[] {
  return identities.flatMap((who) => roles.map((role) => take(who, role)));
}

/** Both decide every pair; what one lets through and the other does not is counted, with the first few. */
export interface Compared {
  readonly same: number;
  readonly allowed: number;
  readonly different: ReadonlyMap<string, readonly string[]>;
}

/** `answers` and decisions in the order of `everyPair`. */
function compare(aws: AwsEstate, answers: readonly (Answer | "error")[]): Compared {
  const different = new Map<string, string[]>();
  let [same, allowed, i] = [0, 0, 0];
  everyPair(aws, (who, role) => {
    const theirs = answers[i++] as Answer | "error";
    const { outcome } = ask(aws, who, "sts:assumerole", targetOf(role));
    if ((outcome === "allowed") === (theirs === "Allowed") && theirs !== "error" && outcome !== "unknown") {
      same++;
      if (theirs === "Allowed") allowed++;
      return;
    }
    const kind = `${outcome} here, ${theirs} there`;
    different.set(kind, [...(different.get(kind) ?? []), `${who.label} → ${role.label}`]);
  });
  return { same, allowed, different };
}

export async function matrix(account: Account, runs: number, say: (line: string) => void): Promise<void> {
  const folder = process.env["IAM_SIMULATE"];
  const peer = folder === undefined ? undefined : await simulatorAt(folder);
  const times: Record<"whole" | "decided" | "single" | "checked" | "prepared", number[]> = {
    whole: [],
    decided: [],
    single: [],
    checked: [],
    prepared: [],
  };
  let aws = awsEstate(knownOf(account));
  let answers: (Answer | "error")[] = [];
  for (let run = 0; run < runs; run++) {
    const known = knownOf(account);
    const built = await timed(() => (aws = awsEstate(known)));
    times.whole.push(built + (await timed(() => assumeRoleRules(aws, known, emission()))));
    times.decided.push(await timed(() => assumeRoleRules(aws, known, emission())));
    times.single.push(await timed(() => everyPair(aws, (who, role) => ask(aws, who, "sts:assumerole", targetOf(role)))));
    if (peer === undefined || run >= PEER_RUNS) continue;
    const policiesOf = new Map(aws.identities.map((who) => [who, named(who.index.policies)]));
    const simulations = everyPair(aws, (who, role) => simulationOf(who, role, policiesOf.get(who) ?? []));
    times.prepared.push(await timed(peer.prepared(simulations)));
    answers = [];
    times.checked.push(
      await timed(async () => {
        for (const one of simulations) {
          const { resultType, overallResult } = await peer.runSimulation(one, {});
          answers.push(resultType === "error" ? "error" : (overallResult as Answer));
        }
      }),
    );
  }
  const pairs = aws.identities.length * aws.roles.length;
  const rate = (seconds: readonly number[]): number => pairs / median(seconds);
  const told = (seconds: readonly number[]): string => `${Math.round(rate(seconds)).toLocaleString("en")} decisions/s`;
  say(
    `iam: AssumeRole matrix of ${account.what}, ${aws.identities.length} principals × ${aws.roles.length} roles (${pairs} decisions), medians of ${runs} interleaved runs`,
  );
  say(`iam:   set at a time, policies compiled, with the edges as rules: ${told(times.decided)}`);
  say(`iam:   the same, compiling the policies first: ${told(times.whole)}`);
  say(`iam:   pair by pair with the same evaluator: ${told(times.single)}`);
  if (peer === undefined) return say("iam:   @cloud-copilot/iam-simulate not named (IAM_SIMULATE=/folder where it is installed), no ratio");
  say(
    `iam:   peer, ${peer.name} as documented: ${told(times.checked)}; its engine alone, policies loaded and checked before: ${told(times.prepared)}`,
  );
  const ratio = (seconds: readonly number[], to: readonly number[]): string => `${(rate(seconds) / rate(to)).toFixed(0)} times`;
  say(
    `iam:   ratio to the peer as documented: ${ratio(times.whole, times.checked)}, policies compiled ${ratio(times.decided, times.checked)}`,
  );
  say(
    `iam:   ratio to its engine alone: policies compiled ${ratio(times.decided, times.prepared)}, pair by pair ${ratio(times.single, times.prepared)}`,
  );
  const { same, allowed, different } = compare(aws, answers);
  say(`iam:   of ${pairs} decisions ${same} are the same, ${allowed} of them allowed`);
  for (const [kind, list] of different) say(`iam:   ${list.length} ${kind}: ${list.slice(0, 4).join(", ")}${list.length > 4 ? ", …" : ""}`);
}

/** The peer takes a thousand times as long. */
const PEER_RUNS = 3;
