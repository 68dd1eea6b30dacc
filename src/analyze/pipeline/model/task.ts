// A job as promotion sees it, the same for every forge: when it starts, what it waits for, what it does, and what it hands on.
import type { Forge } from "../../../model/forge.ts";
import type { Source } from "../../../model/source.ts";

/** One step: a command, or a part by name. */
export interface Action {
  /** The script as written; empty for a part by name. */
  readonly text: string;
  /** `actions/download-artifact@v4`; absent for a script. */
  readonly uses?: string;
  readonly with: Readonly<Record<string, string>>;
  readonly condition?: string;
  /** Its failure stops nothing, and why. */
  readonly swallowed?: string;
  readonly source: Source;
}

export interface Wait {
  /** Entity id of the job it waits for. */
  readonly on: string;
  /** Given: it runs whatever becomes of that job, and why. */
  readonly despite?: string | undefined;
  /** Given: whether it waits for success is not certain, and why: the job before it may be left out. */
  readonly unsure?: string | undefined;
}

export interface Task {
  /** Entity id of the job. */
  readonly id: string;
  readonly label: string;
  /** The job's own name, as its author calls it. */
  readonly name: string;
  readonly system: Forge;
  /** Without the system: `acme/shop`. */
  readonly project: string;
  /** The file that a trigger starts: `.gitlab-ci.yml`. */
  readonly definition: string;
  /** `push`, `manual`, `workflow_dispatch`, … */
  readonly events: readonly string[];
  /** Entity ids of environments that it can name. */
  readonly environments: readonly string[];
  /** Names as written that no entity stands for, with `*` where a value is not in the files. */
  readonly environmentsComplete: boolean;
  /** Where the environment is named. */
  readonly environmentSource?: Source;
  readonly waits: readonly Wait[];
  readonly actions: readonly Action[];
  /** A condition of the whole job. */
  readonly condition?: string;
  /** Started by a person's click. */
  readonly isManual: boolean;
  /** It asks somebody, after the step that deploys. */
  readonly asksAfter?: Source;
  /** A failure stops nothing. */
  readonly mayFail: boolean;
  /** It works on the newest commit of a branch, whichever commit the jobs it waits for worked on: why, as what the job does. */
  readonly newestCommit?: string;
  /** Paths or names it hands on. */
  readonly artifactsOut: readonly string[];
  /** Entity ids of the jobs before it whose artifacts it takes. */
  readonly takesArtifactsOf: readonly string[];
  /** Image that the job runs in. */
  readonly image?: string;
  readonly usesCache: boolean;
  readonly isOnOwnMachine: boolean;
  /** What a called definition does is not in the files. */
  readonly unread?: string;
  /** Runs only when another definition calls it. */
  readonly isCalledOnly: boolean;
  readonly source: Source;
}
