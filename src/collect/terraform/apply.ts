// Pieces put onto an estate: what Terraform's files tell together, or what a plan adds to and takes from an estate that was read.
import { asList, canonicalJson, isObject, type Json } from "../../lib/json.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import { observationKey } from "../../model/observation-key.ts";
import type { AwsEksAccessEntry, AwsGroup, AwsPrincipalName, AwsRole, AwsUser } from "../../model/observations/aws.ts";
import type { TerraformPart } from "../../model/observations/terraform.ts";
import { accountOfArn } from "../../model/aws/arn.ts";
import { gapOf } from "./topics.ts";

type Principal = AwsRole | AwsUser | AwsGroup;

export interface Applied {
  readonly observations: readonly Observation[];
  readonly gaps: readonly Gap[];
}

/** An estate while pieces are put onto it. */
interface Work {
  readonly byKey: Map<string, Observation>;
  /** Observations without a key of their own pass through. */
  readonly others: Observation[];
  readonly principals: Map<string, string>;
  /** Keys of what was added whole. */
  readonly fresh: Set<string>;
  readonly gap: (gap: Gap) => void;
}

type PartOf<P extends TerraformPart["part"]> = Extract<TerraformPart, { part: P }>;

/**
 * What is taken goes first, unless something of the same key is added: that is a change of it. Whole things come before the pieces that hang on them,
 * and a policy that says something before one that says that there is none.
 */
export function applyParts(base: readonly Observation[], taken: readonly TerraformPart[], added: readonly TerraformPart[]): Applied {
  const gaps: Gap[] = [];
  const work: Work = { byKey: new Map(), others: [], principals: new Map(), fresh: new Set(), gap: (gap) => void gaps.push(gap) };
  for (const observation of base) {
    const key = observationKey(observation);
    if (key === undefined || work.byKey.has(key)) work.others.push(observation);
    else put(work, key, observation);
  }
  const kept = new Set(added.map(partKey));
  for (const part of taken) if (!kept.has(partKey(part))) take(work, part);
  for (const part of added) if (part.part === "whole" || part.part === "principal") addWhole(work, part);
  for (const part of added) addPiece(work, part);
  const observations = [...work.byKey.values(), ...work.others];
  return { observations, gaps: [...gaps, ...missingDocuments(work, added)] };
}

function put(work: Work, key: string, observation: Observation): void {
  work.byKey.set(key, observation);
  if (observation.kind === "aws/role" || observation.kind === "aws/user" || observation.kind === "aws/group")
    work.principals.set(nameKey({ account: observation.account, type: typeOf(observation), name: observation.name }), key);
}

const typeOf = (principal: Principal): AwsPrincipalName["type"] =>
  principal.kind === "aws/role" ? "role" : principal.kind === "aws/user" ? "user" : "group";

// Names of identities differ in more than letter case (IAM User Guide, "IAM identifiers": unique without regard to case).
const nameKey = (of: AwsPrincipalName): string => `${of.account} ${of.type} ${of.name.toLowerCase()}`;

/** What a piece is about. */
export function partKey(part: TerraformPart): string {
  switch (part.part) {
    case "whole":
      return observationKey(part.observation) ?? canonicalJson(part.observation);
    case "principal":
      return observationKey(part.principal) ?? part.principal.arn;
    case "attached":
      return `attached ${nameKey(part.of)} ${part.policy}`;
    case "inline":
      return `inline ${nameKey(part.of)} ${part.policy.name}`;
    case "member":
      return `member ${nameKey(part.of)} ${part.group}`;
    case "profile":
      return `profile ${nameKey(part.of)} ${part.profile}`;
    case "public-access":
      return `public-access ${part.bucket}`;
    case "statement":
      return `statement ${part.arn} ${part.id}`;
    case "access-policy":
      return `access-policy ${part.cluster} ${part.principal} ${part.policy.arn}`;
  }
}

