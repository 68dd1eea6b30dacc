// Rules: privilege escalation between identities of one account, by changing trust, keys or policies, or by passing a role to a service.
import { fact } from "../../model/rule.ts";
import { givesPolicy, type Administrators } from "./administer.ts";
import { ask, both, caller, either, isCertain } from "./ask.ts";
import { targetOf } from "./assume-role.ts";
import { fixed } from "./condition.ts";
import type { Emission } from "./emission.ts";
import { rootOf, type AwsEstate, type Identity, type Role } from "./estate.ts";
import { IMPLICIT_DENY, type Decision } from "./evaluate.ts";

/** An administrator for certain has all of this through the account, so only others are asked. */
export function escalationRules(aws: AwsEstate, administrators: Administrators, out: Emission): void {
  const byAccount = Map.groupBy(aws.identities, (identity) => identity.account);
  for (const who of aws.identities) {
    if (who.serviceLinked || administrators.has(who)) continue;
    const mates = byAccount.get(who.account) ?? [];
    takeOverRules(aws, who, mates, out);
    policyRules(aws, who, mates, out);
    passRoleRules(aws, who, mates, out);
  }
}

const TAKE_OVER = {
  role: ["iam:updateassumerolepolicy"],
  user: ["iam:createaccesskey", "iam:createloginprofile", "iam:updateloginprofile"],
} as const;

/** Whoever writes a role's trust, or makes a key for a user, can be it. */
function takeOverRules(aws: AwsEstate, who: Identity, mates: readonly Identity[], out: Emission): void {
  for (const type of ["role", "user"] as const) {
    const actions = TAKE_OVER[type].filter((action) => who.index.forAction(action).allows.length > 0);
    if (actions.length === 0) continue;
    for (const to of mates) {
      if (to.type !== type || to === who || to.serviceLinked) continue;
      const decision = actions.map((action) => ask(aws, who, action, onIam(to))).reduce(either, IMPLICIT_DENY);
      out.decided(decision, {
        family: "aws/write-policy",
        needs: [fact("act-as", who.arn)],
        gives: fact("control", to.arn),
        how:
          type === "role"
            ? `${who.label} can rewrite the trust policy of ${to.label}`
            : `${who.label} can make credentials for ${to.label}`,
      });
    }
  }
}

const onIam = (to: Identity) => ({ arn: to.arn, account: to.account, tags: to.tags });

/**
 * Whoever can give another identity a policy changes what it is (write), and with that identity in hand has the account, unless the
 * identity's boundary holds.
 */
function policyRules(aws: AwsEstate, who: Identity, mates: readonly Identity[], out: Emission): void {
  for (const to of mates) {
    if (to === who || to.serviceLinked) continue;
    const decision = givesPolicy(aws, who, to);
    if (decision === IMPLICIT_DENY) continue;
    const how = `${who.label} can give ${to.label} any policy`;
    out.decided(decision, { family: "aws/write-policy", needs: [fact("act-as", who.arn)], gives: fact("write", to.arn), how });
    const unbound = to.boundary === undefined ? decision : both(decision, removesBoundary(aws, who, to));
    const needs = [fact("act-as", who.arn), fact("act-as", to.arn)];
    out.decided(unbound, { family: "aws/administer", needs, gives: fact("control", rootOf(to.account)), how });
  }
}

const removesBoundary = (aws: AwsEstate, who: Identity, to: Identity): Decision =>
  ask(aws, who, to.type === "role" ? "iam:deleterolepermissionsboundary" : "iam:deleteuserpermissionsboundary", onIam(to));

interface Service {
  readonly principal: string;
  readonly what: string;
  /** All of each list; any list. */
  readonly ways: readonly (readonly string[])[];
}

