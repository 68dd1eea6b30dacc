// What a promotion looks like in a terminal: the answer first, then what is missing, then what happened.
import { paint, safe } from "../render/text.ts";
import type { PromotionView } from "./commands.ts";

export function renderPromotion(view: PromotionView, format: "terminal" | "json", color: boolean): string {
  if (format === "json") return `${JSON.stringify(view, undefined, 2)}\n`;
  const p = paint(color);
  const mark = { approved: p.green("✓"), deployed: p.green("✓"), waiting: p.yellow("…"), refused: p.red("✗"), expired: p.red("✗") }[
    view.state
  ];
  const { artifact, from, to, decision, deployment } = view;
  const until = view.state === "approved" && decision?.until !== undefined ? `, to be deployed until ${decision.until}` : "";
  const lines = [
    `${mark}  ${p.bold(`Promotion ${view.id}`)}   ${view.state}${until}`,
    `   ${safe(artifact.name)} ${safe(artifact.digest)}`,
    `   ${safe(from)} → ${safe(to)}, asked by ${safe(view.requester)}${view.rollbackTo === undefined ? "" : `, back to deployment ${view.rollbackTo}`}`,
    ...view.reasons.map(({ code, text }) => `   ${p.dim(code)}  ${safe(text)}`),
    ...view.reviews.map(
      ({ by, verdict, at, reason }) =>
        `   ${at.slice(0, 16).replace("T", " ")}  ${safe(by)}: ${verdict}${reason === undefined ? "" : ` (${safe(reason)})`}`,
    ),
    ...(deployment
      ? [
          `   ${deployment.at.slice(0, 16).replace("T", " ")}  runs in ${safe(to)}, confirmed by ${safe(deployment.by)} (entry ${deployment.entry})`,
        ]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}
