// What the Azure DevOps collector reads: pipelines with their templates put in, and settings as the REST API prints them.
import type { Source } from "../source.ts";
import type { AzureFile, AzurePipeline } from "./azure-pipeline.ts";

export type * from "./azure-pipeline.ts";

interface Read {
  readonly organization: string;
  readonly source: Source;
}

interface OfProject extends Read {
  readonly project: string;
}

/** Whom a list names, as far as it tells. */
export interface AzureSubject {
  readonly descriptor?: string;
  readonly id?: string;
  /** `alice@example.com`, `[shop]\Release Managers`. */
  readonly name: string;
  readonly isGroup: boolean;
}

export interface AzureProject extends OfProject {
  readonly kind: "azure/project";
  readonly id: string;
  readonly visibility?: string;
}

export interface AzureRepository extends OfProject {
  readonly kind: "azure/repository";
  readonly id: string;
  readonly name: string;
  readonly defaultBranch?: string;
  readonly disabled: boolean;
}

/** A pipeline as its settings give it: which file of which repository it runs, and what forks may do. */
export interface AzureDefinition extends OfProject {
  readonly kind: "azure/definition";
  readonly id: number;
  readonly name: string;
  /** Absent: a classic pipeline, whose steps are not in a file. */
  readonly path?: string;
  readonly repository: { readonly type: string; readonly name: string; readonly url?: string; readonly defaultBranch?: string };
  readonly forks: { readonly enabled: boolean; readonly secrets: boolean } | "unknown";
  readonly secrets: readonly string[];
  /** Ids of variable groups that the settings link. */
  readonly groups: readonly number[];
  readonly disabled: boolean;
}

export interface AzureEnvironment extends OfProject {
  readonly kind: "azure/environment";
  readonly id: number;
  readonly name: string;
}

export type ResourceType = "environment" | "endpoint" | "variablegroup" | "queue" | "repository" | "securefile" | "agentpool";

export type AzureCheck =
  | {
      readonly type: "approval";
      readonly approvers: readonly AzureSubject[];
      readonly count: number;
      /** The one who started the run may approve it. */
      readonly requesterApproves: boolean;
    }
  | { readonly type: "branches"; readonly allowed: readonly string[]; readonly protectedOnly: boolean }
  /** Another system says yes or no. */
  | { readonly type: "decided"; readonly by: string }
  | { readonly type: "template"; readonly templates: readonly string[] }
  /** Business hours, an exclusive lock: they ask nobody. */
  | { readonly type: "other"; readonly name: string };

export interface AzureCheckConfiguration extends OfProject {
  readonly kind: "azure/check";
  readonly resource: { readonly type: ResourceType; readonly id: string };
  readonly id: number;
  readonly disabled: boolean;
  readonly check: AzureCheck;
}

/** Which pipelines may use a resource. */
export interface AzurePermission extends OfProject {
  readonly kind: "azure/permission";
  readonly resource: { readonly type: ResourceType; readonly id: string };
  readonly all: boolean;
  readonly pipelines: readonly number[];
}

/** Metadata of a service connection; what it holds is never read. */
export interface AzureConnection extends OfProject {
  readonly kind: "azure/connection";
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Workload identity federation: who issues the token, and whose it is. */
  readonly token?: { readonly issuer: string; readonly subject: string };
}

export interface AzureVariableGroup extends OfProject {
  readonly kind: "azure/variable-group";
  readonly id: number;
  readonly name: string;
  /** Names of secret variables; of a key vault's group, all. */
  readonly secrets: readonly string[];
}

export interface AzureQueue extends OfProject {
  readonly kind: "azure/queue";
  readonly id: number;
  readonly name: string;
  readonly isHosted: boolean;
}

export interface AzureBranchPolicy extends OfProject {
  readonly kind: "azure/branch-policy";
  readonly id: number;
  readonly type: "reviewers" | "required-reviewers" | "build" | "other";
  readonly name: string;
  readonly blocking: boolean;
  /** Absent repository: every one of the project. Absent ref: every branch, or the default one (`isDefault`). */
  readonly scopes: readonly {
    readonly repository?: string;
    readonly ref?: string;
    readonly isPrefix: boolean;
    readonly isDefault: boolean;
  }[];
  readonly count: number;
  readonly creatorCounts: boolean;
  readonly resetOnPush: boolean;
  readonly lastPusherCounts: boolean;
  /** Ids of identities who must approve. */
  readonly required: readonly string[];
  readonly hasPaths: boolean;
}

export interface AzureSettings extends OfProject {
  readonly kind: "azure/settings";
  readonly forksBuilt?: boolean;
  readonly forksWithoutSecrets?: boolean;
}

export interface AzureUser extends Read {
  readonly kind: "azure/user";
  readonly descriptor: string;
  readonly name: string;
  readonly id?: string;
  readonly isService: boolean;
}

export interface AzureGroup extends Read {
  readonly kind: "azure/group";
  readonly descriptor: string;
  /** `[shop]\Contributors`. */
  readonly name: string;
  readonly id?: string;
}

export interface AzureMembership extends Read {
  readonly kind: "azure/membership";
  readonly group: string;
  readonly member: string;
}

/** Which descriptor of access control lists is which subject. */
export interface AzureIdentity extends Read {
  readonly kind: "azure/identity";
  readonly legacy: string;
  readonly descriptor: string;
  readonly id?: string;
}

/** One entry of an access control list: what a subject is allowed on a token of a namespace. */
export interface AzureAccess extends Read {
  readonly kind: "azure/access";
  readonly namespace: "git" | "build" | "environment" | "endpoint" | "other";
  readonly token: string;
  readonly descriptor: string;
  readonly allow: number;
  readonly deny: number;
}

/** A deployment to an environment, with the commit of its run where that was collected too. */
export interface AzureDeployment extends OfProject {
  readonly kind: "azure/deployment";
  readonly environment: number;
  readonly run: number;
  readonly result: string;
  readonly at?: string;
  readonly sha?: string;
}

/** A run, of which only the commit is asked. The collector's join gives it to the deployments. */
export interface AzureRun extends OfProject {
  readonly kind: "azure/run";
  readonly id: number;
  readonly sha: string;
}

export interface AzureAnswered extends Read {
  readonly kind: "azure/answered";
  readonly what: string;
  /** `acme/shop`, `acme/shop#environment/5`, `acme`. */
  readonly of: string;
}

export type AzureObservation =
  | AzureProject
  | AzureRepository
  | AzureDefinition
  | AzureEnvironment
  | AzureCheckConfiguration
  | AzurePermission
  | AzureConnection
  | AzureVariableGroup
  | AzureQueue
  | AzureBranchPolicy
  | AzureSettings
  | AzureUser
  | AzureGroup
  | AzureMembership
  | AzureIdentity
  | AzureAccess
  | AzureDeployment
  | AzureRun
  | AzureAnswered
  | AzureFile
  | AzurePipeline;