/** Services that run what the caller gives them as the role the caller passes (IAM User Guide, "Grant a user permissions to pass a role"). */
const SERVICES: readonly Service[] = [
  {
    principal: "lambda.amazonaws.com",
    what: "a function",
    ways: [
      ["lambda:createfunction", "lambda:invokefunction"],
      ["lambda:createfunction", "lambda:createeventsourcemapping"],
      ["lambda:createfunction", "lambda:createfunctionurlconfig"],
      ["lambda:createfunction", "lambda:addpermission"],
    ],
  },
  {
    principal: "ec2.amazonaws.com",
    what: "an instance",
    ways: [["ec2:runinstances"], ["ec2:associateiaminstanceprofile"], ["ec2:replaceiaminstanceprofileassociation"]],
  },
  {
    principal: "ecs-tasks.amazonaws.com",
    what: "a task",
    ways: [
      ["ecs:registertaskdefinition", "ecs:runtask"],
      ["ecs:registertaskdefinition", "ecs:starttask"],
      ["ecs:registertaskdefinition", "ecs:createservice"],
      ["ecs:registertaskdefinition", "ecs:updateservice"],
    ],
  },
  { principal: "cloudformation.amazonaws.com", what: "a stack", ways: [["cloudformation:createstack"], ["cloudformation:updatestack"]] },
  {
    principal: "codebuild.amazonaws.com",
    what: "a build",
    ways: [
      ["codebuild:createproject", "codebuild:startbuild"],
      ["codebuild:updateproject", "codebuild:startbuild"],
    ],
  },
  {
    principal: "glue.amazonaws.com",
    what: "a Glue job",
    ways: [["glue:createdevendpoint"], ["glue:createjob", "glue:startjobrun"], ["glue:updatejob", "glue:startjobrun"]],
  },
  {
    principal: "sagemaker.amazonaws.com",
    what: "a SageMaker job",
    ways: [["sagemaker:createnotebookinstance"], ["sagemaker:createtrainingjob"], ["sagemaker:createprocessingjob"]],
  },
  {
    principal: "datapipeline.amazonaws.com",
    what: "a data pipeline",
    ways: [["datapipeline:createpipeline", "datapipeline:putpipelinedefinition", "datapipeline:activatepipeline"]],
  },
  {
    principal: "states.amazonaws.com",
    what: "a state machine",
    ways: [["states:createstatemachine", "states:startexecution"], ["states:updatestatemachine"]],
  },
];

/** Passing a role needs iam:PassRole on it, the service's own actions, and a trust in the service. */
function passRoleRules(aws: AwsEstate, who: Identity, mates: readonly Identity[], out: Emission): void {
  if (who.index.forAction("iam:passrole").allows.length === 0) return;
  const running = SERVICES.map((service) => ({ service, decision: canRun(aws, who, service) })).filter(
    ({ decision }) => decision !== IMPLICIT_DENY,
  );
  if (running.length === 0) return;
  for (const to of mates) {
    if (to.type !== "role" || to === who || to.serviceLinked) continue;
    const role = to as Role;
    let best: Decision = IMPLICIT_DENY;
    let through = "";
    for (const { service, decision } of running) {
      const extra = { "iam:passedtoservice": fixed(service.principal) };
      const trusted = ask(aws, caller("service", service.principal, role.account), "sts:assumerole", targetOf(role));
      if (trusted === IMPLICIT_DENY) continue;
      const all = both(both(ask(aws, who, "iam:passrole", onIam(role), extra), decision), trusted);
      if (either(best, all) !== best) [best, through] = [all, service.what];
      if (isCertain(best)) break;
    }
    out.decided(best, {
      family: "aws/pass-role",
      needs: [fact("act-as", who.arn)],
      gives: fact("act-as", role.arn),
      how: `${who.label} can pass ${role.label} to ${through} that it starts`,
    });
  }
}

function canRun(aws: AwsEstate, who: Identity, service: Service): Decision {
  let best: Decision = IMPLICIT_DENY;
  for (const actions of service.ways) {
    if (!actions.every((action) => who.index.forAction(action).allows.length > 0)) continue;
    const decisions = actions.map((action) =>
      ask(aws, who, action, { arn: `arn:aws:${action.slice(0, action.indexOf(":"))}:*:${who.account}:*`, account: who.account }),
    );
    best = either(best, decisions.reduce(both));
    if (isCertain(best)) break;
  }
  return best;
}
