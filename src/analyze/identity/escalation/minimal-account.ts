// Test support: for each path of the table, the smallest account in which it is open, and the same account with one prerequisite taken away.
import type { JsonObject } from "../../../lib/json.ts";
import { RUNS_AS_ROLE } from "../actions.ts";
import type { EstateCase } from "../case-estate.ts";

/** A published path: which actions it takes, and what must be there. */
export interface EscalationPath {
  readonly id: string;
  readonly actions: readonly string[];
  /** `pass`: a role is passed to a service. `existing`: something runs as a role already. `own`: one raises oneself. `other`: by way of another identity. */
  readonly kind: "pass" | "existing" | "own" | "other";
  /** Our rule families, in the order in which they are walked. */
  readonly rule: readonly string[];
  readonly service?: string;
  /** The role is passed in an instance profile. */
  readonly profile?: boolean;
  /** The role that is passed assumes the one that administers. */
  readonly chain?: boolean;
  readonly resource?: string;
  readonly type?: string;
  readonly who?: "role" | "user";
  readonly on?: "self" | "policy" | "group" | "admins";
  readonly target?: "role" | "user";
  /** The target administers already. */
  readonly admin?: boolean;
  readonly trusts?: boolean;
  /** The target has a customer managed policy. */
  readonly policy?: boolean;
  /** Actions without which we report the path all the same, and why. */
  readonly spare?: Readonly<Record<string, string>>;
}

