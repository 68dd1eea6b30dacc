// What follows from facts, found the slow and obvious way: tests hold cases to it, whatever the engine does.
import { type Capability, factText, IMPLIED, type Rule } from "../model/rule.ts";

/** The slow, obvious closure: fires every rule until nothing new comes. */
export function closure(rules: readonly Rule[], from: readonly string[], isMay: boolean): ReadonlySet<string> {
  const had = new Set<string>();
  const add = (text: string): boolean => {
    if (had.has(text)) return false;
    had.add(text);
    const space = text.indexOf(" ");
    for (const implied of IMPLIED[text.slice(0, space) as Capability] ?? []) had.add(`${implied}${text.slice(space)}`);
    return true;
  };
  for (const each of from) add(each);
  for (let grew = true; grew;) {
    grew = false;
    for (const { needs, atLeast, gives, certainty } of rules) {
      if (!isMay && certainty === "may") continue;
      if (needs.filter((need) => had.has(factText(need))).length >= (atLeast ?? needs.length) && add(factText(gives))) grew = true;
    }
  }
  return had;
}
