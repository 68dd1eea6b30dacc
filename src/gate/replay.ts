// The auditor's side of the gate: every decision in the ledger is decided again, from what stood above it.
import type { Charter } from "../charter/schema.ts";
import { type Entry, restsOn } from "../ledger/entry.ts";
import { decide } from "./decide.ts";
import { directoryOf } from "../charter/directory.ts";
import { gateHistory, standing } from "./state.ts";

/** Replays decisions under the charters that they name, by hash. What the returned function gives back is what is wrong with that entry. */
export function replayGate(charters: ReadonlyMap<string, Charter>): (entry: Entry, index: number) => string | undefined {
  const { state, add } = gateHistory();
  const directories = new Map([...charters].map(([hash, charter]) => [hash, directoryOf(charter)]));
  const judge = (entry: Entry): string | undefined => {
    if (entry.kind === "deployment-confirmed") return confirmationProblem(entry.body.decision.index, entry);
    if (entry.kind === "promotion-reviewed" || entry.kind === "promotion-decided") {
      const request = state.requests.get(entry.body.request.index);
      if (request === undefined) return `speaks of entry ${entry.body.request.index}, which is no request`;
      if (!restsOn(entry, entry.body.request)) return `does not rest on entry ${entry.body.request.index}, of which it speaks`;
      if (entry.kind === "promotion-reviewed") return undefined;
      const charter = charters.get(entry.body.charter);
      const directory = directories.get(entry.body.charter);
      if (charter === undefined || directory === undefined) return `was decided under charter ${entry.body.charter}, which was not given`;
      const again = decide(request, state, charter, directory, entry.at);
      if (entry.body.outcome !== "approved") return undefined;
      if (again.outcome !== "approved")
        return `approves entry ${request.index}, and the charter does not: ${again.reasons.map(({ text }) => text).join("; ")}`;
      if (entry.body.until !== again.until)
        return `allows until ${entry.body.until ?? "ever"}, and the charter until ${again.until ?? "never"}`;
    }
    return undefined;
  };
  const confirmationProblem = (decision: number, entry: Extract<Entry, { kind: "deployment-confirmed" }>): string | undefined => {
    const decided = standing(state, decision);
    const request = decided && state.requests.get(decided.body.request.index);
    if (!decided || !request) return `speaks of entry ${decision}, which is no decision that stands`;
    if (!restsOn(entry, entry.body.decision)) return `does not rest on entry ${decision}, of which it speaks`;
    if (decided.body.outcome !== "approved") return `was deployed although entry ${decision} refuses it`;
    if (entry.body.environment !== request.body.to) return `was deployed to ${entry.body.environment}, and approved for ${request.body.to}`;
    if (entry.body.digest !== request.body.artifact.digest)
      return `runs ${entry.body.digest}, and ${request.body.artifact.digest} was approved`;
    return decided.body.until !== undefined && entry.at > decided.body.until
      ? `was confirmed after ${decided.body.until}, when its approval ended`
      : undefined;
  };
  return (entry, index) => {
    const problem = judge(entry);
    add(entry, index);
    return problem;
  };
}
