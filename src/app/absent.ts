// What the charter declares absent: its gaps are dropped, and a printed assumption stands for them.
import type { Charter } from "../charter/schema.ts";
import type { Gap } from "../model/gap.ts";
import { everythingGap } from "./integrity.ts";

/**
 * Gaps whose topic the charter declares absent become assumptions, one for each declaration whether a gap needed it or not.
 * Threat: `absent: {estate/everything: …}` would turn integrity failures into assumptions. Topics of the estate itself cannot be declared absent.
 */
export function withoutAbsent(
  gaps: readonly Gap[],
  charter: Charter,
): { readonly gaps: readonly Gap[]; readonly assumptions: readonly string[] } {
  const declared = Object.entries(charter.absent);
  const isAllowed = (topic: string): boolean => !topic.startsWith("estate/");
  const absent = new Set(declared.map(([topic]) => topic).filter(isAllowed));
  const refused = declared
    .filter(([topic]) => !isAllowed(topic))
    .map(([topic]) =>
      everythingGap(`absent/${topic}`, `absent: ${topic}`, "what makes the whole estate uncertain cannot be declared absent"),
    );
  const assumptions = declared.filter(([topic]) => isAllowed(topic)).map(([topic, reason]) => `There is no ${topic}: ${reason}`);
  return { gaps: [...gaps.filter((gap) => !absent.has(gap.topic)), ...refused], assumptions };
}