function addWhole(work: Work, part: PartOf<"whole"> | PartOf<"principal">): void {
  const key = partKey(part);
  const before = work.byKey.get(key);
  if (part.part === "principal") return put(work, key, mergedPrincipal(before, part.principal));
  const next = part.observation;
  // That a bucket's own resource tells of no policy says nothing where another resource of the plan gives it one.
  if (next.kind === "aws/resource-policy" && next.document === null && work.fresh.has(key)) return;
  work.fresh.add(key);
  // What another file or call told of it stays: tags of a listing, what a function runs as.
  put(work, key, beside(before, next));
}

/** What the resource of Terraform does not say stays as it was: what a function runs as, an environment's rules of an app's own. */
function beside(before: Observation | undefined, next: PartOf<"whole">["observation"]): Observation {
  if (next.kind === "aws/resource" && before?.kind === next.kind) return { ...before, ...next };
  if (next.kind === "github/repository" && before?.kind === next.kind) return { ...before, ...next };
  if (next.kind !== "github/environment" || before?.kind !== next.kind) return next;
  const { hasCustomRules, customRules } = before;
  return { ...next, hasCustomRules, ...(customRules && { customRules }) };
}

/** The resource of an identity says its trust and its boundary; its policies come by resources of their own. */
function mergedPrincipal(before: Observation | undefined, next: Principal): Principal {
  if (before?.kind !== next.kind) return next;
  const { inline, managed } = before;
  if (before.kind === "aws/user" && next.kind === "aws/user") return { ...next, inline, managed, groups: before.groups };
  if (before.kind === "aws/role" && next.kind === "aws/role")
    return { ...next, inline, managed, instanceProfiles: before.instanceProfiles };
  return { ...next, inline, managed };
}

function changePrincipal(work: Work, of: AwsPrincipalName, change: (principal: Principal) => Principal): boolean {
  const key = work.principals.get(nameKey(of));
  const found = key === undefined ? undefined : work.byKey.get(key);
  if (key === undefined || found === undefined) return false;
  work.byKey.set(key, change(found as Principal));
  return true;
}

function addPiece(work: Work, part: TerraformPart): void {
  switch (part.part) {
    case "attached": {
      const attached = { arn: part.policy, source: part.source };
      const add = (old: Principal): Principal =>
        old.managed.some(({ arn }) => arn === part.policy) ? old : { ...old, managed: [...old.managed, attached] };
      return changePrincipal(work, part.of, add) ? undefined : unknownPrincipal(work, part, part.of, `attached policy ${part.policy}`);
    }
    case "inline": {
      const add = (old: Principal): Principal => ({
        ...old,
        inline: [...old.inline.filter(({ name }) => name !== part.policy.name), part.policy],
      });
      return changePrincipal(work, part.of, add) ? undefined : unknownPrincipal(work, part, part.of, `inline policy ${part.policy.name}`);
    }
    case "member": {
      const add = (old: Principal): Principal =>
        old.kind !== "aws/user" || old.groups.includes(part.group) ? old : { ...old, groups: [...old.groups, part.group] };
      return changePrincipal(work, part.of, add) ? undefined : unknownPrincipal(work, part, part.of, `membership of group ${part.group}`);
    }
    case "profile": {
      const add = (old: Principal): Principal =>
        old.kind !== "aws/role" || old.instanceProfiles.includes(part.profile)
          ? old
          : { ...old, instanceProfiles: [...old.instanceProfiles, part.profile] };
      changePrincipal(work, part.of, add);
      return;
    }
    case "public-access":
      return setPublicAccess(work, part.bucket, part.restricts);
    case "statement":
      return setStatement(work, part, part.statement);
    case "access-policy":
      return setAccessPolicy(work, part, true);
    default:
  }
}

/** The identity is in no file: it cannot be walked through, and that it is missing must not read as if it had no such policy. */
function unknownPrincipal(work: Work, part: TerraformPart, of: AwsPrincipalName, what: string): void {
  const arn = `arn:aws:iam::${of.account}:${of.type}/${of.name}`;
  work.gap(gapOf("aws/principal-policy", arn, `${what} of ${of.type}/${of.name}`, `the ${of.type} itself is in no file`, part.source));
}

