// The main job: files in, verdict out. Reads no disk and no clock, so an auditor who runs it again gets the same bytes.
import { randomBytes, type KeyObject } from "node:crypto";
import { derive } from "../analyze/derive.ts";
import type { Estate } from "../analyze/estate.ts";
import { type Cut, smallestCut } from "../analyze/reach/cut.ts";
import { type Decision, decide } from "../analyze/reach/decide.ts";
import { loadCharter } from "../charter/load.ts";
import type { CharterProblem } from "../charter/load.ts";
import type { Charter } from "../charter/schema.ts";
import { checks } from "../checks/registry.ts";
import { runChecks } from "../checks/run.ts";
import type { CheckResult } from "../findings/result.ts";
import { sha256 } from "../lib/hash.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { Observation } from "../model/observation.ts";
import type { Gap } from "../model/gap.ts";
import { type FileSet, isRead } from "./files.ts";
import { planes } from "./planes.ts";
import { type EstateReading, readEstate } from "./read-estate.ts";
import { resultOf } from "./result.ts";

export interface CheckOptions {
  /** ISO 8601 date and time that the verdict is about. */
  readonly asOf: string;
  /** Path of the charter inside the files. */
  readonly charterFile?: string;
  /** A charter from elsewhere: its text and the name to show. */
  readonly charter?: { readonly text: string; readonly file: string };
  /** Keys the fingerprints of secrets; drawn anew where none is given, which changes no verdict. */
  readonly fingerprintKey?: Uint8Array;
  readonly trustedKeys?: readonly KeyObject[];
  /** Gaps beside those of the files: what someone knows to be missing. */
  readonly gaps?: readonly Gap[];
  /** Changes what was read before anything is derived. */
  readonly alter?: (observations: readonly Observation[]) => readonly Observation[];
  /** Texts of files that are no part of the estate and that observations name all the same, to show lines of. */
  readonly texts?: ReadonlyMap<string, NonNullable<ReturnType<EstateReading["textOf"]>>>;
}

export interface CheckRun {
  readonly charter: Charter;
  readonly reading: EstateReading;
  readonly estate: Estate;
  readonly decision: Decision;
  readonly cut: Cut;
  readonly result: CheckResult;
}

export { formatProblems } from "../charter/load.ts";

export const CHARTER_FILE = "bulkhead.yaml";

/** The estate that files and charter describe, without a verdict. */
export function readAndDerive(
  files: FileSet,
  options: CheckOptions,
): Result<{ charter: Charter; charterHash: string; reading: EstateReading; estate: Estate }, readonly CharterProblem[]> {
  const charterFile = options.charterFile ?? CHARTER_FILE;
  const given = options.charter ?? charterText(files, charterFile);
  if (given === undefined) return fail([noCharter(charterFile)]);
  const loaded = loadCharter(given.text, given.file);
  if (!loaded.ok) return loaded;
  const charter = loaded.value;
  const read = readEstate(files, charter, {
    fingerprintKey: options.fingerprintKey ?? randomBytes(32),
    ...(options.trustedKeys && { trustedKeys: options.trustedKeys }),
    charterFile,
  });
  const reading = { ...read, textOf: (path: string) => options.texts?.get(path) ?? read.textOf(path) };
  const observations = options.alter ? options.alter(reading.observations) : reading.observations;
  const derived = derive(observations, charter, [...reading.gaps, ...(options.gaps ?? [])], planes, options.asOf);
  // What the charter declares absent is no gap, also where only the analysis missed it; readEstate has already said the assumption.
  const isMissed = (gap: Gap): boolean => gap.topic.startsWith("estate/") || !Object.hasOwn(charter.absent, gap.topic);
  const estate = { ...derived, gaps: derived.gaps.filter(isMissed), untaken: derived.untaken.filter(isMissed) };
  return ok({ charter, charterHash: sha256(given.text), reading, estate });
}

export function check(files: FileSet, options: CheckOptions): Result<CheckRun, readonly CharterProblem[]> {
  const derived = readAndDerive(files, options);
  if (!derived.ok) return derived;
  const { charter, charterHash, reading, estate } = derived.value;
  const decision = decide(estate);
  const cut = smallestCut(decision.base, estate);
  const answers = runChecks(estate, decision, checks);
  const charterFile = options.charter?.file ?? options.charterFile ?? CHARTER_FILE;
  const result = resultOf({ charter, charterHash, charterFile, reading, estate, decision, cut, answers, asOf: options.asOf });
  return ok({ charter, reading, estate, decision, cut, result });
}

function charterText(files: FileSet, file: string): { text: string; file: string } | undefined {
  const content = files.get(file);
  return isRead(content) ? { text: new TextDecoder().decode(content), file } : undefined;
}

const noCharter = (file: string): CharterProblem => ({
  file,
  line: 1,
  column: 1,
  message: "there is no charter here",
  remedy: "Write one with: bulkhead init, or name it with --charter FILE",
});
