// Pure: one item of an answer → observations.
import type { z } from "zod";
import type { AzureBranchPolicy, AzureCheck, AzureObservation, AzureSubject, ResourceType } from "../../model/observations/azure.ts";
import type { Source } from "../../model/source.ts";
import type { Called } from "./call.ts";
import type * as schema from "./schema.ts";

type Wire<K extends keyof typeof schema> = (typeof schema)[K] extends z.ZodType ? z.infer<(typeof schema)[K]> : never;

/** Of which organization and project an item is. */
export interface Of {
  readonly organization: string;
  readonly project: string;
  readonly called: Called;
}

type Mapped = readonly AzureObservation[];

export const project = (wire: Wire<"Project">, { organization }: Of, source: Source): Mapped => [
  { kind: "azure/project", organization, project: wire.name, id: wire.id, ...(wire.visibility && { visibility: wire.visibility }), source },
];

const shortRef = (ref: string): string => ref.replace(/^refs\/heads\//, "");

export const repository = (wire: Wire<"Repository">, of: Of, source: Source): Mapped => [
  {
    kind: "azure/repository",
    organization: of.organization,
    project: of.project,
    id: wire.id,
    name: wire.name,
    ...(wire.defaultBranch && { defaultBranch: shortRef(wire.defaultBranch) }),
    disabled: wire.isDisabled === true,
    source,
  },
];

/** Process type 2 is YAML; 1 is a classic pipeline, put together in the designer. */
export function definition(wire: Wire<"Definition">, of: Of, source: Source): Mapped {
  const { process, repository: from, triggers } = wire;
  const requests = triggers?.find((one) => one.triggerType === "pullRequest");
  const path = process?.yamlFilename?.replace(/^\/+/, "");
  return [
    {
      kind: "azure/definition",
      organization: of.organization,
      project: of.project,
      id: wire.id,
      name: [...(wire.path ?? "").split("\\").filter((part) => part !== ""), wire.name].join("/"),
      ...(path !== undefined && { path }),
      repository: {
        type: from?.type ?? "unknown",
        name: from?.name ?? "",
        ...(from?.url && { url: from.url }),
        ...(from?.defaultBranch && { defaultBranch: shortRef(from.defaultBranch) }),
      },
      forks:
        triggers === undefined || triggers === null
          ? "unknown"
          : { enabled: requests?.forks?.enabled === true, secrets: requests?.forks?.allowSecrets === true },
      secrets: Object.entries(wire.variables ?? {}).flatMap(([name, { isSecret }]) => (isSecret === true ? [name] : [])),
      groups: (wire.variableGroups ?? []).map((group) => group.id),
      disabled: wire.queueStatus === "disabled",
      source,
    },
  ];
}

export const environment = (wire: Wire<"Environment">, { organization, project: name }: Of, source: Source): Mapped => [
  { kind: "azure/environment", organization, project: name, id: wire.id, name: wire.name, source },
];

const subjectOf = (ref: schema.IdentityRef): AzureSubject => ({
  ...(ref.descriptor && { descriptor: ref.descriptor }),
  ...(ref.id && { id: ref.id }),
  name: ref.uniqueName ?? ref.displayName ?? ref.id ?? "",
  isGroup: ref.isContainer === true || /^vssgp\.|^aadgp\./.test(ref.descriptor ?? ""),
});

const isYes = (value: unknown): boolean => value === true || String(value).toLowerCase() === "true";

/** Ids of check types and task checks (REST API, "Check Configurations"; Azure Pipelines, "Define approvals and checks"). */
function checkOf({ type, settings }: Wire<"Check">): AzureCheck {
  const name = (type.name ?? "").toLowerCase();
  if (name === "approval" || type.id?.toLowerCase() === "8c6f20a7-a545-4486-9777-f762fafe0d4d") {
    const approvers = (settings?.approvers ?? []).map(subjectOf);
    // "Minimum number of approvers required": none given means all of them.
    const least = settings?.minRequiredApprovers ?? 0;
    return {
      type: "approval",
      approvers,
      count: least > 0 ? least : Math.max(1, approvers.length),
      requesterApproves: settings?.requesterCannotBeApprover !== true,
    };
  }
  if (name === "extendscheck")
    return {
      type: "template",
      templates: (settings?.extendsChecks ?? []).map(
        (one) => `${one.repositoryName ?? ""}/${one.templatePath ?? ""}@${one.repositoryRef ?? ""}`,
      ),
    };
  const task = (settings?.definitionRef?.name ?? "").toLowerCase();
  const inputs = settings?.inputs ?? {};
  if (task.includes("branchprotection") || "allowedBranches" in inputs)
    return {
      type: "branches",
      allowed: String(inputs["allowedBranches"] ?? "*")
        .split(",")
        .flatMap((one) => (one.trim() === "" ? [] : [shortRef(one.trim())])),
      protectedOnly: isYes(inputs["ensureProtectionOfBranch"]),
    };
  if (/invokerestapi|azurefunction|queryazuremonitor|servicenow|queryworkitems/.test(task))
    return { type: "decided", by: settings?.displayName ?? settings?.definitionRef?.name ?? "a service" };
  return { type: "other", name: settings?.displayName ?? type.name ?? "a check" };
}

export function check(wire: Wire<"Check">, of: Of, source: Source): Mapped {
  const type = wire.resource?.type ?? of.called.query.get("resourceType");
  const id = wire.resource?.id ?? of.called.query.get("resourceId");
  if (type === null || type === undefined || id === null || id === undefined) return [];
  const resource = { type: type.toLowerCase() as ResourceType, id };
  return [
    {
      kind: "azure/check",
      organization: of.organization,
      project: of.project,
      resource,
      id: wire.id,
      disabled: wire.isDisabled === true,
      check: checkOf(wire),
      source,
    },
  ];
}

export const permission = (wire: Wire<"Permission">, { organization, project: name }: Of, source: Source): Mapped => [
  {
    kind: "azure/permission",
    organization,
    project: name,
    resource: { type: wire.resource.type.toLowerCase() as ResourceType, id: wire.resource.id },
    all: wire.allPipelines?.authorized === true,
    pipelines: (wire.pipelines ?? []).flatMap((one) => (one.authorized === false ? [] : [one.id])),
    source,
  },
];

export function connection(wire: Wire<"Connection">, { organization, project: name }: Of, source: Source): Mapped {
  const { workloadIdentityFederationIssuer: issuer, workloadIdentityFederationSubject: subject } = wire.authorization?.parameters ?? {};
  const isFederated = wire.authorization?.scheme === "WorkloadIdentityFederation" && issuer && subject;
  return [
    {
      kind: "azure/connection",
      organization,
      project: name,
      id: wire.id,
      name: wire.name,
      type: wire.type,
      ...(isFederated && { token: { issuer, subject } }),
      source,
    },
  ];
}

export function variableGroup(wire: Wire<"VariableGroup">, { organization, project: name }: Of, source: Source): Mapped {
  const isVault = wire.type === "AzureKeyVault";
  const secrets = Object.entries(wire.variables ?? {}).flatMap(([key, value]) => (isVault || value?.isSecret === true ? [key] : []));
  return [{ kind: "azure/variable-group", organization, project: name, id: wire.id, name: wire.name, secrets, source }];
}

export const queue = (wire: Wire<"Queue">, { organization, project: name }: Of, source: Source): Mapped => [
  { kind: "azure/queue", organization, project: name, id: wire.id, name: wire.name, isHosted: wire.pool?.isHosted === true, source },
];

/** Ids of policy types (REST API, "Policy Types"). */
const POLICIES: Readonly<Record<string, AzureBranchPolicy["type"]>> = {
  "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd": "reviewers",
  "fd2167ab-b0be-447a-8ec8-39368250530e": "required-reviewers",
  "0609b952-1397-4640-95ec-e00a01b2c241": "build",
};

export function policy(wire: Wire<"Policy">, { organization, project: name }: Of, source: Source): Mapped {
  if (!wire.isEnabled || wire.isDeleted === true) return [];
  const { settings } = wire;
  return [
    {
      kind: "azure/branch-policy",
      organization,
      project: name,
      id: wire.id,
      type: POLICIES[wire.type.id.toLowerCase()] ?? "other",
      name: wire.type.displayName ?? wire.type.id,
      blocking: wire.isBlocking,
      scopes: (settings.scope ?? []).map((one) => ({
        ...(one.repositoryId && { repository: one.repositoryId }),
        ...(one.refName && { ref: shortRef(one.refName) }),
        isPrefix: one.matchKind?.toLowerCase() === "prefix",
        isDefault: one.matchKind?.toLowerCase() === "defaultbranch",
      })),
      count: settings.minimumApproverCount ?? 0,
      creatorCounts: settings.creatorVoteCounts === true,
      resetOnPush: settings.resetOnSourcePush === true,
      lastPusherCounts: settings.blockLastPusherVote !== true,
      required: settings.requiredReviewerIds ?? [],
      hasPaths: (settings.filenamePatterns ?? []).length > 0,
      source,
    },
  ];
}

export const settings = (wire: Wire<"Settings">, { organization, project: name }: Of, source: Source): Mapped => [
  {
    kind: "azure/settings",
    organization,
    project: name,
    ...(typeof wire.buildsEnabledForForks === "boolean" && { forksBuilt: wire.buildsEnabledForForks }),
    ...(typeof wire.enforceNoAccessToSecretsFromForks === "boolean" && { forksWithoutSecrets: wire.enforceNoAccessToSecretsFromForks }),
    source,
  },
];

export const user = (wire: Wire<"User">, { organization }: Of, source: Source): Mapped => [
  {
    kind: "azure/user",
    organization,
    descriptor: wire.descriptor,
    name: (wire.principalName || wire.mailAddress || wire.displayName || wire.descriptor).toLowerCase(),
    ...(wire.originId && { id: wire.originId }),
    isService: /^svc\.|^s2s\.|^aadsp\./.test(wire.descriptor),
    source,
  },
];

export const group = (wire: Wire<"Group">, { organization }: Of, source: Source): Mapped => [
  {
    kind: "azure/group",
    organization,
    descriptor: wire.descriptor,
    name: wire.principalName ?? wire.displayName ?? wire.descriptor,
    ...(wire.originId && { id: wire.originId }),
    source,
  },
];

export const membership = (wire: Wire<"Membership">, { organization }: Of, source: Source): Mapped => [
  { kind: "azure/membership", organization, group: wire.containerDescriptor, member: wire.memberDescriptor, source },
];

export const identity = (wire: Wire<"Identity">, { organization }: Of, source: Source): Mapped => [
  {
    kind: "azure/identity",
    organization,
    legacy: wire.descriptor,
    descriptor: wire.subjectDescriptor,
    ...(wire.id && { id: wire.id }),
    source,
  },
];

/** Ids of security namespaces (Azure DevOps, "Security namespace and permission reference"). */
const NAMESPACES = {
  "2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87": "git",
  "33344d9c-fc72-4d6f-aba5-fa317101a7e9": "build",
  "83d4c2e6-e57d-4d6e-892b-b87222b7ad20": "environment",
  "49b48001-ca20-4adc-8111-5b60c903a50c": "endpoint",
} as const;

const namespaceOf = (rest: string) => {
  const id = (rest.split("/")[1] ?? "").toLowerCase();
  return Object.hasOwn(NAMESPACES, id) ? NAMESPACES[id as keyof typeof NAMESPACES] : "other";
};

/** What an entry comes to with those it inherits, where that was asked for (`includeExtendedInfo=true`). */
export const accessList = (wire: Wire<"AccessList">, { organization, called }: Of, source: Source): Mapped =>
  Object.values(wire.acesDictionary).map((one) => ({
    kind: "azure/access",
    organization,
    namespace: namespaceOf(called.rest),
    token: wire.token,
    descriptor: one.descriptor,
    allow: one.extendedInfo?.effectiveAllow ?? one.allow,
    deny: one.extendedInfo?.effectiveDeny ?? one.deny,
    source,
  }));

export const deployment = (wire: Wire<"DeploymentRecord">, { organization, project: name }: Of, source: Source): Mapped =>
  wire.owner === undefined || wire.owner === null
    ? []
    : [
        {
          kind: "azure/deployment",
          organization,
          project: name,
          environment: wire.environmentId,
          run: wire.owner.id,
          result: wire.result ?? "unknown",
          ...(wire.finishTime && { at: wire.finishTime }),
          source,
        },
      ];

export const run = (wire: Wire<"Run">, { organization, project: name }: Of, source: Source): Mapped =>
  wire.sourceVersion ? [{ kind: "azure/run", organization, project: name, id: wire.id, sha: wire.sourceVersion, source }] : [];