function take(work: Work, part: TerraformPart): void {
  switch (part.part) {
    case "whole":
    case "principal":
      return void work.byKey.delete(partKey(part));
    case "attached":
      return void changePrincipal(work, part.of, (old) => ({ ...old, managed: old.managed.filter(({ arn }) => arn !== part.policy) }));
    case "inline":
      return void changePrincipal(work, part.of, (old) => ({ ...old, inline: old.inline.filter(({ name }) => name !== part.policy.name) }));
    case "member":
      return void changePrincipal(work, part.of, (old) =>
        old.kind === "aws/user" ? { ...old, groups: old.groups.filter((group) => group !== part.group) } : old,
      );
    case "profile":
      return void changePrincipal(work, part.of, (old) =>
        old.kind === "aws/role" ? { ...old, instanceProfiles: old.instanceProfiles.filter((profile) => profile !== part.profile) } : old,
      );
    case "public-access":
      return setPublicAccess(work, part.bucket, false);
    case "statement":
      return setStatement(work, part, undefined);
    case "access-policy":
      return setAccessPolicy(work, part, false);
  }
}

function setPublicAccess(work: Work, bucket: string, restricts: boolean): void {
  const key = `aws/resource ${bucket}`;
  const found = work.byKey.get(key);
  if (found?.kind === "aws/resource") work.byKey.set(key, { ...found, restrictsPublicPolicy: restricts });
}

/** One statement of a policy that many resources of Terraform make up, known by its Sid. */
function setStatement(work: Work, part: PartOf<"statement">, statement: Json | undefined): void {
  const key = `aws/resource-policy ${part.arn}`;
  const found = work.byKey.get(key);
  const document = found?.kind === "aws/resource-policy" && isObject(found.document) ? found.document : undefined;
  const others = asList(document?.["Statement"]).filter((each) => !isObject(each) || each["Sid"] !== part.id);
  const all = statement === undefined ? others : [...others, statement];
  const next = all.length === 0 ? null : { Version: "2012-10-17", ...document, Statement: all };
  const source = found?.source ?? part.source;
  work.byKey.set(key, { kind: "aws/resource-policy", arn: part.arn, account: part.account, document: next, source });
}

function setAccessPolicy(work: Work, part: PartOf<"access-policy">, isAdded: boolean): void {
  const key = `aws/eks-access-entry ${part.cluster} ${part.principal}`;
  const found = work.byKey.get(key);
  if (found?.kind !== "aws/eks-access-entry") {
    const what = `access policy of ${part.principal}`;
    if (isAdded) work.gap(gapOf("aws/eks-access", part.cluster, what, "the access entry it belongs to is in no file", part.source));
    return;
  }
  const others = found.policies.filter(({ arn }) => arn !== part.policy.arn);
  const policies: AwsEksAccessEntry["policies"] = isAdded ? [...others, part.policy] : others;
  work.byKey.set(key, { ...found, policies });
}

/** Policies that pieces attach and no file tells. Those of AWS's own the analysis knows, or says that it does not. */
function missingDocuments(work: Work, added: readonly TerraformPart[]): readonly Gap[] {
  const asked = new Map<string, TerraformPart["source"]>();
  for (const part of added) {
    if (part.part === "attached") asked.set(part.policy, part.source);
    const boundary = part.part === "principal" && part.principal.kind !== "aws/group" ? part.principal.boundary : undefined;
    if (boundary !== undefined && !boundary.includes("#")) asked.set(boundary, part.source);
  }
  return [...asked]
    .filter(([arn]) => !work.byKey.has(`aws/managed-policy ${arn}`) && accountOfArn(arn) !== undefined)
    .map(([arn, source]) =>
      gapOf("aws/managed-policy", arn, `managed policy ${arn}`, "it is attached, and its document is in no file", source),
    );
}
