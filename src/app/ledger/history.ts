// How separation was kept over time, from the verdicts that a ledger holds: the runs, those that were missed, and when findings opened and closed.
import type { Entry } from "../../ledger/entry.ts";

type Verdict = Extract<Entry, { readonly kind: "verdict" }>;

export interface Miss {
  readonly from: string;
  readonly to: string;
  /** Runs that should have been between the two, by the cadence. */
  readonly runs: number;
}

export interface Life {
  readonly id: string;
  readonly opened: string;
  /** The first verdict without it; undefined while it is open. */
  readonly closed?: string | undefined;
}

export interface History {
  readonly verdicts: readonly { readonly index: number; readonly at: string; readonly entry: Verdict }[];
  readonly missed: readonly Miss[];
  readonly lives: readonly Life[];
  /** Hours from the opening of a finding to its closing, on average over those that closed. */
  readonly meanHoursToClose?: number | undefined;
}

const HOUR_MS = 3_600_000;

/** `everyHours`: how often a run was due; a run may come late by half of it. `now` ends the period. */
export function historyOf(entries: readonly Entry[], everyHours: number, now: string): History {
  const verdicts = entries.flatMap((entry, index) => (entry.kind === "verdict" ? [{ index, at: entry.at, entry }] : []));
  const lives = livesOf(verdicts.map(({ entry }) => entry));
  const closed = lives.flatMap(({ opened, closed: end }) => (end === undefined ? [] : [(Date.parse(end) - Date.parse(opened)) / HOUR_MS]));
  return {
    verdicts,
    missed: missedRuns([...verdicts.map(({ at }) => at), now], everyHours),
    lives,
    ...(closed.length > 0 && { meanHoursToClose: closed.reduce((sum, each) => sum + each, 0) / closed.length }),
  };
}

function missedRuns(times: readonly string[], everyHours: number): readonly Miss[] {
  return times.slice(1).flatMap((to, i) => {
    const from = times[i] as string;
    const runs = Math.ceil((Date.parse(to) - Date.parse(from)) / HOUR_MS / everyHours - 1.5);
    return runs > 0 ? [{ from, to, runs }] : [];
  });
}

/** A verdict whose findings were too many to list opens and closes nothing. */
function livesOf(verdicts: readonly Verdict[]): readonly Life[] {
  const open = new Map<string, string>();
  const lives: Life[] = [];
  for (const { at, body } of verdicts) {
    const { ids } = body.findings;
    if (ids === undefined) continue;
    const now = new Set(ids);
    for (const [id, opened] of open) {
      if (now.has(id)) continue;
      lives.push({ id, opened, closed: at });
      open.delete(id);
    }
    for (const id of ids) if (!open.has(id)) open.set(id, at);
  }
  return [...lives, ...[...open].map(([id, opened]) => ({ id, opened }))];
}
