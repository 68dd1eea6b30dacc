// What the Jenkins collector reads: pipelines, jobs as their settings give them, and who may do what, as CasC and the REST API print it.
import type { Source } from "../source.ts";
import type { JenkinsPipeline } from "./jenkins-pipeline.ts";

export type * from "./jenkins-pipeline.ts";

interface Read {
  /** Name of the controller, as the scope gives it: `ci`. */
  readonly controller: string;
  readonly source: Source;
}

export interface JenkinsController extends Read {
  readonly kind: "jenkins/controller";
  /** `https://ci.example.com/`: the issuer of its tokens begins with it. */
  readonly url?: string;
  /** Builds that run on the controller's own machine at once. */
  readonly builtInExecutors?: number;
  /** As whom builds run (plugin authorize-project): `system`, unless `trigger` (who started it), `anonymous`, or `specific` (one user). */
  readonly buildsRunAs?: "system" | "trigger" | "anonymous" | "specific";
  /** `roles`, `matrix`, `project-matrix`, `logged-in` (whoever signs in may do anything), `unsecured`, or another. */
  readonly authorization?: string;
}

/** Whom a permission is given to; `either`: the settings do not tell users from groups. */
export interface JenkinsSid {
  readonly type: "user" | "group" | "either";
  readonly name: string;
}

/** Permissions in the form `Overall/Administer`, `Job/Configure`, `Run/Replay`. */
export interface JenkinsGrant extends Read {
  readonly kind: "jenkins/grant";
  /** Full name of the folder or job on which it stands; absent: the whole controller. */
  readonly of?: string;
  /** An item role: a regular expression over full names. */
  readonly pattern?: string;
  readonly role?: string;
  readonly permissions: readonly string[];
  readonly to: readonly JenkinsSid[];
}

export interface JenkinsBranchSource {
  /** `https://github.com/acme/shop`, as written. */
  readonly url?: string;
  /** Branches are built. */
  readonly branches: boolean;
  readonly tags: boolean;
  /** Names of heads that are built, `*` for runs of characters; absent: all. */
  readonly include?: readonly string[];
  readonly regex?: string;
  /** Change requests from branches of the repository itself. */
  readonly ownRequests: boolean;
  /** Change requests from forks; whose definition is trusted. */
  readonly forkRequests?: "everyone" | "contributors" | "permission" | "nobody" | "unknown";
}

export interface JenkinsJob extends Read {
  readonly kind: "jenkins/job";
  /** Full name: `acme/shop`. */
  readonly name: string;
  readonly type: "multibranch" | "pipeline" | "freestyle" | "folder" | "organization" | "other";
  readonly disabled: boolean;
  /** Where a pipeline's definition stands: in the job's settings, or in a repository. */
  readonly definition?: { readonly inline: true } | { readonly path: string; readonly url?: string; readonly branches: readonly string[] };
  readonly sources?: readonly JenkinsBranchSource[];
  /** Permissions of the folders above do not hold here. */
  readonly cutsInheritance: boolean;
  readonly triggers: readonly string[];
  readonly upstream: readonly string[];
  /** A word in the address starts it, without signing in. */
  readonly remoteTrigger: boolean;
}

/** Metadata of a credential; the value is never read. */
export interface JenkinsCredential extends Read {
  readonly kind: "jenkins/credential";
  /** Full name of the folder whose store it is in; absent: the controller's. */
  readonly of?: string;
  readonly id: string;
  readonly type: string;
  /** Of the controller's own use alone (scope SYSTEM): no job gets it. */
  readonly isSystem: boolean;
  /** An id token of the plugin oidc-provider. */
  readonly token?: { readonly audience?: string; readonly issuer?: string };
}

export interface JenkinsAgent extends Read {
  readonly kind: "jenkins/agent";
  readonly name: string;
  readonly labels: readonly string[];
  /** Takes only jobs that ask for one of its labels. */
  readonly exclusive: boolean;
  /** Made for one build and thrown away. */
  readonly ephemeral: boolean;
  /** A property narrows which jobs it takes. */
  readonly restricted: boolean;
}

export interface JenkinsLibrarySetting extends Read {
  readonly kind: "jenkins/library";
  readonly of?: string;
  readonly name: string;
  readonly version?: string;
  readonly mayOverride: boolean;
  readonly implicit: boolean;
  readonly url?: string;
}

/** A job or a role that a list names; what it is, another answer says. The collector's join takes it out. */
export interface JenkinsListed extends Read {
  readonly kind: "jenkins/listed";
  readonly what: "job" | "globalRoles" | "projectRoles";
  readonly names: readonly string[];
}

export interface JenkinsUser extends Read {
  readonly kind: "jenkins/user";
  readonly id: string;
}

/** That a question was answered in full. */
export interface JenkinsAnswered extends Read {
  readonly kind: "jenkins/answered";
  /** `authorization`, `credentials`, `agents`, `job`. */
  readonly what: string;
  /** Full name of the folder or job; empty: the controller. */
  readonly of: string;
}

export type JenkinsObservation =
  | JenkinsController
  | JenkinsGrant
  | JenkinsJob
  | JenkinsCredential
  | JenkinsAgent
  | JenkinsLibrarySetting
  | JenkinsListed
  | JenkinsUser
  | JenkinsAnswered
  | JenkinsPipeline;
