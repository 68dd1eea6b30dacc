// Lists: which were read in full, which were cut off, and of which only some entries were asked for.
import type { GithubPart } from "../../model/observations/github.ts";
import type { Joining } from "./join.ts";
import { isPeriodic, keepCommit, keepHistory } from "./join-history.ts";
import type { Topic } from "./topics.ts";

type Page = Extract<GithubPart, { part: "page" }>;

export function joinPages(joining: Joining): void {
  const byList = Map.groupBy(joining.parts("page"), (page) => JSON.stringify([page.what, page.subject]));
  for (const pages of byList.values()) {
    const questions = [...Map.groupBy(pages, (page) => page.asked).values()];
    for (const found of questions) joinQuestion(joining, found);
    unasked(joining, questions);
  }
}

/** A question is answered when its pages hold all there is: their count is the total, or the last page was not full. */
function joinQuestion(joining: Joining, found: readonly Page[]): void {
  // The same page in two files is one page.
  const pages = [...new Map(found.map((page) => [page.page, page])).values()].toSorted((a, b) => a.page - b.page);
  const [first, last] = [pages[0], pages.at(-1)];
  if (!first || !last) return;
  const count = pages.reduce((sum, page) => sum + page.count, 0);
  // A client that follows the pages by itself puts more into one file than a page holds: a multiple of it may be all there is, or cut off.
  const isLast = first.total !== undefined ? count >= first.total : last.count === 0 || last.count % last.perPage !== 0;
  const { what, subject, source } = first;
  if (isPeriodic(first) && pages.length === last.page) {
    keepHistory(joining, first, isLast);
    if (isLast && !narrows(first)) joining.keep({ kind: "github/answered", what, subject, source });
    return;
  }
  if (pages.length !== last.page || !isLast) {
    const of = first.total === undefined ? "there may be more pages" : `there are ${first.total}`;
    joining.gap(first.topic as Topic, subject, listOf(first), `${count} were read, ${of}`, source);
  } else if (narrows(first)) keepCommit(joining, first);
  else joining.keep({ kind: "github/answered", what, subject, source });
}

const listOf = (page: Page): string => `${page.what} of ${page.subject.slice("github:".length)}`;

/**
 * Filters that leave nothing out. Source: REST API reference, query parameters of each list; `affiliation=direct` has everyone whom neither a team
 * nor the base permission brings in, and those are told elsewhere. Any other filter narrows, those not known here too.
 */
const WHOLE =
  /^(?:(?:sort|direction)=.*|affiliation=(?:all|direct)|permission=pull|(?:role|type|filter|team_type)=all|includes_parents=true|targets=(?:.*%2C)?branch(?:%2C.*)?)$/;

const filtersOf = (page: Page): readonly string[] => page.asked.split(" ").filter((each) => each.includes("="));

const narrows = (page: Page): boolean => filtersOf(page).some((filter) => !WHOLE.test(filter));

/** Several narrow questions that leave nothing out together, and narrow ones that leave out only what holds nothing back. */
const TOGETHER: readonly { readonly what: string; readonly filters: readonly string[] }[] = [
  { what: "members", filters: ["role=admin", "role=member"] },
  { what: "branches", filters: ["protected=true"] },
];

/** A list of which only some entries were asked for says nothing of the others. */
function unasked(joining: Joining, questions: readonly (readonly Page[])[]): void {
  const firsts = questions.flatMap((pages) => pages[0] ?? []);
  const [first] = firsts;
  if (first === undefined || firsts.some(isPeriodic) || firsts.some((page) => !narrows(page))) return;
  const filters = firsts.map((page) => filtersOf(page).join(" "));
  if (TOGETHER.some((group) => group.what === first.what && group.filters.every((filter) => filters.includes(filter)))) return;
  joining.gap(first.topic as Topic, first.subject, listOf(first), `only some were asked for: ${filters.join(", ")}`, first.source);
}
