// Which control policies hold an account: one index a level, from the organization's root down to the account.
import type { Observations, ObservationOf } from "../../model/observation.ts";
import type { OrganizationFacts } from "./context.ts";
import type { AttachedPolicy, PolicyIndex } from "./evaluate.ts";
import { fullAccessPolicy } from "./managed-policies.ts";
import { compilePolicy, type PolicyCache } from "./policy.ts";
import { indexPolicies } from "./policy-index.ts";

export interface ControlChain {
  readonly service: readonly PolicyIndex[];
  readonly resource: readonly PolicyIndex[];
  /** Why an allowed access is not certain: a level, an attachment or a document that was not read. */
  readonly unread: readonly string[];
}

const FREE_CHAIN: ControlChain = { service: [], resource: [], unread: [] };

export interface Organization extends OrganizationFacts {
  readonly id?: string;
  readonly managementAccount?: string;
  readonly policies: readonly AttachedPolicy[];
  readonly chainOf: (account: string) => ControlChain;
  /** Whether a unit, account or control policy of this id stands above the account; yes where that was not read. */
  readonly holds: (account: string, id: string) => boolean;
}

type Type = "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY";

export function readOrganization(observations: Observations, cache: PolicyCache): Organization {
  const organization = observations("aws/organization")[0];
  const parents = new Map<string, string>();
  for (const unit of observations("aws/organizational-unit")) if (unit.parent !== undefined) parents.set(unit.id, unit.parent);
  for (const account of observations("aws/account")) if (account.parent !== undefined) parents.set(account.account, account.parent);
  const members = new Set(observations("aws/account").map((account) => account.account));
  const policies = new Map(observations("aws/control-policy").map((policy) => [policy.id, policy]));
  const attached = new Map([...policies.values()].map((policy) => [policy.id, attachedPolicy(policy, organization, cache)]));
  const above = (account: string): readonly string[] => pathAbove(account, parents);
  const isMember = (account: string): boolean => members.has(account) || account === organization?.managementAccount;
  const chains = new Map<string, ControlChain>();
  const reading: Reading = { observations, policies, attached, above, isMember, organization, parents };
  return {
    ...(organization ? { id: organization.id, managementAccount: organization.managementAccount } : {}),
    policies: [...attached.values()].flatMap((policy) => (policy ? [policy] : [])),
    idOf: (account) => (organization === undefined ? "unknown" : isMember(account) ? organization.id : undefined),
    pathOf: (account) => {
      if (organization === undefined) return "unknown";
      if (!isMember(account)) return undefined;
      const path = above(account);
      return path[0]?.startsWith("r-") ? `${organization.id}/${path.join("/")}/` : "unknown";
    },
    holds: (account, id) => {
      const path = above(account);
      if (!isMember(account) || !path[0]?.startsWith("r-")) return true;
      const levels = new Set([...path, account]);
      if (!id.startsWith("p-")) return levels.has(id);
      const places = observations("aws/control-policy-attachment").filter((attachment) => attachment.policy === id);
      return places.length === 0 || places.some((place) => levels.has(place.target));
    },
    chainOf: (account) => {
      let chain = chains.get(account);
      if (!chain) chains.set(account, (chain = chainOf(account, reading)));
      return chain;
    },
  };
}

interface Reading {
  readonly observations: Observations;
  readonly policies: ReadonlyMap<string, ObservationOf<"aws/control-policy">>;
  readonly attached: ReadonlyMap<string, AttachedPolicy | undefined>;
  readonly above: (account: string) => readonly string[];
  readonly isMember: (account: string) => boolean;
  readonly organization: ObservationOf<"aws/organization"> | undefined;
  readonly parents: ReadonlyMap<string, string>;
}

/** Ids from the root down, the account left out. */
function pathAbove(account: string, parents: ReadonlyMap<string, string>): readonly string[] {
  const path: string[] = [];
  for (let at = parents.get(account); at !== undefined && !path.includes(at); at = parents.get(at)) path.unshift(at);
  return path;
}

