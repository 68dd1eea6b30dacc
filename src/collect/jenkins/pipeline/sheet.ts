// What the walk through a Jenkinsfile carries along: where it stands, and the stages that it has put together so far.
import type {
  JenkinsBuild,
  JenkinsCheckout,
  JenkinsCondition,
  JenkinsInput,
  JenkinsLibrary,
  JenkinsStage,
  JenkinsStep,
} from "../../../model/observations/jenkins.ts";
import type { Source } from "../../../model/source.ts";
import type { Expression, Statement } from "../groovy/tree.ts";

export interface Problem {
  readonly what: string;
  readonly source: Source;
  /** A step of a library or plugin that is not known, which changes nothing but what the job is seen to do. */
  readonly isStep?: true;
}

/** A stage while it is put together. */
export interface Draft {
  readonly name: string;
  readonly parents: readonly string[];
  readonly after: readonly number[];
  readonly steps: JenkinsStep[];
  readonly inputs: JenkinsInput[];
  readonly credentials: { readonly id: string; readonly source: Source }[];
  readonly labels: string[];
  readonly images: { readonly name: string; readonly source: Source }[];
  readonly builds: JenkinsBuild[];
  readonly checkouts: JenkinsCheckout[];
  readonly artifacts: string[];
  readonly copiesFrom: string[];
  readonly variables: Record<string, string>;
  unstashes: boolean;
  readonly condition?: JenkinsCondition;
  readonly catches: readonly Catch[];
  /** It runs whatever became of the stages before it, and why. */
  readonly despite?: string;
  readonly source: Source;
}

/** What keeps a failure from stopping what comes after it: `try` without a throw, `catchError`. */
export interface Catch {
  readonly id: number;
  readonly why: string;
}

export interface Sheet {
  readonly at: (line: number) => Source;
  /** The text without the secrets that stand in it. */
  readonly clean: (text: string) => string;
  readonly cleanVariable: (name: string, text: string) => string;
  readonly drafts: Draft[];
  /** Indices of the stages that the next one waits for. */
  frontier: readonly number[];
  /** The stage that takes the steps that come. */
  open?: Draft | undefined;
  /** The older form: `stage 'Build'` names what follows it. */
  title?: string | undefined;
  catches: number;
  readonly problems: Problem[];
  readonly libraries: JenkinsLibrary[];
  readonly parameters: string[];
  readonly triggers: string[];
  readonly upstream: string[];
  readonly methods: ReadonlyMap<string, readonly Statement[]>;
  /** Values given to names: closures among them may be run by `parallel` later. */
  readonly values: Map<string, Expression[]>;
  /** Walked statements, so that methods which call methods come to an end. */
  walked: number;
}

/** What holds for everything below a place. */
export interface Frame {
  readonly parents: readonly string[];
  readonly condition?: JenkinsCondition | undefined;
  readonly variables: Readonly<Record<string, string>>;
  readonly credentials: readonly { readonly id: string; readonly source: Source }[];
  readonly labels: readonly string[];
  readonly images: readonly { readonly name: string; readonly source: Source }[];
  readonly inputs: readonly JenkinsInput[];
  readonly catches: readonly Catch[];
  readonly despite?: string | undefined;
  readonly post?: string | undefined;
  /** Methods that are being walked. */
  readonly calls: readonly string[];
}

export const ROOT: Frame = { parents: [], variables: {}, credentials: [], labels: [], images: [], inputs: [], catches: [], calls: [] };

/** Threat: methods that call methods multiply; no pipeline of people has so many steps. */
const MOST_WALKED = 20_000;
const MOST_STAGES = 1_000;

export class TooMuch extends Error {}

export function count(sheet: Sheet): void {
  if (++sheet.walked > MOST_WALKED) throw new TooMuch(`it comes to more than ${MOST_WALKED} steps`);
  if (sheet.drafts.length > MOST_STAGES) throw new TooMuch(`it comes to more than ${MOST_STAGES} stages`);
}

export const both = (one: JenkinsCondition | undefined, other: JenkinsCondition | undefined): JenkinsCondition | undefined =>
  one === undefined ? other : other === undefined ? one : { all: [one, other] };

/** The stage that takes a step here; one is begun where there is none. */
export function stageFor(sheet: Sheet, frame: Frame, source: Source): Draft {
  if (sheet.open !== undefined) return sheet.open;
  const path = sheet.title === undefined ? frame.parents : [...frame.parents, sheet.title];
  const draft: Draft = {
    name: path.at(-1) ?? "pipeline",
    parents: path.slice(0, -1),
    after: sheet.frontier,
    steps: [],
    inputs: [...frame.inputs],
    credentials: [...frame.credentials],
    labels: [...frame.labels],
    images: [...frame.images],
    builds: [],
    checkouts: [],
    artifacts: [],
    copiesFrom: [],
    variables: { ...frame.variables },
    unstashes: false,
    ...(frame.condition && { condition: frame.condition }),
    catches: frame.catches,
    ...(frame.despite !== undefined && { despite: frame.despite }),
    source,
  };
  sheet.drafts.push(draft);
  sheet.open = draft;
  return draft;
}

/** Whatever comes next waits for the open stage. */
export function closeStage(sheet: Sheet): void {
  if (sheet.open === undefined) return;
  sheet.frontier = [sheet.drafts.indexOf(sheet.open)];
  sheet.open = undefined;
}

/** Branches begin at the same place, and what follows waits for all of them. */
export function sideBySide(sheet: Sheet, branches: readonly (() => void)[]): void {
  closeStage(sheet);
  const entry = sheet.frontier;
  const ends = branches.map((branch) => {
    sheet.frontier = entry;
    branch();
    closeStage(sheet);
    return sheet.frontier;
  });
  sheet.frontier = ends.length === 0 ? entry : [...new Set(ends.flat())];
}

/** A failure inside a catch ends what stands in it too, and only what comes after the catch goes on. */
export function finished(draft: Draft, drafts: readonly Draft[]): JenkinsStage {
  const { catches, despite, after, ...rest } = draft;
  const own = new Set(catches.map((one) => one.id));
  const doing = draft.steps.filter((step) => step.post === undefined && (step.text !== "" || step.isUnknown));
  const mayFail = doing.length > 0 && doing.every((step) => step.swallowed !== undefined) ? doing[0]?.swallowed : undefined;
  const waits = after.map((stage) => {
    const caught = despite ?? drafts[stage]?.catches.find((one) => !own.has(one.id))?.why;
    return { stage, ...(caught !== undefined && { despite: caught }) };
  });
  return { ...rest, after: waits, ...(mayFail !== undefined && { mayFail }) };
}
