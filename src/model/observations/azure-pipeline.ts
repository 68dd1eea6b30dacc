// What a pipeline definition of Azure Pipelines says, its templates put in: stages and jobs, with the places where they stand.
import type { Json } from "../../lib/json.ts";
import type { Source } from "../source.ts";

export interface AzureStep {
  /** The script, also that of a task that takes one; empty for others. */
  readonly text: string;
  /** `AzureWebApp@1`, `checkout`, `download`, `publish`. */
  readonly uses?: string;
  readonly with: Readonly<Record<string, string>>;
  readonly condition?: string;
  readonly continueOnError: boolean;
  /** Whether it is there at all depends on values that are not in the files. */
  readonly because?: string;
  readonly source: Source;
}

export interface AzureJob {
  readonly name: string;
  /** Name of its stage. */
  readonly stage: string;
  readonly isDeployment: boolean;
  /** Names of jobs of the stage; absent: none. */
  readonly dependsOn: readonly string[];
  readonly condition?: string;
  /** `${{ }}` and `$( )` that stayed open are in it as written. */
  readonly environment?: { readonly name: string; readonly source: Source };
  /** `vmImage`, or the name of a pool; `server`: no machine. */
  readonly pool?: { readonly name: string; readonly isHosted: boolean };
  readonly images: readonly { readonly name: string; readonly source: Source }[];
  readonly steps: readonly AzureStep[];
  readonly variables: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  /** Service connections that its tasks name. */
  readonly connections: readonly { readonly name: string; readonly source: Source }[];
  /** Names of artifacts it publishes. */
  readonly artifacts: readonly string[];
  /** `current`, or the alias of another pipeline. */
  readonly downloads: readonly string[];
  /** A manual validation asks these, or anybody. */
  readonly asks: readonly {
    readonly approvers?: readonly string[];
    readonly selfApproves: boolean;
    readonly at: number;
    readonly source: Source;
  }[];
  readonly matrix?: Readonly<Record<string, readonly string[]>>;
  readonly continueOnError: boolean;
  readonly because?: string;
  readonly source: Source;
}

export interface AzureStage {
  readonly name: string;
  /** Names of stages; what stands before it where it says nothing. */
  readonly dependsOn: readonly string[];
  readonly condition?: string;
  /** Waits for a person's click (`trigger: manual`). */
  readonly isManual: boolean;
  readonly jobs: readonly AzureJob[];
  readonly because?: string;
  readonly source: Source;
}

/** A template or container of another place. `read`: its file was found. */
export interface AzureInclude {
  readonly what: "template" | "container" | "repository";
  /** As written: `deploy.yml@templates`. */
  readonly name: string;
  /** `project/repository` or `owner/repository`; absent: the repository of the definition. */
  readonly repository?: string;
  readonly type?: string;
  readonly ref?: string;
  readonly read: boolean;
  readonly source: Source;
}

export interface AzureBranches {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface AzurePipeline {
  readonly kind: "azure/pipeline";
  readonly organization: string;
  readonly project: string;
  /** Name of the repository: `shop`, `acme/shop` on GitHub. */
  readonly repository: string;
  readonly path: string;
  readonly stages: readonly AzureStage[];
  /** Branches whose pushes start it; `undefined`: any; empty include: none. */
  readonly trigger?: AzureBranches;
  readonly pr?: AzureBranches;
  readonly schedules: boolean;
  /** Aliases of pipelines that it takes from, by name, and whether their end starts it. */
  readonly sources: readonly { readonly alias: string; readonly pipeline: string; readonly project?: string; readonly starts: boolean }[];
  readonly includes: readonly AzureInclude[];
  readonly source: Source;
}

/** A file of a repository, before the templates are put together; the collector's join takes these up. */
export interface AzureFile {
  readonly kind: "azure/file";
  readonly organization: string;
  readonly project: string;
  readonly repository: string;
  readonly path: string;
  readonly content: { readonly [key: string]: Json };
  readonly source: Source;
}
