// Which actions read, write or take over which kind of resource, and which actions change anything at all.
import { globMatches } from "../../lib/glob.ts";
import type { Capability } from "../../model/rule.ts";

export interface Way {
  /** All of these together. */
  readonly actions: readonly string[];
  /** Asked on what is inside: the objects of a bucket. */
  readonly on?: string;
  /** Only from another account: what is restored or copied from a share lies in the account of who does it. */
  readonly fromOutside?: true;
}

export interface Effect {
  readonly family: "aws/read-data" | "aws/write-data" | "aws/write-policy";
  readonly gives: Capability;
  /** Verb of the sentence: `role/ci can read bucket/exports`. */
  readonly verb: string;
  /** Any one of these. */
  readonly ways: readonly Way[];
}

const way = (on: string, ...actions: readonly string[]): Way => ({ actions, on });

/** Each action alone suffices. */
const any = (...actions: readonly string[]): readonly Way[] => actions.map((action) => ({ actions: [action] }));

const outside = (...actions: readonly string[]): readonly Way[] => actions.map((action) => ({ actions: [action], fromOutside: true }));

const read = (ways: readonly Way[]): Effect => ({ family: "aws/read-data", gives: "read", verb: "read", ways });
const write = (ways: readonly Way[]): Effect => ({ family: "aws/write-data", gives: "write", verb: "write", ways });
const takeOver = (ways: readonly Way[], verb = "change the policy of"): Effect => ({
  family: "aws/write-policy",
  gives: "control",
  verb,
  ways,
});

/**
 * By `service:type`. Actions as the Service Authorization Reference lists them for each resource type. Who may change a resource's policy,
 * or its code, controls it.
 */
