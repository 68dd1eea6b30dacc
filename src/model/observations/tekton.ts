// What the Tekton collector reads: pipelines as they are written, those that Pipelines as Code runs from a repository, and where it runs them.
import type { Source } from "../source.ts";

interface Read {
  readonly source: Source;
}

/** What a task is taken from, where its steps are not written out. */
export interface TektonReference extends Read {
  readonly written: string;
  /** Other content may come to stand behind it. */
  readonly isMovable: boolean;
}

export interface TektonTask extends Read {
  readonly name: string;
  /** Names of tasks that it waits for, by runAfter or by their results. */
  readonly after: readonly string[];
  readonly images: readonly string[];
  readonly scripts: readonly string[];
  readonly reference?: TektonReference;
}

export interface TektonPipeline extends Read {
  readonly kind: "tekton/pipeline";
  /** Entity id of the repository that it stands in: `github:acme/shop`. */
  readonly repository: string;
  readonly path: string;
  readonly objectKind: string;
  readonly name: string;
  readonly tasks: readonly TektonTask[];
  readonly serviceAccount?: string;
  /** Pipelines as Code starts it: on which events, for which target branches. */
  readonly events: readonly string[];
  readonly branches: readonly string[];
  /** Tasks that annotations fetch, from a hub or an address. */
  readonly fetched: readonly TektonReference[];
}

/** Where Pipelines as Code runs what a repository's folder .tekton holds. */
export interface TektonRepository extends Read {
  readonly kind: "tekton/repository";
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly url: string;
  /** Definitions come from the default branch, not from the change. */
  readonly fromDefaultBranch: boolean;
}

export type TektonObservation = TektonPipeline | TektonRepository;
