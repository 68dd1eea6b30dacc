// Identities from the smaller calls: one role, one policy version, one attachment list a file. Each gives a piece; join-identity.ts fits them.
import { z } from "zod";
import type { AwsPart, AwsPrincipalName } from "../../model/observations/aws.ts";
import { inside, type Source } from "../../model/source.ts";
import { accountOfArn, isAccount, partitionOf } from "../../model/aws/arn.ts";
import { attachments, groupOf, observeManagedPolicy, roleOf, userOf } from "./map-identity.ts";
import { DocumentWithArn, Group, ManagedPolicySummary, OidcProvider, OidcProviderEntry, PolicyVersion, Role, User } from "./schema.ts";
import { argumentOf, eachItem, has, listOf, parseItem, policyOrGap, type Reading, type Shape } from "./shape.ts";
import { isObject } from "../../lib/json.ts";

type Type = AwsPrincipalName["type"];

const accountSubject = (reading: Reading): string => reading.account ?? reading.file.path;

const unseen = (reading: Reading, what: string) =>
  ({ topic: "aws/authorization-details", subject: accountSubject(reading), what }) as const;

const SCHEMAS = { role: Role, user: User, group: Group } as const;

function observePrincipal(reading: Reading, type: Type, value: unknown, source: Source): void {
  const gap = unseen(reading, `a ${type}`);
  const principal =
    type === "role"
      ? mapped(parseItem(reading, Role, value, source, gap), (item) => roleOf(reading, item, source))
      : type === "user"
        ? mapped(parseItem(reading, User, value, source, gap), (item) => userOf(reading, item, source))
        : mapped(parseItem(reading, Group, value, source, gap), (item) => groupOf(reading, item, source));
  if (principal) reading.observe({ kind: "aws/part", part: "principal", principal, source });
}

const mapped = <T, R>(value: T | undefined, then: (value: T) => R): R | undefined => (value === undefined ? undefined : then(value));

/** Whom a call about one principal is about: account from the scope, name from the document or the call. */
function nameOf(reading: Reading, type: Type, name: string | undefined, what: string): AwsPrincipalName | undefined {
  const known = name ?? argumentOf(reading, `${type}-name`);
  if (known !== undefined && reading.account !== undefined) return { account: reading.account, type, name: known };
  const missing = known === undefined ? `which ${type} it is about: keep the call in a manifest` : "its account: give the input a scope";
  reading.gap("aws/scope", reading.file.path, what, `the file does not say ${missing}`);
  return undefined;
}

function inlinePolicy(type: Type): Shape {
  const key = `${type[0]?.toUpperCase()}${type.slice(1)}Name`;
  const Answer = z.object({ [key]: z.string(), PolicyName: z.string(), PolicyDocument: z.unknown() });
  return {
    name: `iam get-${type}-policy`,
    service: "iam",
    operations: [`get-${type}-policy`],
    is: (document) => has(document, key, "PolicyName", "PolicyDocument"),
    topic: "aws/authorization-details",
    subject: accountSubject,
    map(reading) {
      const item = parseItem(reading, Answer, reading.document, reading.source, unseen(reading, `an inline policy of a ${type}`));
      const of = item && nameOf(reading, type, item[key] as string, "an inline policy");
      if (!item || !of) return;
      const name = item["PolicyName"] as string;
      const source = inside(reading.source, "PolicyDocument");
      const subject = `arn:aws:iam::${of.account}:${type}/${of.name}`;
      const gap = { topic: "aws/principal-policy", subject, what: `inline policy ${name} of ${type} ${of.name}` } as const;
      const document = policyOrGap(reading, item["PolicyDocument"], source, "identity", gap);
      // Refused or not, the policy was read: the join must not call it missing as well.
      reading.observe({ kind: "aws/part", part: "inline-policy", of, policy: { name, document: document ?? null, source }, source });
    },
  };
}

function listed(
  type: Type,
  noun: string,
  key: string,
  operation: string,
  piece: (reading: Reading, of: AwsPrincipalName) => AwsPart | undefined,
): Shape {
  return {
    name: `iam ${operation}`,
    service: "iam",
    operations: [operation],
    is: (document) =>
      Array.isArray(document[key]) && Object.keys(document).every((member) => [key, "IsTruncated", "Marker"].includes(member)),
    topic: "aws/authorization-details",
    subject: accountSubject,
    map(reading) {
      const of = nameOf(reading, type, undefined, `${noun} of a ${type}`);
      if (!of) return;
      if (!Array.isArray(reading.document[key])) {
        const { topic, subject, what } = unseen(reading, `${noun} of ${type} ${of.name}`);
        return reading.gap(topic, subject, what, `${key} is missing or not a list; collect it again`);
      }
      const part = piece(reading, of);
      if (part) reading.observe(part);
    },
  };
}

