// Files and charter → observations and gaps: the first step of every command that looks at an estate. Reads no disk and no clock.
import type { KeyObject } from "node:crypto";
import type { Charter } from "../charter/schema.ts";
import type { Collector, ListedCall, ParsedFile } from "../collect/collector.ts";
import { collectors as registered } from "../collect/registry.ts";
import { fingerprint, hashOf } from "../lib/hash.ts";
import type { ParseLimits } from "../lib/parse.ts";
import { folderOf, isAtOrBelow } from "../lib/safe-path.ts";
import type { Gap } from "../model/gap.ts";
import type { Observation } from "../model/observation.ts";
import { withoutAbsent } from "./absent.ts";
import { byCodeUnits, type FileSet } from "./files.ts";
import { asGivenPlaces, contextsOf, type Inputs, manifestGaps, selectInputs } from "./inputs.ts";
import { digestsOf, everythingGap, scopedGap } from "./integrity.ts";
import { type FoundManifest, readManifests } from "./manifest.ts";
import { withoutAnswered } from "./precedence.ts";
import { type Reading, readEstateFile } from "./read-file.ts";
import { checkSeal, SEAL_FILE } from "./seal.ts";

export interface EstateOptions {
  /** Keys the fingerprints of secret values. */
  readonly fingerprintKey: Uint8Array;
  /** Ed25519 public keys. When there are any, unsigned manifests and seals no longer count. */
  readonly trustedKeys?: readonly KeyObject[];
  /** Path of the charter inside `files` (default `bulkhead.yaml`); its inputs are relative to its folder. */
  readonly charterFile?: string;
  readonly collectors?: readonly Collector[];
  readonly limits?: Partial<ParseLimits>;
}

export interface EstateReading {
  readonly observations: readonly Observation[];
  readonly gaps: readonly Gap[];
  readonly assumptions: readonly string[];
  readonly unrecognized: readonly { readonly file: string; readonly why: string }[];
  readonly manifests: readonly {
    readonly file: string;
    readonly scope: Record<string, string>;
    readonly signed: boolean;
    readonly denied: number;
  }[];
  /** Inputs (or folders at the top) with files that no manifest lists. */
  readonly asGiven: readonly string[];
  /** How many files of the estate were read; manifests count too. */
  readonly files: number;
  /** Over paths and digests of the estate's files and manifests. Charter and seal are not part of it. */
  readonly hash: string;
  readonly collected: readonly [string, string] | null;
  /** Text of a file that was read, for `locate`. */
  readonly textOf: (path: string) => { readonly text: string; readonly format: ParsedFile["format"] } | undefined;
}

export function readEstate(files: FileSet, charter: Charter, options: EstateOptions): EstateReading {
  const charterFile = options.charterFile ?? "bulkhead.yaml";
  const exempt = new Set([charterFile, SEAL_FILE]);
  const digests = digestsOf(files);
  const trustedKeys = options.trustedKeys ?? [];
  const seal = checkSeal(files, { required: charter.integrity === "sealed", trustedKeys, digests });
  const inputs = selectInputs(files, charter, folderOf(charterFile), exempt);
  const concerns = (folder: string): boolean => concernsInputs(inputs, folder);
  const manifests = readManifests(files, { trustedKeys, digests, exempt, sealed: seal.signed, concerns });

  const reading = emptyReading(options);
  reading.unrecognized.push(...inputs.outside);
  const isManifest = new Set(manifests.manifests.map((manifest) => manifest.file));
  for (const path of inputs.estate) {
    const content = files.get(path);
    const manifest = manifests.governing(path);
    const contexts = contextsOf(path, inputs, manifest);
    if (content === undefined || contexts === undefined || isManifest.has(path)) continue;
    readEstateFile(path, content, contexts, manifest !== undefined || !inputs.isWholeFolder, reading);
  }
  const observations = joined(reading, manifests.manifests);
  reading.gaps.push(...deniedGaps(manifests.manifests, reading.collectors), ...uncollected(inputs, reading, manifests.governing));
  const integrity = [...seal.gaps, ...manifests.gaps, ...inputs.gaps, ...manifestGaps(inputs, manifests)];
  const { gaps, assumptions } = withoutAbsent([...integrity, ...reading.gaps], charter);
  const paths = [...new Set([...inputs.estate, ...isManifest])].toSorted(byCodeUnits);
  return {
    observations,
    gaps,
    assumptions: [...seal.assumptions, ...manifests.assumptions, ...assumptions],
    unrecognized: reading.unrecognized,
    manifests: manifests.manifests.map(summaryOf),
    asGiven: asGivenPlaces(
      inputs,
      inputs.estate.filter((path) => !manifests.governing(path)),
    ),
    files: paths.filter((path) => digests(path) !== undefined).length,
    hash: hashOf(paths.map((path) => [path, digests(path) ?? null])),
    collected: collectedOf(manifests.manifests),
    textOf: (path) => reading.texts.get(path),
  };
}

