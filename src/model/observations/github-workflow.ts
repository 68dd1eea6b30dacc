// What a workflow file and an action file of a GitHub repository say.
import type { Source } from "../source.ts";

interface Read {
  readonly source: Source;
}

export interface GithubStep extends Read {
  readonly name?: string;
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  /** `with` and `env`, values as text. An expression in place of the whole map stands under the key `${{ insert }}`. */
  readonly with: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly condition?: string;
}

export interface GithubJob extends Read {
  readonly id: string;
  readonly name?: string;
  readonly needs: readonly string[];
  readonly condition?: string;
  /** Literal or expression text. */
  readonly environment?: string;
  /** `runs-on` labels, or `group:NAME`. */
  readonly runsOn: readonly string[];
  /** `id-token`, `contents`, `pull-requests`, … → `read` | `write` | `none`. Absent: inherited. */
  readonly permissions?: Readonly<Record<string, string>>;
  readonly container?: string;
  readonly services: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly GithubStep[];
  /** A reusable workflow, as written, with what is handed on. */
  readonly uses?: string;
  readonly with: Readonly<Record<string, string>>;
  readonly secrets: "inherit" | Readonly<Record<string, string>>;
  /**
   * Every value each key can have, `include` and `exclude` applied; members of values that are maps under `key.member`. A value that is an
   * expression stands for values not known. `dynamic`: not even the keys are known.
   */
  readonly matrix?: Readonly<Record<string, readonly string[]>> | "dynamic";
  /** Names after `secrets.` in any expression of the job or of the workflow's `env`, as written; `*` where the whole context or a computed name is read. */
  readonly secretsNamed?: readonly string[];
  /** `continue-on-error: true`: what needs the job goes on when it fails. */
  readonly continueOnError?: true;
  /** `deployment: false`: the job takes the environment's secrets without a deployment record. */
  readonly environmentWithoutDeployment?: true;
}

export interface GithubTrigger {
  /** `push`, `pull_request`, `pull_request_target`, `workflow_dispatch`, `workflow_run`, `schedule`, `workflow_call`, … */
  readonly event: string;
  readonly branches?: readonly string[];
  readonly branchesIgnore?: readonly string[];
  /** With `tags` and no branch filter, a push to a branch does not start it (and the other way round). */
  readonly tags?: readonly string[];
  readonly tagsIgnore?: readonly string[];
  readonly paths?: readonly string[];
  readonly pathsIgnore?: readonly string[];
  /** `schedule`. */
  readonly crons?: readonly string[];
  /** `workflow_call`: names of secrets that a caller may hand on. */
  readonly secrets?: readonly string[];
  readonly types?: readonly string[];
  /** `workflow_run`: which workflows. */
  readonly workflows?: readonly string[];
  readonly inputs?: Readonly<
    Record<string, { readonly required?: boolean; readonly type?: string; readonly options?: readonly string[]; readonly default?: string }>
  >;
}

export interface GithubWorkflow extends Read {
  readonly kind: "github/workflow";
  readonly repository: string;
  /** `.github/workflows/deploy.yml`. */
  readonly path: string;
  readonly name?: string;
  readonly triggers: readonly GithubTrigger[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: readonly GithubJob[];
}

/** An action of the repository itself (`action.yml`): what its steps use is part of every job that uses it. */
export interface GithubAction extends Read {
  readonly kind: "github/action";
  readonly repository: string;
  /** `.github/actions/setup/action.yml`. */
  readonly path: string;
  readonly name?: string;
  /** `composite`, `docker`, `node20`, … */
  readonly using: string;
  /** `docker`: a Dockerfile or `docker://IMAGE`. */
  readonly image?: string;
  readonly steps: readonly GithubStep[];
}