const list = (reading: Reading, key: string): readonly unknown[] => reading.document[key] as unknown as readonly unknown[];

const piecesOf = (type: Type): readonly Shape[] => [
  listed(type, "attached policies", "AttachedPolicies", `list-attached-${type}-policies`, (reading, of) => ({
    kind: "aws/part",
    part: "attached-policies",
    of,
    managed: attachments(reading, list(reading, "AttachedPolicies"), `${type} ${of.name}`, inside(reading.source, "AttachedPolicies")),
    source: reading.source,
  })),
  listed(type, "inline policies", "PolicyNames", `list-${type}-policies`, (reading, of) => ({
    kind: "aws/part",
    part: "inline-policy-names",
    of,
    names: list(reading, "PolicyNames").map(String),
    source: reading.source,
  })),
  inlinePolicy(type),
  {
    name: `iam list-${type}s`,
    service: "iam",
    operations: [`list-${type}s`],
    is: (document) => listOf(document, PLURAL[type], "Arn", SINGULAR_NAME[type]),
    topic: "aws/authorization-details",
    subject: accountSubject,
    map: (reading) =>
      eachItem(reading, PLURAL[type], z.unknown(), unseen(reading, `a ${type}`), (item, source) =>
        observePrincipal(reading, type, item, source),
      ),
  },
];

const PLURAL = { role: "Roles", user: "Users", group: "Groups" } as const;
const SINGULAR_NAME = { role: "RoleName", user: "UserName", group: "GroupName" } as const;

function onePrincipal(type: "role" | "user"): Shape {
  const key = type === "role" ? "Role" : "User";
  return {
    name: `iam get-${type}`,
    service: "iam",
    operations: [`get-${type}`],
    is: (document) => isObject(document[key]) && has(document[key], "Arn", SINGULAR_NAME[type]),
    topic: "aws/authorization-details",
    subject: accountSubject,
    map: (reading) => observePrincipal(reading, type, reading.document[key], inside(reading.source, key)),
  };
}

const groupsOfUser = listed("user", "groups", "Groups", "list-groups-for-user", (reading, of) => {
  const groups: string[] = [];
  eachItem(reading, "Groups", SCHEMAS.group, unseen(reading, `a group of user ${of.name}`), (item) => groups.push(item.GroupName));
  return { kind: "aws/part", part: "groups", of, groups, source: reading.source };
});

// Names and default versions alone give nobody anything: what is attached, and the documents, come from the other calls.
const summaryOnly = (reading: Reading, value: unknown, source: Source): void =>
  void parseItem(reading, ManagedPolicySummary, value, source, unseen(reading, "a managed policy"));

// `get-policy-version` does not print the policy's ARN: the call does. Only the default version is in effect.
function mapPolicyVersion(reading: Reading): void {
  const source = inside(reading.source, "PolicyVersion");
  const arn = reading.call?.flags["policy-arn"] ?? reading.call?.argument;
  if (arn === undefined || !arn.startsWith("arn:")) {
    const why = "the file does not say which policy it is about: keep the call in a manifest";
    return reading.gap("aws/scope", reading.file.path, "a version of a managed policy", why);
  }
  const gap = { topic: "aws/managed-policy", subject: arn, what: `managed policy ${arn}` } as const;
  const item = parseItem(reading, PolicyVersion, reading.document["PolicyVersion"], source, gap);
  if (item?.IsDefaultVersion)
    observeManagedPolicy(reading, arn, arn.slice(arn.lastIndexOf("/") + 1), item.Document, inside(source, "Document"));
}

