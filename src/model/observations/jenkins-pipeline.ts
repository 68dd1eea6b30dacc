// What a Jenkinsfile says, declarative or scripted: its stages in the order in which they run, with the places where it says it.
import type { Source } from "../source.ts";

/** A condition of a stage. `open`: what it comes to is not in the file. */
export type JenkinsCondition =
  | { readonly all: readonly JenkinsCondition[] }
  | { readonly any: readonly JenkinsCondition[] }
  | { readonly not: JenkinsCondition }
  /** Name of the branch; `*` and `**` stand for runs of characters. */
  | { readonly branch: string; readonly isRegex?: true }
  | { readonly tag: string }
  | { readonly changeRequest: true }
  | { readonly is: boolean }
  | { readonly open: string };

/** A step: a script, or a step of Jenkins or of a library by its name. */
export interface JenkinsStep {
  /** The script of `sh`, `bat`, `powershell`; empty for others. */
  readonly text: string;
  readonly uses?: string;
  readonly with: Readonly<Record<string, string>>;
  /** Nobody here knows what a step of this name does. */
  readonly isUnknown?: true;
  /** Its failure stops nothing: `catchError`, `returnStatus`. */
  readonly swallowed?: string;
  /** `always`, `success`: the part of `post` in which it stands. */
  readonly post?: string;
  readonly source: Source;
}

export interface JenkinsInput {
  /** Names of users and groups; absent: whoever may build answers it. */
  readonly submitters?: readonly string[];
  /** The names are no literal text. */
  readonly isOpen: boolean;
  readonly message: string;
  /** How many steps of its stage stand before it. */
  readonly at: number;
  readonly source: Source;
}

export interface JenkinsBuild {
  /** Full name or path as written; absent: no literal text. */
  readonly job?: string;
  readonly waits: boolean;
  /** Its failure fails this one. */
  readonly propagates: boolean;
  readonly source: Source;
}

/** Content from elsewhere: `git url: …, branch: …`. */
export interface JenkinsCheckout {
  readonly url: string;
  readonly ref?: string;
  readonly source: Source;
}

export interface JenkinsStage {
  readonly name: string;
  readonly parents: readonly string[];
  /** The stages that end before it begins, by index. `despite`: their failure does not stop it, and why. */
  readonly after: readonly { readonly stage: number; readonly despite?: string }[];
  readonly steps: readonly JenkinsStep[];
  readonly condition?: JenkinsCondition;
  readonly inputs: readonly JenkinsInput[];
  readonly variables: Readonly<Record<string, string>>;
  /** Ids of credentials that it names; `*`: an id that is no literal text. */
  readonly credentials: readonly { readonly id: string; readonly source: Source }[];
  /** Label expressions of the agents that it asks for; empty: any agent, or none. */
  readonly labels: readonly string[];
  readonly images: readonly { readonly name: string; readonly source: Source }[];
  readonly builds: readonly JenkinsBuild[];
  readonly checkouts: readonly JenkinsCheckout[];
  readonly artifacts: readonly string[];
  /** Takes what stages before stashed. */
  readonly unstashes: boolean;
  /** Jobs whose artifacts it copies. */
  readonly copiesFrom: readonly string[];
  /** Its failure stops nothing, and why. */
  readonly mayFail?: string;
  readonly source: Source;
}

export interface JenkinsLibrary {
  readonly name: string;
  /** Branch, tag or commit; absent: the version that the settings name. */
  readonly version?: string;
  readonly source: Source;
}

export interface JenkinsPipeline {
  readonly kind: "jenkins/pipeline";
  /** Name of the controller and full name of the job: `ci/acme/shop`. Absent: what the file belongs to is told by its repository. */
  readonly project?: string;
  /** `acme/shop`, where the file was read from the repository. */
  readonly repository?: string;
  /** Inside the repository; `config.xml` where the script stands in the job's own settings. */
  readonly path: string;
  readonly style: "declarative" | "scripted";
  readonly stages: readonly JenkinsStage[];
  readonly libraries: readonly JenkinsLibrary[];
  readonly parameters: readonly string[];
  /** `cron`, `pollSCM`, `upstream`, … */
  readonly triggers: readonly string[];
  /** Jobs whose end starts it. */
  readonly upstream: readonly string[];
  readonly source: Source;
}
