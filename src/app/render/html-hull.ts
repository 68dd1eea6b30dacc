// Where everything stands in the picture: a hull from above, bow up, one compartment an environment, the highest in the bow.
import type { CheckResult } from "../../findings/result.ts";
import { type Crossing, type Door, type Environment, environmentsByTier, rankOf } from "./html-crossings.ts";

export interface Compartment {
  readonly environment: Environment;
  readonly top: number;
  readonly bottom: number;
}

export interface Wall {
  readonly y: number;
  /** Peers that are not declared isolated stand in one tier without a wall between. */
  readonly isWall: boolean;
  readonly doors: readonly Door[];
}

/** A way from one compartment into another, drawn as a vertical line. */
export interface Leak {
  readonly crossing: Crossing;
  readonly x: number;
  readonly start: number;
  readonly end: number;
  readonly walls: readonly number[];
}

/** A way through the hull's side: people, what stands in no environment, and the doors for people. */
export interface Boarding {
  readonly y: number;
  readonly crossing?: Crossing;
  readonly doors?: readonly Door[];
}

export interface Hull {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly bow: number;
  readonly stern: number;
  readonly compartments: readonly Compartment[];
  readonly walls: readonly Wall[];
  readonly leaks: readonly Leak[];
  readonly boardings: readonly Boarding[];
}

const BOW = 14;
/** Height of the bow's curve, above the first compartment's own height. */
export const CURVE = 150;
const LEFT = 112;
/** Room for a compartment's name, before the columns of leaks. */
const WORDS = 206;
const COLUMN = 30;
const LEAST_COLUMNS = 4;
const ROW = 122;
const LANE = 38;

export function hullOf(result: CheckResult, crossings: readonly Crossing[]): Hull {
  const environments = environmentsByTier(result);
  const doors = result.doors ?? [];
  const lanes = environments.map(({ name }) => lanesOf(name, crossings, doors));
  const compartments = stacked(environments, lanes);
  const leaks = placed(compartments, crossings);
  const columns = Math.max(LEAST_COLUMNS, ...leaks.map(({ column }) => column + 1));
  const right = LEFT + WORDS + columns * COLUMN;
  const stern = compartments.at(-1)?.bottom ?? BOW + CURVE + ROW;
  const boardings = compartments.flatMap(({ bottom }, index) =>
    (lanes[index] ?? []).map((lane, position) => ({ ...lane, y: bottom - 30 - position * LANE })),
  );
  return {
    width: right + 10,
    height: stern + 10,
    left: LEFT,
    right,
    bow: BOW,
    stern,
    compartments,
    walls: wallsOf(compartments, doors),
    leaks: leaks.map(({ leak, column }) => ({ ...leak, x: LEFT + WORDS + column * COLUMN + COLUMN / 2 })),
    boardings,
  };
}

type Lane = Omit<Boarding, "y">;

function lanesOf(name: string, crossings: readonly Crossing[], doors: readonly Door[]): readonly Lane[] {
  const own = doors.filter(({ kind, to }) => kind === "break-glass" && to === name);
  const from = (source: string): Lane[] =>
    crossings.filter((crossing) => crossing.from === source && crossing.to === name).map((crossing) => ({ crossing }));
  return [...from("undeclared"), ...from("people"), ...(own.length > 0 ? [{ doors: own }] : [])];
}

function stacked(environments: readonly Environment[], lanes: readonly (readonly Lane[])[]): readonly Compartment[] {
  let top = BOW;
  return environments.map((environment, index) => {
    const height = Math.max(ROW, 24 + (lanes[index]?.length ?? 0) * LANE) + (index === 0 ? CURVE : 0);
    const compartment = { environment, top, bottom: top + height };
    top = compartment.bottom;
    return compartment;
  });
}

function wallsOf(compartments: readonly Compartment[], doors: readonly Door[]): readonly Wall[] {
  return compartments.slice(0, -1).map(({ environment, bottom }, index) => {
    const below = (compartments[index + 1] as Compartment).environment;
    const own = doors.filter((door) => door.kind !== "break-glass" && (door.kind === "mask" ? door.from : door.to) === environment.name);
    const isWall = rankOf(environment) !== rankOf(below) || environment.isolated === true || below.isolated === true;
    return { y: bottom, isWall, doors: own };
  });
}

/** Leaks side by side, each in the first column where it meets no other; the short ones first, so that they stay near the names. */
function placed(
  compartments: readonly Compartment[],
  crossings: readonly Crossing[],
): readonly { readonly leak: Omit<Leak, "x">; readonly column: number }[] {
  const columns: (readonly [number, number])[][] = [];
  return spansOf(compartments, crossings).map(({ crossing, lower, upper, isUp }) => {
    const first = Math.min(lower, upper);
    const last = Math.max(lower, upper);
    let column = columns.findIndex((taken) => taken.every(([a, b]) => b < first || last < a));
    if (column === -1) column = columns.push([]) - 1;
    (columns[column] as (readonly [number, number])[]).push([first, last]);
    const above = (compartments[first] as Compartment).bottom - 22;
    const below = (compartments[last - 1] as Compartment).bottom + 34;
    const walls = compartments.slice(first, last).map(({ bottom }) => bottom);
    return { leak: { crossing, walls, start: isUp ? below : above - 12, end: isUp ? above : below - 12 }, column };
  });
}

interface Span {
  readonly crossing: Crossing;
  readonly lower: number;
  readonly upper: number;
  /** Whether the arrow goes towards the bow. */
  readonly isUp: boolean;
}

function spansOf(compartments: readonly Compartment[], crossings: readonly Crossing[]): readonly Span[] {
  const index = new Map(compartments.map(({ environment }, position) => [environment.name, position]));
  return crossings
    .flatMap((crossing): Span[] => {
      const lower = index.get(crossing.from);
      const upper = index.get(crossing.to);
      if (lower === undefined || upper === undefined || lower === upper) return [];
      return [{ crossing, lower, upper, isUp: crossing.flow === "disclosure" ? upper > lower : lower > upper }];
    })
    .sort((a, b) => Math.abs(a.lower - a.upper) - Math.abs(b.lower - b.upper));
}
