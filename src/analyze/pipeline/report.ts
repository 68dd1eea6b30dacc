// A gap that shows only here, and whose may-rules stand beside it: reported and taken in one.
import type { Gap } from "../../model/gap.ts";
import type { RuleSink } from "../../model/rule.ts";

export function report(gap: Gap, sink: RuleSink): void {
  sink.gap(gap);
  sink.took(gap);
}