function emptyReading(options: EstateOptions): Reading {
  const collectors = options.collectors ?? registered;
  return {
    collectors,
    context: { fingerprint: (secret) => fingerprint(options.fingerprintKey, secret) },
    limits: options.limits ?? {},
    observations: new Map(collectors.map((collector) => [collector, []])),
    gaps: [],
    managedGaps: [],
    unrecognized: [],
    texts: new Map(),
    systems: new Map(),
  };
}

/** A manifest counts when it stands above, at or below an input: a test fixture elsewhere in the folder does not. */
const concernsInputs = (inputs: Inputs, folder: string): boolean =>
  inputs.isWholeFolder || inputs.declared.some((input) => isAtOrBelow(folder, input.path) || isAtOrBelow(input.path, folder));

function joined(reading: Reading, manifests: readonly FoundManifest[]): readonly Observation[] {
  const kept: Observation[] = [];
  const managed: { observations: Observation[]; gaps: Gap[] } = { observations: [], gaps: reading.managedGaps };
  for (const [collector, observations] of reading.observations) {
    const into = collector.system === "terraform" ? managed : { observations: kept, gaps: reading.gaps };
    if (!collector.join) {
      for (const observation of observations) into.observations.push(observation);
      continue;
    }
    const sink = { observation: (o: Observation) => void into.observations.push(o), gap: (gap: Gap) => void into.gaps.push(gap) };
    collector.join(observations, listedCalls(manifests, collector.system), sink, reading.context);
  }
  const told = withoutAnswered(managed, kept);
  for (const gap of told.gaps) reading.gaps.push(gap);
  for (const observation of told.observations) kept.push(observation);
  return kept;
}

const listedCalls = (manifests: readonly FoundManifest[], system: Collector["system"]): readonly ListedCall[] =>
  manifests
    .filter(({ manifest }) => manifest.scope.system === system)
    .flatMap(({ manifest: { scope, calls } }) =>
      calls.map(({ call, status, ...rest }) => ({ call, status, scope, ...("error" in rest ? { error: rest.error } : {}) })),
    );

// A collector may answer with no gap: `NoSuchBucketPolicy` says that there is none. A system that nobody collects has no such answer.
function deniedGaps(manifests: readonly FoundManifest[], collectors: readonly Collector[]): readonly Gap[] {
  const gaps: Gap[] = [];
  for (const { file, manifest } of manifests) {
    const collector = collectors.find(({ system }) => system === manifest.scope.system);
    for (const [index, call] of manifest.calls.entries()) {
      if (call.status !== "denied") continue;
      const source = { file, pointer: `/calls/${index}` };
      const { system } = manifest.scope;
      const found = collector?.denied(call.call, call.error, manifest.scope) ?? [
        scopedGap(`${system}/denied-call`, call.call, call.call, call.error),
      ];
      gaps.push(...found.map((gap) => ({ ...gap, source: gap.source ?? source })));
    }
  }
  return gaps;
}

/**
 * A declared input of a system in which nothing of that system was recognized, and an estate in which nothing was recognized at all. Where a
 * manifest says that the system was asked, the denied calls have their own gaps.
 */
function uncollected(inputs: Inputs, reading: Reading, governing: (path: string) => FoundManifest | undefined): readonly Gap[] {
  const gaps: Gap[] = [];
  const wasAsked = (file: string, system?: Collector["system"]): boolean => {
    const manifest = governing(file)?.manifest;
    return manifest !== undefined && manifest.calls.length > 0 && (system === undefined || manifest.scope.system === system);
  };
  for (const input of inputs.declared) {
    const system = input.scope?.system;
    if (system === undefined || input.files.length === 0) continue;
    if (input.files.some((file) => reading.systems.get(file)?.has(system) || wasAsked(file, system))) continue;
    const why = `declared as ${system}, and nothing of ${system} was recognized in it`;
    gaps.push(everythingGap(input.path, `input ${input.path || "."}`, why));
  }
  if (reading.systems.size === 0 && !inputs.estate.some((file) => wasAsked(file)))
    gaps.push(everythingGap(".", "the estate", "no file was recognized"));
  return gaps;
}

const summaryOf = ({ file, manifest, signed }: FoundManifest): EstateReading["manifests"][number] => ({
  file,
  scope: Object.fromEntries(Object.entries(manifest.scope).filter((entry): entry is [string, string] => entry[1] !== undefined)),
  signed,
  denied: manifest.calls.filter((call) => call.status === "denied").length,
});

function collectedOf(manifests: readonly FoundManifest[]): readonly [string, string] | null {
  const byTime = (a: string, b: string): number => Date.parse(a) - Date.parse(b);
  const from = manifests.map(({ manifest }) => manifest.collectedAt.from).toSorted(byTime)[0];
  const to = manifests
    .map(({ manifest }) => manifest.collectedAt.to)
    .toSorted(byTime)
    .at(-1);
  return from === undefined || to === undefined ? null : [from, to];
}
