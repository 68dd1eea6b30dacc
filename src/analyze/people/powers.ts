// The single-person test, told for everyone: can they author, approve, deploy, or edit the gate, each alone, and by which walk.
import type { Person } from "../../charter/schema.ts";
import type { Fact, Rule } from "../../model/rule.ts";
import type { Estate } from "../estate.ts";
import { type Closure, close, holds, release } from "../reach/close.ts";
import { gapOpens, inWords, type Step } from "../reach/decide.ts";
import { type PeopleQuestion, peopleQuestionsOf } from "../reach/questions.ts";
import { buildRuleBase, factAt, type RuleBase } from "../reach/rule-base.ts";
import { custody, productionNames } from "../reach/semantics.ts";
import { derivation } from "../reach/witness.ts";
import { deployingPlaces } from "./places.ts";

/** `author`: a change to a repository that production is deployed from. `approve`: an approval that counts there. `deploy`: change production, alone. */
export const POWERS = ["author", "approve", "deploy", "editGate"] as const;
export type Power = (typeof POWERS)[number];

export interface Answer {
  readonly answer: "yes" | "no" | "unknown";
  /** What it leads to. */
  readonly gives?: Fact;
  /** Why it is not known. */
  readonly because?: string;
  readonly steps: readonly Step[];
  /** The walk is this person's, who can do just the same. */
  readonly walkedBy?: string;
}

export interface Powers {
  readonly person: Person;
  readonly answers: Readonly<Record<Power, Answer>>;
  /** What they hold in declared custody, which is left out. */
  readonly custody: readonly string[];
}

type Goals = Readonly<Record<Power, readonly number[]>>;

/** A class of people with the same powers is asked once; `only` asks for one person, whose walks are then their own. */
export function powersOf(estate: Estate, only?: string): readonly Powers[] {
  const asked =
    only === undefined
      ? estate
      : { ...estate, charter: { ...estate.charter, people: estate.charter.people.filter(({ id }) => id === only) } };
  const base = buildRuleBase(estate.entities.keys(), estate.rules);
  const goals = goalsOf(estate, base);
  const open = estate.untaken.find((gap) => gapOpens(gap, "singlePerson"));
  const byPerson = new Map<string, Powers>();
  for (const each of peopleQuestionsOf(base, asked)) {
    const answers = answersOf(estate, base, each, goals, open && `${open.what}: ${open.why}`);
    const [first] = each.people;
    for (const person of each.people)
      byPerson.set(person.id, {
        person,
        answers: person === first ? answers : walkedBy(answers, (first as Person).name),
        custody: custody(estate.charter, person),
      });
  }
  return asked.charter.people.flatMap(({ id }) => byPerson.get(id) ?? []);
}

const walkedBy = (answers: Powers["answers"], name: string): Powers["answers"] =>
  Object.fromEntries(
    POWERS.map((power) => [power, answers[power].steps.length === 0 ? answers[power] : { ...answers[power], walkedBy: name }]),
  ) as Record<Power, Answer>;

/** Facts of which any one is the power. */
function goalsOf(estate: Estate, base: RuleBase): Goals {
  const production = productionNames(estate.charter);
  const places = [...deployingPlaces(estate).keys()];
  const isPlace = new Set(places);
  const found: Record<Power, Set<number>> = { author: new Set(), approve: new Set(), deploy: new Set(), editGate: new Set() };
  const add = (power: Power, capability: Fact["capability"], entity: string): void => {
    const number = base.factOf({ capability, entity });
    if (number >= 0) found[power].add(number);
  };
  for (const place of places) add("author", "author", place);
  for (const entity of estate.entities.values())
    if (entity.kind === "guard" && guards(estate, entity.id, isPlace, production)) add("editGate", "defeat", entity.id);
  for (const rule of estate.rules)
    if (isApproval(rule) && guards(estate, rule.gives.entity, isPlace, production))
      for (const need of rule.needs) if (need.capability === "act-as") add("approve", "act-as", need.entity);
  return {
    author: [...found.author],
    approve: [...found.approve],
    deploy: [],
    editGate: [...found.editGate],
  };
}

/** One's own account is enough for one of the approvals that a gate counts (pipeline/approvals.ts), or for a part in it. */
const isApproval = ({ gives, needs }: Rule): boolean =>
  gives.capability === "approve" &&
  /\/(?:approvals|taken-part)$/.test(gives.entity) &&
  needs.some(({ capability }) => capability === "act-as");

/** Guards of a place that production is deployed from; those of an environment below it are another matter. */
function guards({ environmentOf }: Estate, id: string, places: ReadonlySet<string>, production: ReadonlySet<string>): boolean {
  const [place = "", part = ""] = id.split("#guard/");
  if (!places.has(place)) return false;
  const environment = /^environment\/([^/]+)/.exec(part)?.[1];
  if (environment === undefined) return true;
  const belongs = environmentOf(`${place}#environment/${environment}`);
  return belongs === undefined || production.has(belongs);
}

function answersOf(
  estate: Estate,
  base: RuleBase,
  { question }: PeopleQuestion,
  goals: Goals,
  open: string | undefined,
): Powers["answers"] {
  const options = question.without ? { without: question.without } : {};
  const answers: Partial<Record<Power, Answer>> = {};
  for (const may of [false, true]) {
    const closure = close(base, question.sources, { ...options, may });
    for (const power of POWERS) {
      if (answers[power] !== undefined) continue;
      const reached = power === "deploy" ? targetIn(closure, question.targets) : lowest(closure, goals[power]);
      if (reached === undefined) continue;
      const steps = inWords(base, estate, derivation(base, closure, reached));
      const because = steps.map(({ rule }) => rule?.because).find((each) => each !== undefined);
      answers[power] = {
        answer: may ? "unknown" : "yes",
        gives: factAt(base, reached),
        ...(may && because !== undefined && { because }),
        steps,
      };
    }
    release(base, closure);
  }
  const none: Answer = open === undefined ? { answer: "no", steps: [] } : { answer: "unknown", because: open, steps: [] };
  return Object.fromEntries(POWERS.map((power) => [power, answers[power] ?? none])) as Record<Power, Answer>;
}

function lowest(closure: Closure, goals: readonly number[]): number | undefined {
  let best: number | undefined;
  for (const goal of goals)
    if (holds(closure, goal) && (best === undefined || (closure.height[goal] as number) < (closure.height[best] as number))) best = goal;
  return best;
}

/** The first target of the single-person statement: `order` never goes down in height. */
function targetIn(closure: Closure, targets: Uint8Array): number | undefined {
  for (let i = 0; i < closure.order.length; i++) {
    const fact = closure.order[i] as number;
    if (targets[fact] !== 0) return fact;
  }
  return undefined;
}
