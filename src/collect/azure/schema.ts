// The wire format: only the fields used. Source: Azure DevOps Services REST API Reference, version 7.1.
import { z } from "zod";

const Text = z.string();
const Id = z.int();
const Optional = Text.nullish();
const Flag = z.boolean().nullish();

export const list = <T extends z.ZodType>(item: T) => z.object({ value: z.array(item) });

export const Project = z.object({ id: Text, name: Text, visibility: Optional });

export const Repository = z.object({ id: Text, name: Text, defaultBranch: Optional, isDisabled: Flag });

/** `build/definitions` with `includeAllProperties=true`. Values of variables are never read. */
export const Definition = z.object({
  id: Id,
  name: Text,
  path: Optional,
  process: z.object({ type: Id.nullish(), yamlFilename: Optional }).nullish(),
  repository: z.object({ id: Optional, name: Optional, type: Optional, url: Optional, defaultBranch: Optional }).nullish(),
  queueStatus: Optional,
  triggers: z.array(z.object({ triggerType: Optional, forks: z.object({ enabled: Flag, allowSecrets: Flag }).nullish() })).nullish(),
  variables: z.record(Text, z.object({ isSecret: Flag })).nullish(),
  variableGroups: z.array(z.object({ id: Id })).nullish(),
});

export const Environment = z.object({ id: Id, name: Text });

const IdentityRef = z.object({ id: Optional, displayName: Optional, uniqueName: Optional, descriptor: Optional, isContainer: Flag });
export type IdentityRef = z.infer<typeof IdentityRef>;

/** `pipelines/checks/configurations` with `$expand=settings`. */
export const Check = z.object({
  id: Id,
  type: z.object({ id: Optional, name: Optional }),
  resource: z.object({ type: Text, id: Text }).nullish(),
  isDisabled: Flag,
  settings: z
    .object({
      approvers: z.array(IdentityRef).nullish(),
      minRequiredApprovers: Id.nullish(),
      requesterCannotBeApprover: Flag,
      displayName: Optional,
      definitionRef: z.object({ id: Optional, name: Optional }).nullish(),
      inputs: z.record(Text, z.unknown()).nullish(),
      extendsChecks: z.array(z.object({ repositoryName: Optional, repositoryRef: Optional, templatePath: Optional })).nullish(),
    })
    .nullish(),
});

export const Permission = z.object({
  resource: z.object({ type: Text, id: Text }),
  allPipelines: z.object({ authorized: Flag }).nullish(),
  pipelines: z.array(z.object({ id: Id, authorized: Flag })).nullish(),
});

/** Never the parameters that hold secrets. */
export const Connection = z.object({
  id: Text,
  name: Text,
  type: Text,
  authorization: z
    .object({
      scheme: Optional,
      parameters: z.object({ workloadIdentityFederationIssuer: Optional, workloadIdentityFederationSubject: Optional }).nullish(),
    })
    .nullish(),
});

export const VariableGroup = z.object({
  id: Id,
  name: Text,
  type: Optional,
  variables: z.record(Text, z.object({ isSecret: Flag }).nullable()).nullish(),
});

export const Queue = z.object({ id: Id, name: Text, pool: z.object({ isHosted: Flag }).nullish() });

export const Policy = z.object({
  id: Id,
  type: z.object({ id: Text, displayName: Optional }),
  isEnabled: z.boolean(),
  isBlocking: z.boolean(),
  isDeleted: Flag,
  settings: z.object({
    minimumApproverCount: Id.nullish(),
    creatorVoteCounts: Flag,
    resetOnSourcePush: Flag,
    blockLastPusherVote: Flag,
    requiredReviewerIds: z.array(Text).nullish(),
    filenamePatterns: z.array(Text).nullish(),
    scope: z.array(z.object({ repositoryId: Optional, refName: Optional, matchKind: Optional })).nullish(),
  }),
});

export const Settings = z.object({ buildsEnabledForForks: Flag, enforceNoAccessToSecretsFromForks: Flag });

export const User = z.object({
  descriptor: Text,
  principalName: Optional,
  mailAddress: Optional,
  displayName: Optional,
  subjectKind: Optional,
  originId: Optional,
});
export const Group = z.object({ descriptor: Text, principalName: Optional, displayName: Optional, originId: Optional });
export const Membership = z.object({ containerDescriptor: Text, memberDescriptor: Text });

export const Identity = z.object({ id: Optional, descriptor: Text, subjectDescriptor: Text });

export const AccessList = z.object({
  token: Text,
  acesDictionary: z.record(
    Text,
    z.object({
      descriptor: Text,
      allow: Id,
      deny: Id,
      extendedInfo: z.object({ effectiveAllow: Id.nullish(), effectiveDeny: Id.nullish() }).nullish(),
    }),
  ),
});

export const DeploymentRecord = z.object({
  environmentId: Id,
  result: Optional,
  finishTime: Optional,
  owner: z.object({ id: Id }).nullish(),
});

export const Run = z.object({ id: Id, sourceVersion: Optional });