export const EFFECTS: Readonly<Record<string, readonly Effect[]>> = {
  "s3:bucket": [
    takeOver(any("s3:putbucketpolicy", "s3:putbucketacl")),
    write([
      ...["s3:putobject", "s3:deleteobject", "s3:deleteobjectversion"].map((action) => way("/*", action)),
      ...any("s3:deletebucket", "s3:putlifecycleconfiguration"),
    ]),
    read([...["s3:getobject", "s3:getobjectversion"].map((action) => way("/*", action)), ...any("s3:putreplicationconfiguration")]),
  ],
  "kms:key": [
    takeOver(any("kms:putkeypolicy")),
    write(any("kms:schedulekeydeletion", "kms:disablekey", "kms:deleteimportedkeymaterial")),
    read(any("kms:decrypt", "kms:creategrant")),
  ],
  "secretsmanager:secret": [
    takeOver(any("secretsmanager:putresourcepolicy")),
    write(
      any("secretsmanager:putsecretvalue", "secretsmanager:updatesecret", "secretsmanager:rotatesecret", "secretsmanager:deletesecret"),
    ),
    read(any("secretsmanager:getsecretvalue", "secretsmanager:replicatesecrettoregions")),
  ],
  "ssm:parameter": [
    takeOver(any("ssm:putresourcepolicy")),
    write(any("ssm:putparameter", "ssm:deleteparameter", "ssm:deleteparameters")),
    read(any("ssm:getparameter", "ssm:getparameters", "ssm:getparametersbypath", "ssm:getparameterhistory")),
  ],
  "sqs:queue": [
    takeOver(any("sqs:setqueueattributes", "sqs:addpermission")),
    write(any("sqs:sendmessage", "sqs:deletemessage", "sqs:purgequeue", "sqs:deletequeue")),
    read(any("sqs:receivemessage")),
  ],
  "sns:topic": [
    takeOver(any("sns:settopicattributes", "sns:addpermission")),
    write(any("sns:publish", "sns:deletetopic")),
    read(any("sns:subscribe")),
  ],
  "ecr:repository": [
    takeOver(any("ecr:setrepositorypolicy", "ecr:putimagetagmutability")),
    write(any("ecr:putimage", "ecr:batchdeleteimage", "ecr:deleterepository")),
    read([{ actions: ["ecr:batchgetimage", "ecr:getdownloadurlforlayer"] }]),
  ],
  // A tag that cannot be moved: pushing adds an image beside the others, and only deleting first replaces one.
  "ecr:immutable": [
    takeOver(any("ecr:setrepositorypolicy", "ecr:putimagetagmutability")),
    write(any("ecr:batchdeleteimage", "ecr:deleterepository")),
    read([{ actions: ["ecr:batchgetimage", "ecr:getdownloadurlforlayer"] }]),
  ],
  "lambda:function": [
    takeOver(any("lambda:updatefunctioncode", "lambda:updatefunctionconfiguration"), "change the code of"),
    takeOver(any("lambda:addpermission")),
    write(any("lambda:invokefunction", "lambda:deletefunction", "lambda:updatealias")),
    read(any("lambda:getfunction")),
  ],
  "ec2:instance": [
    takeOver(
      [
        ...any("ssm:sendcommand", "ssm:startsession", "ec2-instance-connect:sendsshpublickey"),
        // User data is changed while the instance is stopped, and runs when it starts.
        { actions: ["ec2:modifyinstanceattribute", "ec2:stopinstances", "ec2:startinstances"] },
      ],
      "run commands on",
    ),
    write(any("ec2:terminateinstances", "ec2:stopinstances", "ec2:rebootinstances", "ec2:modifyinstanceattribute")),
  ],
  "dynamodb:database": [
    takeOver(any("dynamodb:putresourcepolicy")),
    write(any("dynamodb:putitem", "dynamodb:updateitem", "dynamodb:deleteitem", "dynamodb:batchwriteitem", "dynamodb:deletetable")),
    read(any("dynamodb:getitem", "dynamodb:batchgetitem", "dynamodb:query", "dynamodb:scan")),
  ],
  // Whoever shares a snapshot shares it with an account of their own (EBS User Guide, "Share an Amazon EBS snapshot with other AWS accounts").
  "ec2:snapshot": [
    write(any("ec2:deletesnapshot")),
    read([...any("ebs:getsnapshotblock", "ec2:modifysnapshotattribute"), ...outside("ec2:createvolume", "ec2:copysnapshot")]),
  ],
  "ec2:machine-image": [
    write(any("ec2:deregisterimage")),
    read([...any("ec2:modifyimageattribute"), ...outside("ec2:runinstances", "ec2:copyimage")]),
  ],
  "ec2:volume": [write(any("ec2:deletevolume"))],
  "rds:snapshot": [
    write(any("rds:deletedbsnapshot")),
    read([...any("rds:modifydbsnapshotattribute"), ...outside("rds:restoredbinstancefromdbsnapshot", "rds:copydbsnapshot")]),
  ],
  "rds:cluster-snapshot": [
    write(any("rds:deletedbclustersnapshot")),
    read([...any("rds:modifydbclustersnapshotattribute"), ...outside("rds:restoredbclusterfromsnapshot", "rds:copydbclustersnapshot")]),
  ],
  "rds:cluster": [
    takeOver(any("rds:modifydbcluster"), "set the master password of"),
    write(any("rds-data:executestatement", "rds-data:batchexecutestatement", "rds:deletedbcluster")),
    read([
      ...any("rds-data:executestatement", "rds:createdbclustersnapshot", "ram:createresourceshare", "ram:associateresourceshare"),
      ...outside("rds:restoredbclustertopointintime"),
    ]),
  ],
  "rds:database": [
    takeOver(any("rds:modifydbinstance", "rds:modifydbcluster"), "set the master password of"),
    write(any("rds-data:executestatement", "rds-data:batchexecutestatement", "rds:deletedbinstance", "rds:deletedbcluster")),
    read(any("rds-data:executestatement", "rds:createdbsnapshot", "rds:createdbclustersnapshot")),
  ],
};

/**
 * What runs as a role that was once passed to it: whoever changes what it runs has the role, without iam:PassRole. Each with the service that the
 * role trusts. The collector lists none of them yet, so escalate-existing.ts also asks about those that were not seen.
 */
export const RUNS_AS_ROLE: Readonly<
  Record<string, { readonly principal: string; readonly what: string; readonly effects: readonly Effect[] }>
