// Rules: what each identity can read, write and take over among the modeled resources, by its own policies and by the resources'.
import { fact, type Fact } from "../../model/rule.ts";
import { effectsOf, keyUseFor, type Effect, type Way } from "./actions.ts";
import type { Administrators } from "./administer.ts";
import { ask, both, caller, either, isCertain, STRANGER, type Target } from "./ask.ts";
import { fixed, RESIDUAL, type Context } from "./condition.ts";
import { ofResource, type Caller } from "./context.ts";
import type { Emission } from "./emission.ts";
import { rootOf, type AwsEstate, type Identity, type ResourceObservation } from "./estate.ts";
import { IMPLICIT_DENY, type AttachedPolicy, type Decision } from "./evaluate.ts";
import { mayTouch, type MayTouch } from "./may-touch.ts";
import { named } from "./names.ts";
import { statementsFor, type CompiledPolicy } from "./policy.ts";

/**
 * One rule for each (identity, resource, capability). An identity asks only about actions its policies allow somewhere, and about other
 * accounts' resources only where their policy names its account or everyone.
 */
export function accessRules(aws: AwsEstate, administrators: Administrators, out: Emission): void {
  const touch = mayTouch(aws);
  for (const resource of aws.resources) {
    const one = modeled(aws, resource);
    if (one.effects.length === 0) continue;
    for (const effect of one.effects) {
      for (const [who, some] of whoMay(aws, one, effect, touch)) {
        const own = who.account === resource.account;
        if (who.serviceLinked || (own ? administrators.has(who) && !one.keyPolicy : !one.opensTo(who.account))) continue;
        ways(aws, who, [fact("act-as", who.arn)], one, effect, out, some);
      }
    }
    outsideAccess(aws, one, out);
  }
}

/**
 * Whom the resource's policy names, and whose own policies can touch it: of its account, and of those that its policy opens to. Each with the ways
 * that are worth asking about: somebody allows their first action.
 */
function whoMay(aws: AwsEstate, one: Modeled, effect: Effect, touch: MayTouch): ReadonlyMap<Identity, readonly Way[]> {
  const found = new Map<Identity, readonly Way[]>();
  const accounts = one.everyone || one.unread ? aws.readAccounts : new Set([one.resource.account, ...one.accounts]);
  for (const way of effect.ways) {
    const [first] = way.actions as readonly [string];
    const alone = [way];
    const add = (who: Identity): void => {
      const known = found.get(who);
      if (!known) found.set(who, alone);
      else if (known.at(-1) !== way) found.set(who, [...known, way]);
    };
    for (const account of accounts) touch.each(account, first, one.target.arn + (way.on ?? ""), one.about, add);
    if (!one.policyAllows(first)) continue;
    // Across accounts, being named grants nothing to who has no leave of its own.
    if (one.everyone) for (const who of aws.inAccount(one.resource.account)) add(who);
    for (const value of one.values) {
      const who = aws.named(value);
      if (who) add(who);
    }
  }
  return found;
}

interface Modeled {
  readonly resource: ResourceObservation;
  readonly target: Target;
  readonly effects: readonly Effect[];
  /** A key's administrator is whom the key policy lets be one. */
  readonly keyPolicy: boolean;
  readonly accounts: ReadonlySet<string>;
  readonly everyone: boolean;
  /** Whether its policy may grant to the identity by itself: it, a session of it, or everyone is named. */
  readonly names: (who: Identity) => boolean;
  /** ARNs as written, and `ACCOUNT/ROLE` of sessions. */
  readonly values: ReadonlySet<string>;
  readonly unread: boolean;
  /** Some statement of its policy allows the action, to whomever. */
  readonly policyAllows: (action: string) => boolean;
  /** What is known of a request for it, whoever asks. */
  readonly about: Context;
  readonly opensTo: (account: string) => boolean;
  /** Why a way from outside the account is not certain, or that there is none: S3 Block Public Access. */
  readonly publicAccess: "open" | "closed" | "not read";
}

