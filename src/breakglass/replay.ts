// The auditor's side of break-glass: every decision in the ledger is decided again, from what stood above it.
import { directoryOf } from "../charter/directory.ts";
import type { Charter } from "../charter/schema.ts";
import { type Entry, restsOn } from "../ledger/entry.ts";
import { decideBreakGlass, doorOf, mayExamine } from "./decide.ts";
import { breakGlassHistory, type Use } from "./state.ts";

/** Replays decisions under the charters that they name, by hash. What the returned function gives back is what is wrong with that entry. */
export function replayBreakGlass(charters: ReadonlyMap<string, Charter>): (entry: Entry, index: number) => string | undefined {
  const { state, add } = breakGlassHistory();
  const directories = new Map([...charters].map(([hash, charter]) => [hash, directoryOf(charter)]));
  const decisionProblem = (entry: Extract<Entry, { kind: "break-glass-decided" }>): string | undefined => {
    const use = state.uses.get(entry.body.request.index);
    if (use === undefined) return `speaks of entry ${entry.body.request.index}, which is no request`;
    if (!restsOn(entry, entry.body.request)) return `does not rest on entry ${entry.body.request.index}, of which it speaks`;
    if (use.decision?.body.outcome === "granted") return `decides on entry ${use.request.index} again, which was granted`;
    if (entry.body.outcome !== "granted") return undefined;
    const charter = charters.get(entry.body.charter);
    const directory = directories.get(entry.body.charter);
    if (charter === undefined || directory === undefined) return `was decided under charter ${entry.body.charter}, which was not given`;
    const again = decideBreakGlass(use.request, state, charter, directory, entry.at);
    if (again.outcome !== "granted")
      return `grants entry ${use.request.index}, and the charter does not: ${again.reasons.map(({ text }) => text).join("; ")}`;
    const isSame = again.until === entry.body.until && again.examineBy === entry.body.examineBy && again.immediate === entry.body.immediate;
    return isSame ? undefined : `grants until ${entry.body.until ?? "ever"}, and the charter until ${again.until ?? "never"}`;
  };
  const laterProblem = (
    entry: Extract<Entry, { kind: "break-glass-activity" | "break-glass-ended" | "break-glass-examined" }>,
  ): string | undefined => {
    const use = state.uses.get(state.requestOf.get(entry.body.grant.index) ?? -1);
    if (use?.decision?.body.outcome !== "granted") return `speaks of entry ${entry.body.grant.index}, which grants nothing`;
    if (!restsOn(entry, entry.body.grant)) return `does not rest on entry ${entry.body.grant.index}, of which it speaks`;
    return entry.kind === "break-glass-examined" ? examinationProblem(entry.body.by, use, use.decision.body.charter) : undefined;
  };
  const examinationProblem = (by: string, use: Use, hash: string): string | undefined => {
    const charter = charters.get(hash);
    const directory = directories.get(hash);
    const door = charter && doorOf(charter, use.request.body);
    if (door === undefined || directory === undefined) return `was granted under charter ${hash}, which was not given`;
    const why = mayExamine(use, door, by, directory);
    return why === undefined ? undefined : `was reviewed by one who may not: ${why}`;
  };
  const judge = (entry: Entry): string | undefined => {
    switch (entry.kind) {
      case "break-glass-reviewed": {
        const { index } = entry.body.request;
        if (!state.uses.has(index)) return `speaks of entry ${index}, which is no request`;
        return restsOn(entry, entry.body.request) ? undefined : `does not rest on entry ${index}, of which it speaks`;
      }
      case "break-glass-decided":
        return decisionProblem(entry);
      case "break-glass-activity":
      case "break-glass-ended":
      case "break-glass-examined":
        return laterProblem(entry);
      default:
        return undefined;
    }
  };
  return (entry, index) => {
    const problem = judge(entry);
    add(entry, index);
    return problem;
  };
}
