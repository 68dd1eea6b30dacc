// A draft of the access matrix: for each person and group, the most that they can come to do in each environment, by what was derived and not by what is declared.
import type { Estate } from "../../analyze/estate.ts";
import { close, holds } from "../../analyze/reach/close.ts";
import { buildRuleBase, type RuleBase } from "../../analyze/reach/rule-base.ts";
import { personSources } from "../../analyze/reach/semantics.ts";
import { type Capability, fact } from "../../model/rule.ts";
import type { EntityKind } from "../../model/entity.ts";

/** From most to least. `administer`: control of an account, cluster or namespace, and so of everything in it. */
export const LEVELS = ["administer", "change", "read", "none"] as const;
export type Level = (typeof LEVELS)[number];

export interface Cell {
  readonly level: Level;
  /** More, if what could not be read or decided turns out so. */
  readonly perhaps?: Level;
}

export interface MatrixRow {
  readonly kind: "person" | "group";
  readonly id: string;
  readonly name: string;
  /** Of a group: its members. */
  readonly members: number;
  /** By environment. Of a group: what its members can, each alone, and how many of them. */
  readonly cells: ReadonlyMap<string, Cell & { readonly of?: number }>;
}

export interface AccessMatrix {
  readonly environments: readonly string[];
  readonly rows: readonly MatrixRow[];
}

const HEADS: ReadonlySet<EntityKind> = new Set(["cloud-account", "cluster", "namespace"]);
const IGNORED: ReadonlySet<EntityKind> = new Set(["person", "account", "guard", "change", "environment"]);

type Goals = ReadonlyMap<string, ReadonlyMap<Exclude<Level, "none">, readonly number[]>>;

/** Per environment, the facts that make each level. */
function goalsOf(estate: Estate, base: RuleBase): Goals {
  const goals = new Map<string, Map<Exclude<Level, "none">, number[]>>();
  for (const entity of estate.entities.values()) {
    const environment = estate.environmentOf(entity.id);
    if (environment === undefined || IGNORED.has(entity.kind)) continue;
    const own =
      goals.get(environment) ??
      new Map<Exclude<Level, "none">, number[]>([
        ["administer", []],
        ["change", []],
        ["read", []],
      ]);
    goals.set(environment, own);
    const add = (level: Exclude<Level, "none">, capability: Capability): void => {
      const goal = base.factOf(fact(capability, entity.id));
      if (goal >= 0) own.get(level)?.push(goal);
    };
    if (HEADS.has(entity.kind)) add("administer", "control");
    add("change", "control");
    add("change", "write");
    add("read", "read");
  }
  return goals;
}

const atLeast = (a: Level, b: Level): boolean => LEVELS.indexOf(a) <= LEVELS.indexOf(b);

export function accessMatrix(estate: Estate): AccessMatrix {
  const base = buildRuleBase(estate.entities.keys(), estate.rules);
  const goals = goalsOf(estate, base);
  const environments = estate.charter.environments.map(({ name }) => name);
  const people = estate.charter.people.map((person): MatrixRow => {
    const sources = personSources(estate, person)
      .map((source) => base.factOf(source))
      .filter((source) => source >= 0);
    const closures = [false, true].map((may) => close(base, sources, { may }));
    const levelIn = (environment: string, closure: (typeof closures)[number]): Level => {
      const own = goals.get(environment);
      return (["administer", "change", "read"] as const).find((level) => own?.get(level)?.some((goal) => holds(closure, goal))) ?? "none";
    };
    const cells = environments.map((environment): [string, Cell] => {
      const [must = "none", may = "none"] = closures.map((closure) => levelIn(environment, closure));
      return [environment, { level: must, ...(must !== may && { perhaps: may }) }];
    });
    return { kind: "person", id: person.id, name: person.name ?? person.id, members: 1, cells: new Map(cells) };
  });
  return { environments, rows: [...groupRows(estate, environments, people), ...people] };
}

/** The most that any member can, and how many of them can as much. */
function groupRows(estate: Estate, environments: readonly string[], people: readonly MatrixRow[]): readonly MatrixRow[] {
  const names = [...new Set(estate.charter.people.flatMap((person) => person.groups))].toSorted();
  return names.map((name): MatrixRow => {
    const ids = new Set(estate.charter.people.filter((person) => person.groups.includes(name)).map((person) => person.id));
    const members = people.filter((row) => ids.has(row.id));
    const cells = environments.map((environment): [string, Cell & { of: number }] => {
      const own = members.map((row) => row.cells.get(environment) ?? { level: "none" as const });
      const level = LEVELS.find((each) => own.some((cell) => cell.level === each)) ?? "none";
      const perhaps = LEVELS.find((each) => own.some((cell) => (cell.perhaps ?? cell.level) === each)) ?? "none";
      const of = own.filter((cell) => atLeast(cell.level, level)).length;
      return [environment, { level, of, ...(perhaps !== level && { perhaps }) }];
    });
    return { kind: "group", id: name, name, members: members.length, cells: new Map(cells) };
  });
}