function modeled(aws: AwsEstate, resource: ResourceObservation): Modeled {
  const isKey = resource.type === "key";
  const observed = aws.resourcePolicy(resource.arn);
  const policy = observed ?? (isKey ? "unread" : undefined);
  const { accounts, everyone, values } = policy === undefined || policy === "unread" ? NOBODY : whoIsNamed(policy.compiled);
  const target = { arn: resource.arn, account: resource.account, tags: resource.tags, policy, policyRequired: isKey };
  const unread = observed === "unread";
  return {
    resource,
    target,
    effects: effectsOf(resource),
    keyPolicy: isKey,
    accounts,
    everyone,
    names: (who) => everyone || values.has(who.arn) || values.has(`${who.account}/${who.name}`),
    values,
    unread,
    policyAllows: (action) => policy !== undefined && policy !== "unread" && allows(policy, action),
    about: aboutResource(aws, target),
    opensTo: (account) => everyone || accounts.has(account) || unread,
    publicAccess: resource.type === "bucket" ? publicAccess(aws, resource, target) : "open",
  };
}

const allows = (policy: AttachedPolicy, action: string): boolean =>
  statementsFor(policy.compiled, action).some((statement) => statement.effect === "Allow");

/** The action stands for any: only its service could change what is known of the resource, and a policy's region says the same of every one. */
function aboutResource(aws: AwsEstate, { arn, account, tags }: Target): Context {
  const requested = { action: `${arn.split(":")[2]}:`, resource: arn, account, ...(tags && { tags }) };
  return (key) => ofResource(key, requested, aws.organization) ?? RESIDUAL;
}

interface Named {
  readonly accounts: ReadonlySet<string>;
  readonly everyone: boolean;
  /** ARNs as written, and `ACCOUNT/ROLE` of sessions. */
  readonly values: ReadonlySet<string>;
}

const NOBODY: Named = { accounts: new Set(), everyone: false, values: new Set() };

function whoIsNamed(policy: CompiledPolicy): Named {
  const accounts = new Set<string>();
  const values = new Set<string>();
  let everyone = false;
  for (const { effect, principals } of policy.statements) {
    if (effect !== "Allow" || !principals) continue;
    if (principals.negated) everyone = true;
    for (const { type, value } of principals.entries) {
      if (type !== "AWS") continue;
      if (value === "*") everyone = true;
      const account = /^\d{12}$/.test(value) ? value : /^arn:[^:]+:(?:iam|sts)::(\d{12}):/.exec(value)?.[1];
      if (account !== undefined) accounts.add(account);
      values.add(value.replace(/^arn:[^:]+:sts::(\d{12}):assumed-role\/([^/]+)\/.*$/, "$1/$2"));
    }
  }
  return { accounts, everyone, values };
}

/**
 * RestrictPublicBuckets: a bucket whose policy is public serves only its own account and AWS services (S3 User Guide, "Blocking public access
 * to your Amazon S3 storage", "The meaning of public").
 */
function publicAccess(aws: AwsEstate, resource: ResourceObservation, target: Target): Modeled["publicAccess"] {
  const { policy } = target;
  if (policy === undefined || policy === "unread") return "open";
  const actions = new Set(
    effectsOf(resource).flatMap((effect) => effect.ways.flatMap((way) => way.actions.map((action) => ({ action, on: way.on })))),
  );
  const isPublic = [...actions].some(({ action, on }) => {
    if (!statementsFor(policy.compiled, action).some((statement) => statement.effect === "Allow")) return false;
    const decision = ask(aws, STRANGER, action, target, undefined, target.arn + (on ?? ""));
    return decision.outcome === "allowed" || decision.outcome === "allowed-if";
  });
  if (!isPublic || resource.restrictsPublicPolicy === false) return "open";
  return resource.restrictsPublicPolicy === true ? "closed" : "not read";
}

function ways(
  aws: AwsEstate,
  who: Caller,
  needs: readonly Fact[],
  one: Modeled,
  effect: Effect,
  out: Emission,
  some: readonly Way[] = effect.ways,
  unless: readonly string[] = [],
): void {
  const outside = who.account !== one.resource.account;
  if (outside && one.publicAccess === "closed") return;
  const decision = decide(aws, who, one, some);
  if (decision === IMPLICIT_DENY) return;
  const name = `${one.resource.type}/${one.resource.name}`;
  const block = `if Block Public Access of ${name}, which was not read, does not hold it back`;
  out.decided(decision, {
    family: (who.type === "stranger" ? undefined : toldFamily(decision)) ?? effect.family,
    needs,
    gives: fact(effect.gives, one.resource.arn),
    place: one.resource.source,
    how: who.type === "stranger" ? `anyone can ${effect.verb} ${name}` : `${named(who, one.resource.account)} can ${effect.verb} ${name}`,
    unless: outside && one.publicAccess === "not read" ? [...unless, block] : unless,
  });
}