> = {
  "cloudformation:stack": {
    principal: "cloudformation.amazonaws.com",
    what: "a stack",
    effects: [
      takeOver(
        [{ actions: ["cloudformation:updatestack"] }, { actions: ["cloudformation:createchangeset", "cloudformation:executechangeset"] }],
        "change the template of",
      ),
      write(any("cloudformation:deletestack")),
    ],
  },
  "cloudformation:stack-set": {
    principal: "cloudformation.amazonaws.com",
    what: "a stack set",
    effects: [takeOver(any("cloudformation:updatestackset"), "change the template of"), write(any("cloudformation:deletestackset"))],
  },
  "codebuild:build-project": {
    principal: "codebuild.amazonaws.com",
    what: "a build project",
    effects: [
      takeOver(any("codebuild:startbuild", "codebuild:startbuildbatch"), "run a build of its own in"),
      write(any("codebuild:updateproject", "codebuild:deleteproject")),
    ],
  },
  "sagemaker:notebook": {
    principal: "sagemaker.amazonaws.com",
    what: "a notebook instance",
    effects: [
      takeOver(
        [
          { actions: ["sagemaker:createpresignednotebookinstanceurl"] },
          {
            actions: [
              "sagemaker:createnotebookinstancelifecycleconfig",
              "sagemaker:stopnotebookinstance",
              "sagemaker:updatenotebookinstance",
              "sagemaker:startnotebookinstance",
            ],
          },
        ],
        "run code in",
      ),
      write(any("sagemaker:deletenotebookinstance", "sagemaker:stopnotebookinstance", "sagemaker:updatenotebookinstance")),
    ],
  },
  "glue:dev-endpoint": {
    principal: "glue.amazonaws.com",
    what: "a development endpoint",
    effects: [takeOver(any("glue:updatedevendpoint"), "log in to"), write(any("glue:deletedevendpoint"))],
  },
  "apprunner:app-service": {
    principal: "tasks.apprunner.amazonaws.com",
    what: "an App Runner service",
    effects: [
      takeOver(any("apprunner:updateservice"), "change the image of"),
      write(any("apprunner:deleteservice", "apprunner:pauseservice")),
    ],
  },
  "bedrock-agentcore:code-interpreter": {
    principal: "bedrock-agentcore.amazonaws.com",
    what: "a code interpreter",
    effects: [
      takeOver([{ actions: ["bedrock-agentcore:startcodeinterpretersession", "bedrock-agentcore:invokecodeinterpreter"] }], "run code in"),
      write(any("bedrock-agentcore:deletecodeinterpreter")),
    ],
  },
  "ec2:launch-template": {
    principal: "ec2.amazonaws.com",
    what: "a launch template",
    effects: [
      takeOver([{ actions: ["ec2:createlaunchtemplateversion", "ec2:modifylaunchtemplate"] }], "change what is launched from"),
      write(any("ec2:deletelaunchtemplate", "ec2:createlaunchtemplateversion", "ec2:modifylaunchtemplate")),
    ],
  },
};

export const effectsOf = (resource: {
  readonly service: string;
  readonly type: string;
  readonly immutableTags?: boolean;
  readonly arn?: string;
}): readonly Effect[] => {
  if (resource.type === "repository" && resource.immutableTags) return EFFECTS["ecr:immutable"] ?? [];
  if (resource.service === "rds") {
    const kind = resource.arn?.split(":")[5];
    if (kind === "cluster" || kind === "cluster-snapshot") return EFFECTS[`rds:${kind}`] ?? [];
  }
  const key = `${resource.service}:${resource.type}`;
  return EFFECTS[key] ?? RUNS_AS_ROLE[key]?.effects ?? [];
};

/** Actions that some rule of this plane interprets on a modeled resource or identity. */
export const INTERPRETED: ReadonlySet<string> = new Set(
  [...Object.values(EFFECTS), ...Object.values(RUNS_AS_ROLE).map(({ effects }) => effects)].flatMap((effects) =>
    effects.flatMap((effect) => effect.ways.flatMap((one) => one.actions)),
  ),
);

/** First words of actions that change nothing. Everything else counts as a write: what no rule interprets is a write. */
const READ_WORDS = [
  "get",
  "list",
  "describe",
  "batchget",
  "batchcheck",
  "batchdescribe",
  "head",
  "view",
  "search",
  "lookup",
  "query",
  "scan",
  "select",
  "check",
  "validate",
  "estimate",
  "preview",
  "simulate",
  "verify",
  "download",
  "filter",
  "receive",
  "read",
  "conditioncheck",
  "partiqlselect",
] as const;

