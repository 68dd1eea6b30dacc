// Rules: what is replicated or copied elsewhere is read where the copy is, and written from where it comes.
import { isAccount } from "../../model/aws/arn.ts";
import { fact, grant, type Fact, type Grant } from "../../model/rule.ts";
import type { ObservationOf } from "../../model/observation.ts";
import { ask, both } from "./ask.ts";
import type { Emission, Parts } from "./emission.ts";
import { rootOf, type AwsEstate, type ResourceObservation } from "./estate.ts";
import { IMPLICIT_DENY, type Decision } from "./evaluate.ts";
import { nameOfArn } from "./names.ts";
import { actionsOf, holdsNoData, keyGrant, kindOfArn, receiverWords, shareGrant } from "./sharing-policies.ts";

type Copy = ObservationOf<"aws/copy">;

export function copyRules(aws: AwsEstate, out: Emission): void {
  const resources = new Map(aws.resources.map((resource) => [resource.arn, resource]));
  for (const copy of aws.observations("aws/copy")) {
    if (copy.by === "replication") replicated(aws, copy, resources, out);
    else if (resources.has(copy.from)) copied(copy, resources.get(copy.to), resources.get(copy.from) as ResourceObservation, out);
  }
  unknownShares(aws, out);
  grantsToOthers(aws, out);
}

const named = (resource: ResourceObservation | undefined, arn: string): string =>
  resource ? `${resource.type}/${resource.name}` : nameOfArn(arn);

/** A snapshot holds what the disk or database held, an image what its snapshots hold, whoever made it. */
function copied(copy: Copy, to: ResourceObservation | undefined, from: ResourceObservation, out: Emission): void {
  const [there, here] = [named(to, copy.to), named(from, copy.from)];
  out.rule({
    family: "aws/copied-data",
    needs: [fact("read", copy.to)],
    gives: fact("read", copy.from),
    certainty: "must",
    grants: [copyGrant(copy, `${there}, made of ${here}`, `delete ${there}, or make it of masked data`)],
    how: `${there} holds what ${here} held`,
    source: copy.source,
  });
}

const copyGrant = ({ from, to, by, prefix, source }: Copy, label: string, change: string): Grant =>
  grant(from, { copiedTo: to, by, ...(prefix !== undefined && { prefix }) }, { label, change, source });

/**
 * S3 carries objects with the leave of the rule's role, on both sides (S3 User Guide, "Setting up permissions for live replication"). Objects that KMS
 * encrypts are carried only when the rule says so, and are then encrypted with the rule's key at the destination ("Replicating encrypted objects").
 */
function replicated(aws: AwsEstate, copy: Copy, resources: ReadonlyMap<string, ResourceObservation>, out: Emission): void {
  const [from, to] = [resources.get(copy.from), resources.get(copy.to)];
  if (!from) return;
  const decision = carried(aws, copy, from, to);
  if (decision === IMPLICIT_DENY) return;
  const [here, there] = [named(from, copy.from), named(to, copy.to)];
  const label = `replication of ${here} to ${there}`;
  const grants = [copyGrant(copy, label, `remove the ${label}`)];
  const how = `${here} is replicated to ${there}`;
  const parts = { family: "aws/replicated-data", grants, how, source: copy.source, place: copy.source };
  // The rule itself comes first: it is what the finding is named after.
  const emit = (needs: readonly Fact[], gives: Fact, unless: readonly string[]): void =>
    decided(out, decision, { ...parts, needs, gives, unless });
  const encrypted = from.kmsKey !== undefined || from.keyUnread === true;
  const unless: string[] = encrypted && copy.encryptedToo !== true ? [`of what KMS does not encrypt in ${here}`] : [];
  const key = copy.key !== undefined && resources.has(copy.key) ? [fact("read", copy.key)] : [];
  if (copy.key !== undefined && key.length === 0) unless.push(`if the key ${nameOfArn(copy.key)}, which was not listed, lets it`);
  if (to) {
    emit([fact("read", copy.to), ...key], fact("read", copy.from), unless);
    decided(out, decision, {
      ...parts,
      family: "aws/replicated-writes",
      needs: [fact("write", copy.from)],
      gives: fact("write", copy.to),
      unless: [],
    });
  } else emit([], fact("read", copy.from), [...unless, `if ${there}, which was not read, lets anyone read it`]);
}

