// What the Kubernetes collector reads of continuous delivery from Git: Argo CD, Flux, Kargo and GitOps Promoter, as their objects say it.
import type { Source } from "../source.ts";
import type { KubernetesRead } from "./kubernetes.ts";
import type { KubernetesLabelSelector } from "./kubernetes-network.ts";

/** A repository of manifests or charts, as an Argo CD Application names it. Absent `revision`: HEAD. */
export interface ArgoSource {
  readonly repository: string;
  readonly revision?: string;
  readonly path?: string;
  /** The repository is one of Helm charts, and this is the chart. */
  readonly chart?: string;
  readonly source: Source;
}

/** Where an Application is applied: a cluster by the address of its API server or by its name in Argo CD, and a namespace for what names none. */
export interface ArgoDestination {
  readonly server?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** What an Application and the template of an ApplicationSet have in common. A template's texts may hold parameters. */
export interface ArgoDeployment {
  readonly project: string;
  readonly sources: readonly ArgoSource[];
  /** `sourceHydrator`: what is rendered, the branch that it is pushed to, and the one that is applied. */
  readonly hydrator?: { readonly dry: ArgoSource; readonly pushedTo: string; readonly applied: string };
  readonly destination: ArgoDestination;
  /** `syncPolicy.automated`: what the source says is applied without anyone asking for it. */
  readonly isAutomatic: boolean;
}

export interface ArgoApplication extends KubernetesRead, ArgoDeployment {
  readonly kind: "gitops/argo-application";
  /** The ApplicationSet that made it. */
  readonly madeBy?: string;
}

export interface ArgoProject extends KubernetesRead {
  readonly kind: "gitops/argo-project";
  /** Patterns; one that starts with `!` denies. */
  readonly repositories: readonly string[];
  readonly destinations: readonly ArgoDestination[];
  /** Namespaces besides Argo CD's own whose Applications may name the project. Patterns. */
  readonly sourceNamespaces: readonly string[];
  /** Kinds that stand in no namespace and that may be applied; patterns. */
  readonly clusterKinds: readonly { readonly group: string; readonly kind: string }[];
  /** Commits must be signed with one of these keys. */
  readonly signatureKeys: readonly string[];
  /** Roles of the project: policies in the form of argocd-rbac-cm, and the groups that have them. */
  readonly roles?: readonly {
    readonly name: string;
    readonly policies: readonly string[];
    readonly groups: readonly string[];
    readonly source: Source;
  }[];
  /** Service accounts that Argo CD acts as, where impersonation is switched on. */
  readonly actsAs: readonly { readonly server: string; readonly namespace?: string; readonly account: string }[];
}

/** `other`: what it generates only Argo CD can say. */
export type ArgoGenerator =
  | { readonly type: "list"; readonly elements: readonly Readonly<Record<string, string>>[] }
  | { readonly type: "clusters"; readonly selector?: KubernetesLabelSelector; readonly values: Readonly<Record<string, string>> }
  | { readonly type: "matrix" | "merge"; readonly generators: readonly ArgoGenerator[] }
  | { readonly type: "git"; readonly repository: string; readonly revision?: string }
  /** `repository` as `ORG/REPO`, for GitHub; labels that a pull request must have. */
  | { readonly type: "pull-request"; readonly repository?: string; readonly labels: readonly string[] }
  | { readonly type: "other"; readonly name: string };

export interface ArgoApplicationSet extends KubernetesRead {
  readonly kind: "gitops/argo-application-set";
  readonly generators: readonly ArgoGenerator[];
  /** Names of the Applications, with parameters. */
  readonly names: string;
  readonly template: ArgoDeployment;
  /** Annotations of the Applications, with parameters. */
  readonly templateAnnotations: Readonly<Record<string, string>>;
  /** Parameters are written for Go's text/template. */
  readonly isGoTemplate: boolean;
  /** `templatePatch`: a text that changes what the template gives. */
  readonly isPatched?: true;
}

/** GitRepository, OCIRepository, HelmRepository, Bucket, and the charts and artifacts made from them. */
export interface FluxSource extends KubernetesRead {
  readonly kind: "gitops/flux-source";
  readonly objectKind: string;
  readonly url?: string;
  /** As written; several may be given, the first of commit, name, semver, tag and branch counts. */
  readonly reference: {
    readonly branch?: string;
    readonly tag?: string;
    readonly semver?: string;
    readonly commit?: string;
    readonly name?: string;
    readonly digest?: string;
  };
  /** Only what is signed is taken. */
  readonly isVerified?: true;
  /** A HelmChart, or the artifacts of an ArtifactGenerator: what it is made from. */
  readonly from: readonly FluxReference[];
  /** Names of the ExternalArtifacts that an ArtifactGenerator makes. */
  readonly makes: readonly string[];
}

export interface FluxReference {
  readonly objectKind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Kustomization and HelmRelease. */
export interface FluxDeployment extends KubernetesRead {
  readonly kind: "gitops/flux-deployment";
  readonly objectKind: "Kustomization" | "HelmRelease";
  readonly from: FluxReference;
  readonly path?: string;
  readonly chart?: { readonly name: string; readonly version?: string };
  /** The service account of its own namespace that the controller acts as. */
  readonly serviceAccount?: string;
  readonly targetNamespace?: string;
  /** It is applied to another cluster, which this secret or config map of its namespace tells of. */
  readonly remote?: { readonly secret?: string; readonly configMap?: string };
  readonly isSuspended: boolean;
}

/** Which Stages a policy of a Kargo project is about: a name, `regex:…`, `glob:…`, or labels. */
export interface KargoPolicy {
  readonly name?: string;
  readonly selector?: KubernetesLabelSelector;
  readonly isAutomatic: boolean;
  readonly source: Source;
}

/** The promotion policies of a ProjectConfig, or of a Project of before version 1.5. */
export interface KargoPolicies extends KubernetesRead {
  readonly kind: "gitops/kargo-policies";
  readonly objectKind: "Project" | "ProjectConfig";
  /** The project's namespace, which bears its name. */
  readonly project: string;
  readonly policies: readonly KargoPolicy[];
}

export interface KargoWarehouse extends KubernetesRead {
  readonly kind: "gitops/kargo-warehouse";
  readonly git: readonly { readonly repository: string; readonly branch?: string; readonly byTag: boolean; readonly source: Source }[];
  readonly images: readonly { readonly repository: string; readonly source: Source }[];
  readonly charts: readonly { readonly repository: string; readonly name?: string; readonly source: Source }[];
}

export interface KargoStage extends KubernetesRead {
  readonly kind: "gitops/kargo-stage";
  readonly requests: readonly {
    readonly warehouse: string;
    readonly direct: boolean;
    readonly stages: readonly string[];
    readonly source: Source;
  }[];
  /** Argo CD Applications that it updates; a name may hold an expression. */
  readonly applications: readonly { readonly name: string; readonly namespace?: string }[];
  /** Branches that it pushes to; texts may hold expressions. */
  readonly pushes: readonly { readonly repository?: string; readonly branch?: string }[];
  /** It waits until someone has merged a pull request. */
  readonly waitsForMerge: boolean;
  /** It takes its steps from a PromotionTask: what they do is not in the Stage. */
  readonly tasks: readonly { readonly name: string; readonly isClusterWide: boolean }[];
  /** It passes freight on and deploys nothing. */
  readonly isControlFlow: boolean;
}

/** The steps that Stages share. */
export interface KargoTask extends KubernetesRead {
  readonly kind: "gitops/kargo-task";
  readonly applications: KargoStage["applications"];
  readonly pushes: KargoStage["pushes"];
  readonly waitsForMerge: boolean;
}

/** PromotionStrategy of GitOps Promoter: the branches that a commit is promoted through. */
export interface PromoterStrategy extends KubernetesRead {
  readonly kind: "gitops/promoter-strategy";
  readonly repository: string;
  readonly statuses: readonly string[];
  readonly environments: readonly {
    readonly branch: string;
    /** Absent means true. */
    readonly isAutomatic: boolean;
    readonly statuses: readonly string[];
    readonly dependsOn?: readonly string[];
    readonly source: Source;
  }[];
}

/** GitRepository of GitOps Promoter. `repository` as `HOST-KIND:OWNER/NAME`, absent where it names none. */
export interface PromoterRepository extends KubernetesRead {
  readonly kind: "gitops/promoter-repository";
  readonly github?: string;
}

/** What sets the commit status of a key by itself: an Argo CD Application's health, a waiting time, a schedule, an answer from the web. */
export interface PromoterStatus extends KubernetesRead {
  readonly kind: "gitops/promoter-status";
  readonly objectKind: string;
  readonly key: string;
  readonly strategy: string;
}

export type GitopsObservation =
  | ArgoApplication
  | ArgoProject
  | ArgoApplicationSet
  | FluxSource
  | FluxDeployment
  | KargoPolicies
  | KargoWarehouse
  | KargoStage
  | KargoTask
  | PromoterStrategy
  | PromoterRepository
  | PromoterStatus;

export const GITOPS_KINDS = [
  "gitops/argo-application",
  "gitops/argo-project",
  "gitops/argo-application-set",
  "gitops/flux-source",
  "gitops/flux-deployment",
  "gitops/kargo-policies",
  "gitops/kargo-warehouse",
  "gitops/kargo-stage",
  "gitops/kargo-task",
  "gitops/promoter-strategy",
  "gitops/promoter-repository",
  "gitops/promoter-status",
] as const satisfies readonly GitopsObservation["kind"][];
