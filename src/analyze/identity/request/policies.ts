// A request's policies, compiled and put where the evaluator takes them. What was not read stands in as allowing everything.
import type { Json } from "../../../lib/json.ts";
import type { AttachedPolicy, PolicyIndex } from "../evaluate.ts";
import { compilePolicy, type PolicyCache } from "../policy.ts";
import { indexPolicies } from "../policy-index.ts";
import type { Parties } from "./parties.ts";
import type { EvaluationRequest, Level, Policy } from "./schema.ts";

export interface Attached {
  readonly identity: PolicyIndex;
  readonly boundary: PolicyIndex | undefined;
  readonly session: PolicyIndex | undefined;
  readonly serviceControl: readonly PolicyIndex[];
  readonly resourceControl: readonly PolicyIndex[];
  readonly resource: AttachedPolicy | undefined;
  readonly key: AttachedPolicy | undefined;
  readonly endpoint: AttachedPolicy | undefined;
  /** Whose resource control policies were given. */
  readonly account: string;
  /** Targets of the service control levels, from the root down. */
  readonly levelNames: readonly string[];
  /**
   * What was not read, or does not keep to the policy grammar. Such a policy is asked as if it allowed everything: a denial then holds whatever
   * it says, and anything else rests on it.
   */
  readonly unread: readonly string[];
  readonly standIns: ReadonlySet<AttachedPolicy>;
}

const EVERYTHING = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
const EVERYONE = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }] };

const isNamed = (policy: Policy): policy is { name: string; document: Record<string, never> } =>
  policy !== "unread" && "document" in policy && !("Statement" in policy);

export function policiesOf({ policies }: EvaluationRequest, { organization, resource, caller }: Parties): Attached {
  const cache: PolicyCache = new Map();
  const unread: string[] = [];
  const standIns = new Set<AttachedPolicy>();
  const attach = (policy: Policy, kind: string, position: string, open: typeof EVERYTHING = EVERYTHING): AttachedPolicy => {
    const named = isNamed(policy) ? policy : undefined;
    const label = named?.name ?? position;
    const document = policy === "unread" ? undefined : (named?.document ?? policy);
    const compiled = document === undefined ? undefined : compilePolicy(document as Json, cache);
    const source = { file: "" };
    if (compiled && compiled.problems.length === 0) return { owner: kind, label, source, compiled };
    unread.push(compiled ? `${kind} ${label}: ${compiled.problems[0]}` : `${kind}${position === kind ? "" : ` ${position}`}`);
    const standIn = { owner: kind, label, source, compiled: compilePolicy(open, cache) };
    standIns.add(standIn);
    return standIn;
  };
  const list = (all: readonly Policy[] | undefined, kind: string): AttachedPolicy[] =>
    (all ?? []).map((policy, i) => attach(policy, kind, all?.length === 1 ? kind : `${i + 1}`));
  const levels = (all: readonly Level[] | undefined, kind: string): PolicyIndex[] =>
    (all ?? []).map(({ target, policies: own }) => indexPolicies(list(own, `${kind} of ${target}`)));
  const one = (policy: Policy | undefined, kind: string): AttachedPolicy | undefined =>
    policy === undefined ? undefined : attach(policy, kind, kind, EVERYONE);
  const groups = Object.entries(policies.groups ?? {}).flatMap(([name, own]) => list(own, `policy of group ${name}`));
  const exempt = caller.account === organization.managementAccount || caller.serviceLinked;
  const resourceExempt = resource.account === organization.managementAccount || caller.serviceLinked;
  return {
    identity: indexPolicies([...list(policies.identity, "identity policy"), ...groups]),
    boundary:
      policies.boundary === undefined
        ? undefined
        : indexPolicies([attach(policies.boundary, "permissions boundary", "permissions boundary")]),
    session: policies.session === undefined ? undefined : indexPolicies(list(policies.session, "session policy")),
    serviceControl: exempt ? [] : levels(policies.serviceControl, "service control policy"),
    resourceControl: resourceExempt ? [] : levels(policies.resourceControl, "resource control policy"),
    resource: one(policies.resource, "resource policy"),
    key: resource.key === undefined ? undefined : one(policies.key, "key policy"),
    endpoint: one(policies.endpoint, "VPC endpoint policy"),
    account: resource.account,
    levelNames: (policies.serviceControl ?? []).map(({ target }) => target),
    unread,
    standIns,
  };
}