function attachedPolicy(
  policy: ObservationOf<"aws/control-policy">,
  organization: ObservationOf<"aws/organization"> | undefined,
  cache: PolicyCache,
): AttachedPolicy | undefined {
  const document = policy.document ?? fullAccessPolicy(policy.id);
  if (document === undefined) return undefined;
  const compiled = compilePolicy(document, cache);
  if (compiled.problems.length > 0) return undefined;
  const id = controlPolicyId(policy, organization);
  const label = `control policy ${policy.name}`;
  return { owner: id, label, source: policy.source, compiled, guard: { id, label } };
}

export function controlPolicyId(
  policy: ObservationOf<"aws/control-policy">,
  organization: ObservationOf<"aws/organization"> | undefined,
): string {
  if (policy.arn !== undefined) return policy.arn;
  const place = `${organization?.managementAccount ?? ""}:policy/${organization?.id ?? "o-unknown"}`;
  return `arn:aws:organizations::${place}/${policy.type.toLowerCase()}/${policy.id}`;
}

/**
 * The management account is exempt (Organizations User Guide, "Service control policies", "Tasks and entities not restricted by SCPs"). An
 * organization of which no control policy and no attachment was read has none as far as the files say: what is missing is a gap of the
 * collector, which gaps.ts takes.
 */
function chainOf(account: string, reading: Reading): ControlChain {
  if (account === reading.organization?.managementAccount) return FREE_CHAIN;
  const attachments = reading.observations("aws/control-policy-attachment");
  if (attachments.length === 0 || !reading.isMember(account)) return FREE_CHAIN;
  const path = reading.above(account);
  const unread: string[] = [];
  if (!path[0]?.startsWith("r-")) unread.push(`where account ${account} stands in the organization was not read`);
  const levels = [...path, account];
  const service = isOff("SERVICE_CONTROL_POLICY", path, reading) ? [] : levelsOf("SERVICE_CONTROL_POLICY", levels, reading, unread);
  const resource = isOff("RESOURCE_CONTROL_POLICY", path, reading) ? [] : levelsOf("RESOURCE_CONTROL_POLICY", levels, reading, unread);
  return { service, resource, unread };
}

function isOff(type: Type, path: readonly string[], reading: Reading): boolean {
  const root = reading.observations("aws/organizational-unit").find((unit) => unit.id === path[0]);
  return root?.enabledPolicyTypes !== undefined && !root.enabledPolicyTypes.includes(type);
}

/**
 * AWS keeps at least one service control policy attached at every level, so a level of which no attachment was read was not read. Resource
 * control policies only deny here: RCPFullAWSAccess is attached at every level and cannot be detached.
 */
function levelsOf(type: Type, targets: readonly string[], reading: Reading, unread: string[]): readonly PolicyIndex[] {
  const levels: PolicyIndex[] = [];
  for (const target of targets) {
    const here = reading.observations("aws/control-policy-attachment").filter((attachment) => attachment.target === target);
    const policies: AttachedPolicy[] = [];
    let complete = true;
    for (const { policy: id } of here) {
      const observed = reading.policies.get(id);
      if (observed && observed.type !== type) continue;
      const policy = reading.attached.get(id);
      if (policy) policies.push(policy);
      else if (observed || !id.endsWith("FullAWSAccess")) {
        complete = false;
        unread.push(`control policy ${observed?.name ?? id} was not read`);
      } else if ((type === "RESOURCE_CONTROL_POLICY") === id.includes("RCP")) policies.push(awsOwn(id, reading));
    }
    if (policies.length > 0) levels.push(indexPolicies(policies));
    else if (type === "SERVICE_CONTROL_POLICY" && complete) unread.push(`which control policies are attached to ${target} was not read`);
  }
  return levels;
}

function awsOwn(id: string, reading: Reading): AttachedPolicy {
  const guard = { id: `arn:aws:organizations::aws:policy/service_control_policy/${id}`, label: `control policy ${id.slice(2)}` };
  const compiled = compilePolicy(fullAccessPolicy(id) ?? null, new Map());
  const source = reading.organization?.source ?? { file: "" };
  return { owner: guard.id, label: guard.label, source, compiled, guard };
}