export const ACCOUNT = "111122223333";
const iam = (name: string): string => `arn:aws:iam::${ACCOUNT}:${name}`;
const ALL: JsonObject[] = [{ Effect: "Allow", Action: "*", Resource: "*" }];
const NONE: JsonObject[] = [{ Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" }];
const trustIn = (principal: JsonObject): JsonObject[] => [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }];

/** What is taken away; absent: nothing. */
export interface Without {
  readonly what: string;
  readonly action?: string;
  readonly part?: "trust" | "service" | "target" | "role" | "profile" | "administrator" | "membership" | "attachment" | "chain";
  readonly limit?: "control policy" | "boundary";
}

export const startOf = (path: EscalationPath): string => iam(`${path.who ?? "role"}/start`);

/** Everything that the path needs, one at a time. */
export function prerequisites(path: EscalationPath): readonly Without[] {
  const needed = path.actions.filter((action) => path.spare?.[action] === undefined);
  const found: Without[] = needed.map((action) => ({ what: action, action }));
  const part = (what: string, name: NonNullable<Without["part"]>): void => void found.push({ what, part: name });
  if (path.kind === "pass") {
    part("the role's trust in the service", "trust");
    part("leave to pass it to this service (iam:PassedToService)", "service");
    part("leave to pass this role", "target");
  }
  if (path.profile) part("an instance profile with the role", "profile");
  if (path.chain) part("the trust of the role that administers", "chain");
  if (path.kind === "existing") {
    part("a role on it", "role");
    part("leave on this resource", "target");
  }
  if (path.kind === "own") part("leave on what it raises itself by", "target");
  if (path.on === "group") part("membership of the group", "membership");
  if (path.on === "policy" || path.policy) part("the attachment of the policy", "attachment");
  if (path.trusts) part("the target's trust", "trust");
  if (path.kind === "pass" || path.kind === "existing" || path.admin || path.on === "admins")
    part("a target that administers", "administrator");
  if (needed.length > 0) {
    found.push({ what: "a control policy that leaves it", action: needed[0] as string, limit: "control policy" });
    found.push({ what: "a boundary that leaves it", action: needed[0] as string, limit: "boundary" });
  }
  return found;
}

export function minimalAccount(path: EscalationPath, without: Without = { what: "nothing" }): EstateCase {
  const actions = path.actions.filter((action) => without.limit !== undefined || action !== without.action);
  const boundary = without.limit === "boundary" ? { boundary: iam("policy/boundary") } : {};
  const policy = actions.map((action) => allowed(path, action, without));
  const start = { arn: startOf(path), policy: policy.length > 0 ? policy : NONE, ...boundary };
  const own = ownParts(path, without);
  const isUser = path.who === "user";
  return {
    management: "333333333333",
    members: { [ACCOUNT]: ["r-acme"], "333333333333": ["r-acme"] },
    control: [
      { id: "p-FullAWSAccess", on: ["r-acme", ACCOUNT] },
      ...(without.limit === "control policy"
        ? [{ id: "p-deny", on: ["r-acme"], policy: [{ Effect: "Deny", Action: without.action as string, Resource: "*" }] }]
        : []),
    ],
    policies: {
      [iam("policy/boundary")]: [{ Effect: "Allow", NotAction: without.action ?? "s3:ListAllMyBuckets", Resource: "*" }],
      [iam("policy/own")]: NONE,
    },
    roles: [
      ...(isUser ? [] : [{ ...start, trust: trustIn({ Service: "ec2.amazonaws.com" }), managed: own.managed }]),
      // Shows that instance profiles were read.
      {
        arn: iam("role/bystander"),
        trust: trustIn({ Service: "ssm.amazonaws.com" }),
        policy: NONE,
        profiles: [iam("instance-profile/bystander")],
      },
      ...rolesOf(path, without),
    ],
    users: [
      ...(isUser ? [{ ...start, groups: own.groups }] : []),
      ...(path.target === "user" ? [{ arn: iam("user/target"), policy: administrates(path, without) ? ALL : NONE }] : []),
    ],
    groups: [{ arn: iam("group/own"), policy: path.on === "admins" && without.part !== "administrator" ? ALL : NONE }],
    resources: resourcesOf(path, without),
  };
}

const administrates = (path: EscalationPath, without: Without): boolean =>
  (path.admin === true || path.kind === "pass" || path.kind === "existing") && without.part !== "administrator";

function ownParts(path: EscalationPath, without: Without): { readonly groups: readonly string[]; readonly managed: readonly string[] } {
  return {
    groups: path.on === "group" && without.part !== "membership" ? ["own"] : [],
    managed: path.on === "policy" && without.part !== "attachment" ? [iam("policy/own")] : [],
  };
}

function allowed(path: EscalationPath, action: string, without: Without): JsonObject {
  const elsewhere = without.part === "target";
  const statement = (resource: string, condition?: JsonObject): JsonObject => ({
    Effect: "Allow",
    Action: action,
    Resource: resource,
    ...(condition && { Condition: condition }),
  });
  if (action === "iam:PassRole") {
    const other = { StringEquals: { "iam:PassedToService": "ssm.amazonaws.com" } };
    return statement(elsewhere ? iam("role/bystander") : iam("role/target"), without.part === "service" ? other : undefined);
  }
  if (action === "iam:CreatePolicyVersion") return statement(elsewhere ? iam("policy/boundary") : iam("policy/own"));
  if (path.kind === "other") return statement(iam(`${path.target}/target`));
  if (path.kind === "own") {
    const on = { self: startOf(path), policy: iam("policy/own"), group: iam("group/own"), admins: iam("group/own") }[path.on ?? "self"];
    return statement(elsewhere ? `${on}-other` : on);
  }
  if (path.kind === "existing" && elsewhere) return statement(`${path.resource}-other`);
  return statement("*");
}

function rolesOf(path: EscalationPath, without: Without): NonNullable<EstateCase["roles"]> {
  if (path.target === "user" || path.kind === "own") return [];
  const trusted: JsonObject =
    path.kind === "other"
      ? path.trusts && without.part !== "trust"
        ? { AWS: ACCOUNT }
        : { Service: "ssm.amazonaws.com" }
      : { Service: without.part === "trust" ? "ssm.amazonaws.com" : (path.service as string) };
  const hops: JsonObject[] = [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: iam("role/execution") }];
  const target = {
    arn: iam("role/target"),
    trust: trustIn(trusted),
    policy: path.chain ? hops : administrates(path, without) ? ALL : NONE,
    profiles: path.profile && without.part !== "profile" ? [iam("instance-profile/target")] : [],
    managed: path.policy && without.part !== "attachment" ? [iam("policy/own")] : [],
  };
  if (!path.chain) return [target];
  const truster: JsonObject = without.part === "chain" ? { Service: "ssm.amazonaws.com" } : { AWS: target.arn };
  return [target, { arn: iam("role/execution"), trust: trustIn(truster), policy: without.part === "administrator" ? NONE : ALL }];
}

/** Things without a role, which show that such things were listed. */
const SEEN: NonNullable<EstateCase["resources"]> = Object.keys(RUNS_AS_ROLE).map((key) => {
  const [service, type] = key.split(":");
  return { arn: `arn:aws:${service}:eu-west-1:${ACCOUNT}:${type}/bystander`, type: type as "stack" };
});

function resourcesOf(path: EscalationPath, without: Without): NonNullable<EstateCase["resources"]> {
  if (path.resource === undefined) return SEEN;
  const role = without.part === "role" ? {} : { role: iam("role/target") };
  return [{ arn: path.resource, type: path.type as "stack", ...role }];
}

/** The row of docs/iam-escalation.md. */
export function documented(path: EscalationPath): string {
  const spare = Object.entries(path.spare ?? {}).map(([action, why]) => `${action}: ${why}`);
  const rules = path.rule.map((family) => `\`${family}\``).join(", ");
  return `| ${path.id} | ${path.actions.join(" + ")} | ${rules} | ${prerequisites(path).length} | ${spare.join("; ")} |`;
}
