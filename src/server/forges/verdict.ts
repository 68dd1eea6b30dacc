// What the gate says to a forge that asks whether a deployment may go on: by repository, commit and environment, as the promotion named them.
import { promotionsIn } from "../../app/gate/look.ts";
import type { PromotionView } from "../../app/gate/commands.ts";
import type { Gate } from "../../app/gate/gate.ts";

export interface Deployment {
  /** ORG/REPO or GROUP/PROJECT, with or without its system before it. */
  readonly repository: string;
  readonly system: "github" | "gitlab";
  readonly commit: string;
  /** The charter's environment. */
  readonly to: string;
}

export interface Verdict {
  readonly state: "approved" | "rejected" | "waiting";
  /** False when no promotion of this commit was asked for: whoever asks waits for one, and not for ever. */
  readonly isAsked: boolean;
  /** For people who look at the forge: why, and nothing that only the gate's readers may know. */
  readonly comment: string;
}

/** A promotion that was asked for longer ago is not looked for. */
const MOST_PROMOTIONS = 2000;
const COMMENT_CHARACTERS = 1000;

/**
 * Approved as long as a promotion of this very commit is approved and not yet deployed. Refused when the last one was refused or is over. Without any it waits: a job may
 * ask a moment later; whoever asks decides how long.
 */
export async function verdictFor(gate: Gate, deployment: Deployment): Promise<Verdict> {
  const names = new Set([deployment.repository, `${deployment.system}:${deployment.repository}`]);
  const found = await gate.look((look) =>
    promotionsIn(look, { to: deployment.to, limit: MOST_PROMOTIONS }).filter(
      ({ source }) => source.commit === deployment.commit && names.has(source.repository),
    ),
  );
  const approved = found.find(({ state }) => state === "approved");
  if (approved)
    return {
      state: "approved",
      isAsked: true,
      comment: `Bulkhead: promotion ${approved.id} of ${approved.artifact.digest} to ${approved.to} is approved.`,
    };
  const [newest] = found;
  if (newest === undefined)
    return {
      state: "waiting",
      isAsked: false,
      comment: `Bulkhead: no promotion of ${deployment.commit} to ${deployment.to} was asked for.`,
    };
  return { state: newest.state === "waiting" ? "waiting" : "rejected", isAsked: true, comment: commentOn(newest) };
}

const commentOn = ({ id, state, to, reasons }: PromotionView): string => {
  const why =
    state === "deployed"
      ? "was deployed already; ask for it again"
      : state === "expired"
        ? "was approved too long ago; ask for it again"
        : `is ${state}`;
  const text = `Bulkhead: promotion ${id} to ${to} ${why}. ${reasons.map(({ text }) => `${text}.`).join(" ")}`;
  return text.trim().slice(0, COMMENT_CHARACTERS);
};
