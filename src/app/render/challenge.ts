// The score of a challenge for a terminal.
import type { FamilyScore } from "../challenge/challenge.ts";
import { paint, plural, safe } from "./text.ts";

export function renderChallenge(scores: readonly FamilyScore[], color: boolean): string {
  const p = paint(color);
  const width = Math.max(...scores.map((score) => score.id.length));
  const lines = scores.flatMap((score) => {
    const found = score.tried.filter((each) => each.detected).length;
    const total = score.tried.length;
    if (total === 0) return [`  ${p.dim("–")}  ${score.id.padEnd(width)}  ${p.dim("this estate has no room for it")}`];
    const head = `  ${found === total ? p.green("✓") : p.red("✗")}  ${score.id.padEnd(width)}  ${found} of ${total} detected  ${p.dim(score.says)}`;
    return [head, ...score.tried.filter((each) => !each.detected).map((each) => `       ${p.red("not detected")}: ${safe(each.what)}`)];
  });
  const tried = scores.reduce((sum, score) => sum + score.tried.length, 0);
  const found = scores.reduce((sum, score) => sum + score.tried.filter((each) => each.detected).length, 0);
  const sum =
    tried === 0
      ? p.yellow("Nothing could be injected: no production entity was read.")
      : found === tried
        ? `${p.green("Every")} one of ${plural(tried, "injected grant")} was detected.`
        : `${p.red(`${tried - found} of ${plural(tried, "injected grant")}`)} went undetected.`;
  return `${[...lines, "", sum].join("\n")}\n`;
}