function mapProvider(reading: Reading): void {
  const given = reading.call?.flags["open-id-connect-provider-arn"] ?? reading.call?.argument;
  const gap = { topic: "aws/oidc-provider", subject: given ?? accountSubject(reading), what: "an identity provider" } as const;
  const item = parseItem(reading, OidcProvider, reading.document, reading.source, gap);
  if (!item) return;
  const url = item.Url.replace(/^https:\/\//, "");
  const account = (given !== undefined && accountOfArn(given)) || reading.account;
  if (!isAccount(account))
    return reading.gap("aws/scope", reading.file.path, `identity provider ${url}`, "its account is not known: give the input a scope");
  const arn = given?.startsWith("arn:") ? given : `arn:${partitionOf(reading.call?.flags["region"])}:iam::${account}:oidc-provider/${url}`;
  reading.observe({ kind: "aws/oidc-provider", arn, account, url, audiences: item.ClientIDList ?? [], source: reading.source });
}

/** A data set's record of a managed policy. Without an ARN (a withdrawn policy) it is a document that is bound to nobody. */
function mapRecord(reading: Reading): void {
  const source = inside(reading.source, "document");
  if (reading.document["arn"] === null) return validateUnbound(reading, reading.document["document"], source);
  const subject = String(reading.document["arn"]);
  const gap = { topic: "aws/managed-policy", subject, what: `managed policy ${subject}` } as const;
  const item = parseItem(reading, DocumentWithArn, reading.document, reading.source, gap);
  if (item) observeManagedPolicy(reading, item.arn, item.name ?? item.arn, item.document, source);
}

/** A policy bound to nobody has no effect; what is malformed is told, since somebody may think that it has one. */
function validateUnbound(reading: Reading, document: unknown, source: Source): void {
  policyOrGap(reading, document, source, "any", { topic: "aws/scope", subject: reading.file.path, what: "a policy document" });
}

export const identityPieceShapes: readonly Shape[] = [
  ...(["role", "user", "group"] as const).flatMap(piecesOf),
  groupsOfUser,
  onePrincipal("role"),
  onePrincipal("user"),
  {
    name: "iam get-policy-version",
    service: "iam",
    operations: ["get-policy-version"],
    is: (document) => isObject(document["PolicyVersion"]) && has(document["PolicyVersion"], "Document"),
    topic: "aws/authorization-details",
    subject: accountSubject,
    map: mapPolicyVersion,
  },
  {
    name: "iam get-policy",
    service: "iam",
    operations: ["get-policy"],
    is: (document) => isObject(document["Policy"]) && has(document["Policy"], "Arn", "DefaultVersionId"),
    topic: "aws/authorization-details",
    subject: accountSubject,
    map: (reading) => summaryOnly(reading, reading.document["Policy"], inside(reading.source, "Policy")),
  },
  {
    name: "iam list-policies",
    service: "iam",
    operations: ["list-policies"],
    is: (document) => listOf(document, "Policies", "Arn", "DefaultVersionId"),
    topic: "aws/authorization-details",
    subject: accountSubject,
    map: (reading) =>
      eachItem(reading, "Policies", z.unknown(), unseen(reading, "a managed policy"), (item, source) => summaryOnly(reading, item, source)),
  },
  {
    name: "iam list-open-id-connect-providers",
    service: "iam",
    operations: ["list-open-id-connect-providers"],
    is: (document) => Array.isArray(document["OpenIDConnectProviderList"]),
    topic: "aws/oidc-provider",
    subject: accountSubject,
    map: (reading) =>
      eachItem(
        reading,
        "OpenIDConnectProviderList",
        OidcProviderEntry,
        { topic: "aws/oidc-provider", subject: accountSubject(reading), what: "an identity provider" },
        (item, source) => reading.observe({ kind: "aws/part", part: "oidc-provider", arn: item.Arn, source }),
      ),
  },
  {
    name: "iam get-open-id-connect-provider",
    service: "iam",
    operations: ["get-open-id-connect-provider"],
    is: (document) => has(document, "Url", "ThumbprintList"),
    topic: "aws/oidc-provider",
    subject: accountSubject,
    map: mapProvider,
  },
  {
    name: "policy record",
    service: "iam",
    operations: [],
    is: (document) => "arn" in document && isObject(document["document"]) && has(document["document"], "Statement"),
    topic: "aws/managed-policy",
    subject: (reading) => String(reading.document["arn"] ?? reading.file.path),
    map: mapRecord,
  },
  {
    name: "policy document",
    service: "iam",
    operations: [],
    is: (document) => has(document, "Statement") && Object.keys(document).every((key) => ["Version", "Id", "Statement"].includes(key)),
    topic: "aws/scope",
    subject: (reading) => reading.file.path,
    map: (reading) => validateUnbound(reading, reading.document, reading.source),
  },
];
