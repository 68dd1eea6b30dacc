// The pipeline model that every forge's reader gives and one set of rules takes: whose content runs where, past which guards, with which rights.
import type { Place } from "../../../model/entity.ts";
import type { Forge } from "../../../model/forge.ts";
import type { Gap } from "../../../model/gap.ts";
import type { Fact, IdentityToken } from "../../../model/rule.ts";
import type { Source } from "../../../model/source.ts";
import type { Actor } from "../actors.ts";
import type { Task } from "./task.ts";

/** What a guard asks before it lets something through. */
export type Requirement =
  /** One of these takes part: pushes, merges, presses the button. */
  | { readonly kind: "one-of"; readonly what: string; readonly who: readonly Actor[] }
  /** Whoever has all of these facts of another system: what its rules let pass. `because`: whether they suffice is not certain. */
  | { readonly kind: "facts"; readonly what: string; readonly facts: readonly Fact[]; readonly because?: string | undefined }
  /** So many of these approve. `authors`: who may be the author or starter, none of whom counts; absent: they count. */
  | {
      readonly kind: "approvals";
      readonly count: number;
      readonly of: readonly Actor[];
      readonly authors?: readonly Actor[];
      readonly because?: string | undefined;
    };

/** One way past a guard: all that it requires. Without requirements the guard stands open. */
export interface Passage {
  /** Short and stable: part of ids. */
  readonly key: string;
  readonly how: string;
  /** What to change to close or narrow this way. */
  readonly change: string;
  readonly requires: readonly Requirement[];
  /** Given: whether this way is open is not certain, and why. */
  readonly because?: string | undefined;
  /** The guard stands in the definition that it guards: who decides the content takes it out. */
  readonly byContent?: true;
}

/** A fact of another part of the estate whose holder decides something here. */
export interface Mover {
  readonly capability: "author" | "write" | "control";
  readonly entity: string;
  readonly because?: string | undefined;
}

export interface Guard {
  readonly id: string;
  /** `rules of branch main of acme/shop`. */
  readonly label: string;
  /** As read: the grant's id is its hash. */
  readonly content: unknown;
  readonly passages: readonly Passage[];
  /** Who may edit or take away this guard beside those who administer the project. */
  readonly editedBy?: readonly Actor[];
  readonly source: Source;
}

/** A branch or tag whose content others than its pusher looked at, or that the forge treats as protected. */
export interface Ref {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  /** Absent: whoever may push anything may push here. */
  readonly guard?: Guard;
  /** Given: it stands in another system, whose facts alone move it. */
  readonly movedBy?: readonly Mover[];
  readonly because?: string | undefined;
  readonly source: Source;
}

/**
 * What runs with which rights: content (`unreviewed`, `fork`, or a ref's id), past guards, inside an environment or not. `of`: the context that this
 * one narrows, whose content it runs.
 */
export interface Context {
  readonly id: string;
  readonly label: string;
  readonly content: string;
  readonly of?: string;
  readonly guards: readonly Guard[];
  /** Entity id. */
  readonly environment?: string;
  readonly place: Place;
  readonly because?: string | undefined;
  /** Given: a definition that was not read may run what others bring, with this context's rights. */
  readonly doubt?: string | undefined;
  /** Who can run content of their own with its rights, past the ref: Jenkins' replay, a pipeline that is started from any branch. */
  /** Entity ids of the identities with whose token it runs, and why that is not certain. */
  readonly actsAs?: readonly { readonly id: string; readonly because?: string | undefined }[];
  readonly runBy?: readonly { readonly key: string; readonly who: readonly Actor[]; readonly how: string; readonly change: string }[];
  readonly source: Source;
}

export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly guard?: Guard;
  /** Systems that decide in place of people. */
  readonly decidedBy?: readonly string[];
  readonly place: Place;
  readonly source: Source;
}

/** What contexts and jobs are given: a variable, a stored credential, a service connection. */
export interface Credential {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  /** What it is declared on, for the gap when nobody says what it opens. */
  readonly owner: string;
  readonly place: Place;
  readonly given: readonly { readonly to: string; readonly because?: string | undefined }[];
  readonly source: Source;
}

/** Content from elsewhere that decides what a job does: a template, an action, an image by a name that can be moved. */
export interface MovableInput {
  readonly id: string;
  readonly kind: "definition" | "action" | "image";
  /** As the file writes it. */
  readonly written: string;
  /** Facts whose holder moves it, where its owner is part of the estate. */
  readonly movedBy: readonly Mover[];
  readonly source: Source;
}

export interface Job {
  readonly id: string;
  readonly label: string;
  readonly place: Place;
  readonly contexts: readonly { readonly id: string; readonly because?: string | undefined }[];
  readonly inputs: readonly MovableInput[];
  /** Ids of runners that may take it. */
  readonly runners: readonly { readonly id: string; readonly because?: string | undefined }[];
  readonly task: Task;
  readonly source: Source;
}

export interface Runner {
  readonly id: string;
  readonly label: string;
  readonly place: Place;
  /** Contexts whose content can ask for it by itself. */
  readonly open: readonly { readonly id: string; readonly because?: string | undefined }[];
  readonly source: Source;
}

export interface Project {
  readonly system: Exclude<Forge, "github">;
  /** Entity id: `gitlab:acme/shop`. Facts: `author` it to put an unreviewed change there, `control` it to edit all its guards. */
  readonly id: string;
  readonly label: string;
  readonly place: Place;
  /** Entity ids of what holds it (folder, group, organization): who controls one controls the project. */
  readonly above: readonly string[];
  readonly change: string;
  /** Absent: nothing of a fork runs here. */
  readonly fork?: { readonly id: string; readonly because?: string | undefined };
  readonly authors: readonly Actor[];
  /** Facts of another system whose holder puts changes here: `author github:acme/infra`, for a project that works on its pull requests. */
  readonly authoredBy?: readonly { readonly fact: Fact; readonly how: string; readonly because?: string | undefined }[];
  readonly administrators: readonly Actor[];
  readonly refs: readonly Ref[];
  readonly environments: readonly Environment[];
  readonly contexts: readonly Context[];
  readonly credentials: readonly Credential[];
  readonly jobs: readonly Job[];
  readonly runners: readonly Runner[];
  readonly tokens: readonly IdentityToken[];
  /** Everyone named: entities of their own. */
  readonly accounts: readonly Actor[];
  /** What was not read, and whose may-rules stand in the parts above. */
  readonly gaps: readonly Gap[];
  readonly source: Source;
}
