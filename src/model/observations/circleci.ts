// What the CircleCI collector reads: a project's configuration as its workflows run it, contexts with their restrictions, settings.
import type { Source } from "../source.ts";

interface Read {
  readonly source: Source;
}

/** One job as a workflow runs it, parameters filled in. */
export interface CircleJob extends Read {
  /** Name in the workflow: what `requires` means. */
  readonly name: string;
  /** Key of the job that it runs; `node/test` of an orb. */
  readonly job: string;
  /** `approval`: it waits for a click. */
  readonly isApproval: boolean;
  readonly requires: readonly string[];
  readonly contexts: readonly string[];
  /** Branches as written, `/pattern/` or a name. Absent: every branch. */
  readonly only?: readonly string[];
  readonly ignore?: readonly string[];
  /** Runs on tags too. */
  readonly tags: boolean;
  readonly steps: readonly string[];
  /** Steps and jobs of orbs that it uses: `aws-ecs/update-service`. */
  readonly uses: readonly string[];
  readonly images: readonly string[];
  readonly resourceClass?: string;
  readonly usesCache: boolean;
  /** Paths that it hands on, and whether it takes what jobs before it handed on. */
  readonly persists: readonly string[];
  readonly attaches: boolean;
}

export interface CircleWorkflow extends Read {
  readonly name: string;
  readonly isScheduled: boolean;
  readonly jobs: readonly CircleJob[];
}

export interface CircleConfig extends Read {
  readonly kind: "circleci/config";
  /** Entity id of the repository: `github:acme/shop`. */
  readonly repository: string;
  readonly path: string;
  readonly orbs: readonly { readonly name: string; readonly written: string; readonly isMovable: boolean; readonly source: Source }[];
  readonly workflows: readonly CircleWorkflow[];
  /** "setup: true": the rest is made while it runs, and stands in no file. */
  readonly isSetup: boolean;
}

export interface CircleContext extends Read {
  readonly kind: "circleci/context";
  readonly organization: string;
  readonly id: string;
  readonly name: string;
}

export interface CircleRestriction extends Read {
  readonly kind: "circleci/restriction";
  readonly context: string;
  readonly type: string;
  readonly value: string;
  readonly name?: string;
}

/** Names alone. */
export interface CircleVariable extends Read {
  readonly kind: "circleci/variable";
  readonly name: string;
  /** Id of the context, or `ORG/REPO` of the project. */
  readonly of: string;
}

export interface CircleProject extends Read {
  readonly kind: "circleci/project";
  readonly project: string;
  readonly id?: string;
  readonly organizationId?: string;
}

export interface CircleSettings extends Read {
  readonly kind: "circleci/settings";
  readonly project: string;
  readonly buildsForks: boolean;
  readonly forksGetSecrets: boolean;
}

export interface CircleAnswered extends Read {
  readonly kind: "circleci/answered";
  readonly what: "contexts" | "restrictions" | "context variables" | "project variables";
  readonly of: string;
}

export type CircleciObservation =
  | CircleConfig
  | CircleContext
  | CircleRestriction
  | CircleVariable
  | CircleProject
  | CircleSettings
  | CircleAnswered;
