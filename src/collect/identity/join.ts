// What only all the files together show: whether a list goes on in a page that is not among them.
import type { IdentityPage } from "../../model/observations/identity.ts";
import type { Observation } from "../../model/observation.ts";
import type { ListedCall, ObservationSink } from "../collector.ts";
import { identityGap } from "./topics.ts";

export function join(observations: readonly Observation[], calls: readonly ListedCall[], sink: ObservationSink): void {
  const pages: IdentityPage[] = [];
  for (const observation of observations) {
    sink.observation(observation);
    if (observation.kind === "identity/page") pages.push(observation);
  }
  const lists = Map.groupBy(pages, ({ directory, what, group }) => `${directory} ${what} ${group ?? ""}`);
  for (const list of lists.values()) {
    const why = cutShort(list, calls);
    const [first] = list;
    if (first === undefined || why === undefined) continue;
    const { directory, what, group, source } = first;
    const of = group === undefined ? directory : `group ${group} of ${directory}`;
    sink.gap(identityGap(`identity/${what}`, group === undefined ? directory : `${directory}#${group}`, `${what} of ${of}`, why, source));
  }
}

/** SCIM says how many there are; the others say that a page follows, and as many answers must then be among the files. */
function cutShort(list: readonly IdentityPage[], calls: readonly ListedCall[]): string | undefined {
  const total = Math.max(...list.map((page) => page.total ?? 0));
  const count = list.reduce((sum, page) => sum + page.count, 0);
  if (total > count) return `the answer says that there are ${total}, and ${count} are among the files`;
  const open = list.filter((page) => page.next);
  if (open.length > 0 && open.length === list.length) return "the last page is not among the files: each that is says that another follows";
  const asked = new Set(list.flatMap((page) => page.call ?? []));
  const denied = calls.filter(({ call, status }) => status === "denied" && asked.has(call));
  return denied.length > 0 ? "one page of it was denied" : undefined;
}
