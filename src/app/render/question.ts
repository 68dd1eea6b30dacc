// Answers of path and who-can for a terminal.
import type { Step } from "../../findings/result.ts";
import type { Reach, Who } from "../ask.ts";
import { walk } from "./finding.ts";
import { paint, plural, safe } from "./text.ts";

export function renderPath(
  from: string,
  to: string,
  reach: Omit<Reach, "steps"> & { readonly steps: readonly Step[] },
  color: boolean,
): string {
  const p = paint(color);
  if (reach.verdict === "no" || !reach.target) return `${p.green("✓")}  Nothing leads from ${safe(from)} to ${safe(to)}.\n`;
  const sure = reach.verdict === "yes" ? p.red("✗") : p.yellow("?");
  const may = reach.verdict === "yes" ? "can" : "may be able to";
  const head = `${sure}  ${safe(from)} ${may} ${reach.target.capability} ${safe(reach.target.entity)}`;
  return `${[head, ...walk(reach.steps, p)].join("\n")}\n`;
}

export function renderWho(verb: string, target: string, who: readonly Who[], color: boolean): string {
  const p = paint(color);
  if (who.length === 0) return `${p.green("✓")}  Nobody can ${verb} ${safe(target)} alone, and nothing outside it can.\n`;
  const group = (title: string, members: readonly Who[]): string[] => {
    if (members.length === 0) return [];
    const width = Math.min(50, Math.max(...members.map((each) => each.id.length)));
    return [
      p.bold(`${title} (${members.length})`),
      ...members.map(
        (each) => `  ${each.verdict === "yes" ? " " : p.yellow("?")} ${safe(each.id).padEnd(width)}  ${p.dim(safe(each.how))}`,
      ),
    ];
  };
  const people = who.filter((each) => each.id.startsWith("person:"));
  const things = who.filter((each) => !each.id.startsWith("person:"));
  const head = `${plural(people.length, "person", "people")} and ${plural(things.length, "thing")} outside it can ${verb} ${safe(target)}:`;
  return `${[head, ...group("People", people), ...group("Things", things)].join("\n")}\n`;
}
