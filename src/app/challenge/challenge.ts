// Injects violating grants, a family at a time, into a copy of the estate, and counts how many are detected: a test of the watch itself.
import { derive } from "../../analyze/derive.ts";
import type { Estate } from "../../analyze/estate.ts";
import { type Decision, decide, type Way } from "../../analyze/reach/decide.ts";
import type { CharterProblem } from "../../charter/load.ts";
import { ok, type Result } from "../../lib/result.ts";
import { type CheckOptions, readAndDerive } from "../check.ts";
import type { FileSet } from "../files.ts";
import { planes } from "../planes.ts";
import { awsFamilies } from "./aws.ts";
import type { Family, Injection } from "./family.ts";
import { githubFamilies } from "./github.ts";
import { kubernetesFamilies } from "./kubernetes.ts";
import { networkFamilies } from "./network.ts";

export const families: readonly Family[] = [...awsFamilies, ...networkFamilies, ...kubernetesFamilies, ...githubFamilies];

export interface Tried {
  readonly what: string;
  readonly detected: boolean;
  /** The way that shows it, in words; absent when it went unseen. */
  readonly shown?: string;
}

export interface FamilyScore {
  readonly id: string;
  readonly says: string;
  /** Injections this estate has room for. */
  readonly room: number;
  readonly tried: readonly Tried[];
}

export interface ChallengeOptions extends CheckOptions {
  readonly seed: number;
  /** At most this many injections of each family. */
  readonly each: number;
  readonly onProgress?: (family: string, done: number, total: number) => void;
}

export function challenge(files: FileSet, options: ChallengeOptions): Result<readonly FamilyScore[], readonly CharterProblem[]> {
  const derived = readAndDerive(files, options);
  if (!derived.ok) return derived;
  const { estate, reading, charter } = derived.value;
  const before = waysOf(decide(estate));
  const scores = families.map((family): FamilyScore => {
    const all = family.injections(estate);
    const chosen = choose(all, options.each, options.seed);
    const tried = chosen.map((injection, index): Tried => {
      options.onProgress?.(family.id, index, chosen.length);
      const altered = derive(injection.apply(reading.observations), charter, reading.gaps, planes, options.asOf);
      const way = detectedBy(before, altered, injection);
      return way ? { what: injection.what, detected: true, shown: way.rule.how } : { what: injection.what, detected: false };
    });
    return { id: family.id, says: family.says, room: all.length, tried };
  });
  return ok(scores);
}

const keyOf = (way: Way): string => JSON.stringify([way.from, way.to, way.grant, way.verdict]);

const waysOf = (decision: Decision): ReadonlySet<string> => new Set(decision.ways.map(keyOf));

/** A certain way that was not there before and that touches what the injection is about. */
function detectedBy(before: ReadonlySet<string>, altered: Estate, { about }: Injection): Way | undefined {
  const touched = new Set(about);
  return decide(altered).ways.find(
    (way) =>
      way.verdict === "violated" &&
      !before.has(keyOf(way)) &&
      way.steps.some((step) => touched.has(step.gives.entity) || step.rule?.needs.some((need) => touched.has(need.entity))),
  );
}

/** Evenly spread over the list, starting where the seed says: the same seed chooses the same. */
function choose<T>(all: readonly T[], most: number, seed: number): readonly T[] {
  if (all.length <= most) return all;
  const stride = all.length / most;
  return Array.from({ length: most }, (_, i) => all[(Math.floor(i * stride) + seed) % all.length] as T);
}
