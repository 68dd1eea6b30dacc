// What the Atlantis collector reads: the server's settings for repositories (repos.yaml), and what repositories say themselves (atlantis.yaml).
import type { Source } from "../source.ts";

export type AtlantisRequirement = "approved" | "mergeable" | "undiverged" | "policies_passed";

export interface AtlantisStep {
  /** `run`, `init`, `plan`, `apply`, `env`, … */
  readonly name: string;
  /** Script of a `run` step. */
  readonly text?: string;
}

export interface AtlantisWorkflow {
  readonly plan: readonly AtlantisStep[];
  readonly apply: readonly AtlantisStep[];
}

/** One entry of `repos`. What it does not set stays as an entry before it has it. */
export interface AtlantisRepoEntry {
  /** `github.com/acme/infra`, or a pattern between slashes. */
  readonly id: string;
  /** Pattern of base branches, between slashes. */
  readonly branch?: string;
  readonly planRequirements?: readonly string[];
  readonly applyRequirements?: readonly string[];
  readonly workflow?: string;
  readonly allowedOverrides?: readonly string[];
  readonly allowCustomWorkflows?: boolean;
  readonly source: Source;
}

export interface AtlantisServer {
  readonly kind: "atlantis/server";
  readonly repos: readonly AtlantisRepoEntry[];
  readonly workflows: Readonly<Record<string, AtlantisWorkflow>>;
  readonly source: Source;
}

export interface AtlantisProject {
  readonly name?: string;
  readonly dir: string;
  readonly workspace: string;
  readonly workflow?: string;
  readonly planRequirements?: readonly string[];
  readonly applyRequirements?: readonly string[];
  readonly dependsOn: readonly string[];
  readonly source: Source;
}

export interface AtlantisRepository {
  readonly kind: "atlantis/repository";
  /** Entity id of the repository: `github:acme/infra`. */
  readonly repository: string;
  readonly path: string;
  readonly projects: readonly AtlantisProject[];
  readonly workflows: Readonly<Record<string, AtlantisWorkflow>>;
  readonly source: Source;
}

export type AtlantisObservation = AtlantisServer | AtlantisRepository;