/** What a share or a grant decides is told as one; what is open to everyone is told as that. */
function toldFamily(decision: Decision): string | undefined {
  const first = decision.outcome === "unknown" ? undefined : decision.by[0];
  return first?.policy.told?.get(first.statement.index)?.family;
}

function decide(aws: AwsEstate, who: Caller, one: Modeled, some: readonly Way[]): Decision {
  let best: Decision = IMPLICIT_DENY;
  for (const { actions, on, fromOutside } of some) {
    if (fromOutside === true && who.account === one.resource.account) continue;
    if (!actions.every((action) => isAllowedSomewhere(who, one, action))) continue;
    const resource = on === undefined ? one.target.arn : one.target.arn + on;
    const decisions = actions.map((action) => withKey(aws, who, action, one, ask(aws, who, action, one.target, undefined, resource)));
    best = either(best, decisions.reduce(both));
    if (isCertain(best)) return best;
  }
  return best;
}

/**
 * What a customer managed key encrypts is read through its service, with the caller's own leave to use the key, in which the key's policy takes part
 * (KMS Developer Guide, "kms:ViaService"; S3 User Guide, "Using server-side encryption with AWS KMS keys").
 */
function withKey(aws: AwsEstate, who: Caller, action: string, one: Modeled, decision: Decision): Decision {
  const { kmsKey, service, keyUnread, keyIsDefault } = one.resource;
  const needed = decision === IMPLICIT_DENY ? undefined : keyUseFor(action);
  if (needed === undefined) return decision;
  const form = kmsKey === undefined ? null : /^arn:[^:]+:kms:([^:]*):(\d{12}):key\/./.exec(kmsKey);
  if (kmsKey === undefined || !form) return keyUnread === true ? both(decision, KEY_UNREAD) : decision;
  const policy = aws.resourcePolicy(kmsKey) ?? "unread";
  const key: Target = { arn: kmsKey, account: form[2] as string, policy, policyRequired: true };
  const via = { "kms:viaservice": fixed(`${service}.${form[1]}.amazonaws.com`), "kms:grantisforawsresource": fixed("true") };
  const withIt = both(decision, ask(aws, who, needed.action.toLowerCase(), key, needed.itself ? undefined : via));
  return keyIsDefault === true ? either(withIt, both(decision, OLDER_THAN_DEFAULT)) : withIt;
}

const KEY_UNREAD: Decision = { outcome: "allowed-if", by: [], residual: ["if the key that encrypts it, which was not read, lets it"] };

/** A bucket's default is about what is written from then on, without a choice of its own (S3 User Guide, "Setting default encryption"). */
const OLDER_THAN_DEFAULT: Decision = { outcome: "allowed-if", by: [], residual: ["of what its default key does not encrypt"] };

const isIdentity = (who: Caller): who is Identity => who.type === "role" || who.type === "user";

/** Cheap and never wrongly no: what only names the account, or nothing, grants nothing to an identity whose own policies do not allow it. */
function isAllowedSomewhere(who: Caller, one: Modeled, action: string): boolean {
  if (isIdentity(who)) {
    if (who.index.forAction(action).allows.length > 0) return true;
    if (!one.names(who)) return false;
  }
  return one.target.policy === "unread" ? !isIdentity(who) : one.policyAllows(action);
}

/** Accounts as a whole, accounts that were not read, and everyone. */
function outsideAccess(aws: AwsEstate, one: Modeled, out: Emission): void {
  for (const effect of one.effects) {
    for (const account of one.accounts) {
      if (account === one.resource.account) continue;
      const root = caller("root", rootOf(account), account);
      ways(aws, root, [fact("control", root.arn)], one, effect, out);
      if (!aws.readAccounts.has(account))
        ways(aws, root, [], one, effect, out, effect.ways, [`account ${account}, which the policy lets in, was not read`]);
    }
    if (one.everyone) ways(aws, STRANGER, [], one, effect, out);
  }
}