/** Grants of policies follow the replication rule: without the rule they carry nothing. */
function decided(out: Emission, decision: Decision, parts: Parts & { readonly grants: readonly Grant[] }): void {
  const { grants, ...rest } = parts;
  if (decision.outcome === "denied") return out.decided(decision, parts);
  const residual = decision.outcome === "unknown" ? [decision.missing] : decision.residual;
  const because = [...residual, ...(rest.unless ?? [])];
  out.rule({
    family: rest.family,
    needs: rest.needs,
    gives: rest.gives,
    certainty: because.length === 0 ? "must" : "may",
    ...(because.length > 0 && { because: because.join("; ") }),
    grants,
    how: rest.how,
    source: rest.source ?? { file: "" },
  });
}

function carried(aws: AwsEstate, copy: Copy, from: ResourceObservation, to: ResourceObservation | undefined): Decision {
  const role = copy.role === undefined ? undefined : aws.byArn.get(copy.role);
  if (!role) return { outcome: "unknown", missing: `${copy.role ?? "the role"} that replicates was not read` };
  const part = `/${copy.prefix ?? ""}*`;
  const onto = (resource: Pick<ResourceObservation, "arn" | "account">) => ({
    arn: resource.arn,
    account: resource.account,
    policy: aws.resourcePolicy(resource.arn),
  });
  const reads = ask(aws, role, "s3:getobjectversionforreplication", onto(from), undefined, from.arn + part);
  // Of a bucket that nobody read only its own files could say whether it takes what is sent.
  if (!to) return both(reads, { outcome: "allowed-if", by: [], residual: [`if ${nameOfArn(copy.to)} takes it`] });
  return both(reads, ask(aws, role, "s3:replicateobject", onto(to), undefined, to.arn + part));
}

/** What AWS RAM shares and no table says what for: the receiving account may come to read it. */
function unknownShares(aws: AwsEstate, out: Emission): void {
  for (const share of aws.observations("aws/share")) {
    if (actionsOf(share).length > 0 || holdsNoData(share.arn)) continue;
    const kind = kindOfArn(share.arn);
    const account = isAccount(share.with) ? share.with : undefined;
    out.rule({
      family: "aws/shared-data",
      needs: account === undefined ? [] : [fact("control", rootOf(account))],
      gives: fact("read", share.arn),
      certainty: "may",
      because: `what sharing ${kind} lets others do is not known`,
      grants: [shareGrant(share)],
      how: `${nameOfArn(share.arn)} is shared with ${receiverWords(share.with)}`,
      source: share.source,
    });
  }
}

/**
 * Using a key across accounts takes leave on both sides (KMS Developer Guide, "Allowing users in other accounts to use a KMS key"). Whether a grant to a
 * principal of another account needs that account's leave too is not documented, so without it the grantee may have the key.
 */
function grantsToOthers(aws: AwsEstate, out: Emission): void {
  const keys = new Map(aws.resources.filter(({ type }) => type === "key").map((key) => [key.arn, key]));
  for (const given of aws.observations("aws/key-grant")) {
    const who = aws.byArn.get(given.grantee);
    const key = keys.get(given.key);
    if (!who || !key || who.account === key.account || !given.operations.includes("Decrypt")) continue;
    out.rule({
      family: "aws/key-grant",
      needs: [fact("act-as", who.arn)],
      gives: fact("read", key.arn),
      certainty: "may",
      because: "if a grant to a principal of another account needs no policy of its own there",
      grants: [keyGrant(given)],
      how: `${who.label} of account ${who.account} has ${keyGrant(given).label}`,
      source: given.source,
    });
  }
}