/** Named like writes, but reads by the Service Authorization Reference, or uses that other rules follow (roles that are passed or assumed). */
const NO_WRITES = [
  "sts:*",
  "iam:passrole",
  "iam:generate*",
  "kms:encrypt",
  "kms:decrypt",
  "kms:generate*",
  "kms:reencrypt*",
  "kms:sign",
  "kms:creategrant",
  "logs:startquery",
  "logs:stopquery",
  "eks:accesskubernetesapi",
  "eks-auth:assumeroleforpodidentity",
  "rds-db:connect",
] as const;

/** Whether some action that the pattern (lower-case) matches changes something. */
export function includesWrite(pattern: string): boolean {
  if (NO_WRITES.some((other) => globMatches(other, pattern))) return false;
  const name = pattern.slice(pattern.indexOf(":") + 1);
  const literal = /^[^*?]*/.exec(name)?.[0] ?? "";
  return !READ_WORDS.some((word) => literal.startsWith(word));
}

/**
 * What reading or writing something that a customer managed key encrypts needs of the key (S3 User Guide, "Using server-side encryption with AWS KMS
 * keys"; Secrets Manager User Guide, "Secret encryption and decryption"; SQS Developer Guide, "Key management"; SNS, "Managing encryption keys";
 * Systems Manager User Guide, "How AWS Systems Manager Parameter Store uses AWS KMS"; EBS User Guide, "Share the KMS key used to encrypt a shared Amazon
 * EBS snapshot"; RDS User Guide, "Sharing encrypted snapshots").
 */
const KEY_ACTIONS: Readonly<Record<string, string>> = {
  "s3:getobject": "kms:Decrypt",
  "s3:getobjectversion": "kms:Decrypt",
  "s3:putobject": "kms:GenerateDataKey",
  "secretsmanager:getsecretvalue": "kms:Decrypt",
  "secretsmanager:putsecretvalue": "kms:GenerateDataKey",
  "secretsmanager:updatesecret": "kms:GenerateDataKey",
  "ssm:getparameter": "kms:Decrypt",
  "ssm:getparameters": "kms:Decrypt",
  "ssm:getparametersbypath": "kms:Decrypt",
  "ssm:getparameterhistory": "kms:Decrypt",
  "ssm:putparameter": "kms:Encrypt",
  "sqs:receivemessage": "kms:Decrypt",
  "sqs:sendmessage": "kms:GenerateDataKey",
  "sns:publish": "kms:GenerateDataKey",
  "ebs:getsnapshotblock": "kms:Decrypt",
  "ec2:createvolume": "kms:CreateGrant",
  "ec2:copysnapshot": "kms:CreateGrant",
  "ec2:runinstances": "kms:CreateGrant",
  "ec2:copyimage": "kms:CreateGrant",
  "rds:restoredbinstancefromdbsnapshot": "kms:CreateGrant",
  "rds:copydbsnapshot": "kms:CreateGrant",
  "rds:restoredbclusterfromsnapshot": "kms:CreateGrant",
  "rds:copydbclustersnapshot": "kms:CreateGrant",
  "rds:restoredbclustertopointintime": "kms:CreateGrant",
};

/** Sharing by another's account is of use there only with the key, which whoever shares then grants with a request of their own. */
const SHARING_ACTIONS: ReadonlySet<string> = new Set([
  "ec2:modifysnapshotattribute",
  "ec2:modifyimageattribute",
  "rds:modifydbsnapshotattribute",
  "rds:modifydbclustersnapshotattribute",
  "ram:createresourceshare",
  "ram:associateresourceshare",
]);

/** `itself`: asked of KMS by the caller, and not by the service for them. */
export const keyUseFor = (action: string): { readonly action: string; readonly itself: boolean } | undefined => {
  if (SHARING_ACTIONS.has(action)) return { action: "kms:CreateGrant", itself: true };
  const known = KEY_ACTIONS[action];
  return known === undefined ? undefined : { action: known, itself: false };
};
