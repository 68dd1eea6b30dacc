// What exists in AWS: accounts, organization, identities, resources and the guards that hold rules back.
import type { Entity, EntityKind } from "../../model/entity.ts";
import type { EntitySink } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import type { PlaneInput } from "../plane.ts";
import { awsEstate, rootOf, type AwsEstate, type ResourceObservation } from "./estate.ts";
import { guardOf, type AttachedPolicy } from "./evaluate.ts";
import { unlistedOf } from "./gaps.ts";
import { directoryId, groupId, userId } from "./identity-center.ts";
import { doorId, unreadId } from "./names.ts";

export function entities(input: PlaneInput, sink: EntitySink): void {
  const aws = awsEstate(input);
  accounts(aws, sink);
  identities(aws, sink);
  resources(aws, sink);
  guards(aws, sink);
  directories(aws, sink);
  for (const [index, door] of input.charter.doors.entries()) {
    if (door.kind !== "break-glass") continue;
    const source = { file: "bulkhead.yaml", pointer: `/doors/${index}` };
    sink.entity({ id: doorId(door.name), kind: "guard", label: `break-glass ${door.name}`, place: {}, source });
  }
  for (const { account, subject, what, source } of unlistedOf(input.gaps)) {
    sink.entity({ id: unreadId(account, subject), kind: "resource", label: what, place: { awsAccount: account }, source });
  }
}

function accounts(aws: AwsEstate, sink: EntitySink): void {
  const names = new Map(aws.observations("aws/account").map((account) => [account.account, account.name]));
  for (const account of aws.accounts) {
    const name = names.get(account);
    const label = name === undefined ? `account ${account}` : `account ${account} (${name})`;
    sink.entity({
      id: rootOf(account),
      kind: "cloud-account",
      label,
      place: { awsAccount: account },
      source: aws.sourceOfAccount(account),
    });
  }
  for (const { id, managementAccount, source } of aws.observations("aws/organization")) {
    const arn = `arn:aws:organizations::${managementAccount}:organization/${id}`;
    sink.entity({ id: arn, kind: "resource", label: `organization ${id}`, place: { awsAccount: managementAccount }, source });
  }
}

function identities(aws: AwsEstate, sink: EntitySink): void {
  for (const { arn, label, account, tags, isPerson, peopleOnly, source } of aws.identities) {
    sink.entity({
      id: arn,
      kind: isPerson ? "account" : "principal",
      label,
      place: { awsAccount: account },
      labels: tags,
      source,
      ...(peopleOnly && { usedByPeopleOnly: true }),
    });
  }
}

const KINDS: Readonly<Record<ResourceObservation["type"], EntityKind>> = {
  bucket: "data-store",
  key: "resource",
  secret: "secret",
  parameter: "secret",
  queue: "data-store",
  topic: "data-store",
  database: "data-store",
  repository: "image",
  function: "workload",
  instance: "workload",
  volume: "data-store",
  snapshot: "data-store",
  "machine-image": "data-store",
  shared: "resource",
  cluster: "resource",
  stack: "workload",
  "stack-set": "workload",
  "build-project": "workload",
  notebook: "workload",
  "dev-endpoint": "workload",
  "app-service": "workload",
  "code-interpreter": "workload",
  "launch-template": "workload",
};

function resources(aws: AwsEstate, sink: EntitySink): void {
  for (const resource of aws.resources) {
    const host = resource.endpoint === undefined ? {} : { host: resource.endpoint };
    sink.entity({
      id: resource.arn,
      kind: KINDS[resource.type],
      label: `${resource.type}/${resource.name}`,
      place: { awsAccount: resource.account, ...host },
      labels: resource.tags,
      source: resource.source,
    });
  }
  for (const { arn, account, name, source } of aws.observations("aws/eks-cluster")) {
    sink.entity({ id: arn, kind: "resource", label: `EKS cluster ${name}`, place: { awsAccount: account }, source });
  }
}

/** Accounts of people, and what groups them: neither source nor target, and in the hands of whoever administers the account that owns the instance. */
function directories(aws: AwsEstate, sink: EntitySink): void {
  const owner = new Map(
    aws.observations("aws/identity-center").map(({ store, account }) => [store, account ?? aws.organization.managementAccount]),
  );
  const one = (id: string, label: string, store: string, source: Source): void => {
    const account = owner.get(store);
    sink.entity({ id, kind: "account", label, place: account === undefined ? {} : { awsAccount: account }, source });
  };
  for (const { store, source } of aws.observations("aws/identity-center")) one(directoryId(store), `directory ${store}`, store, source);
  for (const { id, userName, store, source } of aws.observations("aws/identity-center-user")) one(userId(id), userName, store, source);
  for (const { id, name, store, source } of aws.observations("aws/identity-center-group")) one(groupId(id), `group ${name}`, store, source);
}

function guards(aws: AwsEstate, sink: EntitySink): void {
  const management = aws.organization.managementAccount;
  for (const policy of aws.organization.policies) {
    sink.entity({
      id: policy.owner,
      kind: "guard",
      label: policy.label,
      place: management === undefined ? {} : { awsAccount: management },
      source: policy.source,
    });
  }
  for (const identity of aws.identities) {
    const place = { awsAccount: identity.account };
    if (identity.boundary !== undefined) {
      sink.entity({
        id: `${identity.arn}#boundary`,
        kind: "guard",
        label: `permissions boundary of ${identity.label}`,
        place,
        source: identity.source,
      });
    }
    for (const policy of identity.index.policies) denials(policy, identity.account, sink);
  }
  for (const role of aws.roles) if (role.trust) denials(role.trust, role.account, sink);
  for (const resource of aws.resources) {
    const policy = aws.resourcePolicy(resource.arn);
    if (policy !== undefined && policy !== "unread") denials(policy, resource.account, sink);
  }
}

function denials(policy: AttachedPolicy, account: string, sink: EntitySink): void {
  for (const statement of policy.compiled.statements) {
    if (statement.effect !== "Deny") continue;
    const { id, label } = guardOf({ policy, statement });
    const entity: Entity = { id, kind: "guard", label, place: { awsAccount: account }, source: policy.source };
    sink.entity(entity);
  }
}
