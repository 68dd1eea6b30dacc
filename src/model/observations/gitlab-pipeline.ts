// A project's pipeline as GitLab would run it: includes, extends and references resolved, every job whole.
import type { Source } from "../source.ts";

/** `rules`: the first that matches decides. */
export interface GitlabRule {
  readonly if?: string;
  readonly when?: string;
  /** Depends on which files the commit changes, or which there are. */
  readonly onFiles?: true;
  readonly allowFailure?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface GitlabFilter {
  readonly refs?: readonly string[];
  readonly variables?: readonly string[];
  readonly onFiles?: true;
  readonly kubernetes?: true;
}

export interface GitlabNeed {
  readonly job: string;
  /** Of another project's or pipeline's job: what is taken is its artifact. */
  readonly project?: string;
  readonly ref?: string;
  readonly pipeline?: string;
  readonly artifacts: boolean;
  readonly optional: boolean;
}

export interface GitlabTrigger {
  /** Another project's pipeline. */
  readonly project?: string;
  readonly branch?: string;
  /** A child pipeline from these files of the project; empty when they come from elsewhere or are made by a job. */
  readonly files: readonly string[];
  /** What is included and was not read. */
  readonly unread: readonly string[];
  /** The job waits for the pipeline it starts (`depend`, `mirror`). */
  readonly waits: boolean;
}

export interface GitlabJob {
  readonly name: string;
  /** Names of the trigger jobs above it, for a job of a child pipeline. */
  readonly parents: readonly string[];
  readonly stage: string;
  readonly script: readonly string[];
  readonly image?: string;
  readonly services: readonly string[];
  readonly tags: readonly string[];
  readonly when: string;
  /** Absent: GitLab's default, true for a manual job without rules. */
  readonly allowFailure?: boolean;
  /** Absent: the job waits for every job of the stages before its own. */
  readonly needs?: readonly GitlabNeed[];
  /** Jobs whose artifacts it takes; absent: all before it. */
  readonly dependencies?: readonly string[];
  readonly rules?: readonly GitlabRule[];
  readonly only?: GitlabFilter;
  readonly except?: GitlabFilter;
  readonly environment?: { readonly name: string; readonly action: string; readonly source: Source };
  /** The pipeline's variables and the job's own. */
  readonly variables: Readonly<Record<string, string>>;
  /** Paths the job hands on. */
  readonly artifacts: readonly string[];
  readonly cache: boolean;
  /** Names of `id_tokens` with their audiences. */
  readonly idTokens: Readonly<Record<string, readonly string[]>>;
  /** Names under `secrets`: taken from a vault with the job's identity. */
  readonly secrets: readonly string[];
  readonly trigger?: GitlabTrigger;
  /** `parallel: matrix`: every value of each variable. */
  readonly matrix?: Readonly<Record<string, readonly string[]>>;
  readonly source: Source;
}

/** A file of another place that is part of the definition. */
export interface GitlabInclude {
  readonly kind: "local" | "project" | "remote" | "template" | "component";
  /** `acme/ci:/build.yml@v1`, an address, a template's name. */
  readonly name: string;
  readonly project?: string;
  readonly ref?: string;
  /** Whether its content can change without a change to this project. */
  readonly movable: boolean;
  readonly read: boolean;
  readonly source: Source;
}

export interface GitlabPipeline {
  readonly kind: "gitlab/pipeline";
  readonly project: string;
  readonly path: string;
  readonly stages: readonly string[];
  readonly workflow?: readonly GitlabRule[];
  readonly jobs: readonly GitlabJob[];
  readonly includes: readonly GitlabInclude[];
  readonly source: Source;
}
