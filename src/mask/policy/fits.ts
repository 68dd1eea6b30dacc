// Whether each masker can stand where the policy puts it: its type, its options, and what must stay distinct.
import type { ColumnFacts, TableFacts } from "../inventory.ts";
import type { ColumnType, Maskers } from "../masker.ts";
import { chosen, refusal } from "../maskers/choice.ts";
import type { LoadedPolicy } from "./load.ts";
import type { ColumnPlan, MaskPlan, TablePlan } from "./plan.ts";
import { type PolicyProblem, quoted } from "./problem.ts";

type Complaint = { readonly message: string; readonly remedy: string };

export function fitProblems({ file, locate }: LoadedPolicy, plan: MaskPlan, maskers: Maskers): readonly PolicyProblem[] {
  const shared = sharedDomains(plan);
  return plan.tables.flatMap((table) => {
    if (table.action !== "copy" || table.facts.partitionOf !== undefined) return [];
    return table.columns.flatMap((column) =>
      complaints(table, column, maskers, shared).map(({ message, remedy }) => ({
        file,
        ...locate(["tables", table.id, "columns", column.name]),
        message: `${table.id}.${column.name}: ${message}`,
        remedy,
      })),
    );
  });
}

/** Domains that more than one column is in: there the same value must always give the same value. */
function sharedDomains(plan: MaskPlan): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { facts, columns } of plan.tables)
    if (facts.partitionOf === undefined) for (const { column } of columns) counts.set(column.domain, (counts.get(column.domain) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count > 1).map(([domain]) => domain));
}

function complaints(table: TablePlan, column: ColumnPlan, maskers: Maskers, shared: ReadonlySet<string>): readonly Complaint[] {
  const { rule, facts } = column;
  if (rule.kind === "null") return nullComplaints(table.facts, column);
  if (rule.kind === "keep") return facts.type === "tsvector" ? lexemeComplaints(table) : [];
  if (rule.kind !== "mask") return [];
  const choice = chosen({ ...(rule.options as object), masker: rule.masker }, maskers);
  if (!choice.ok) return [{ message: choice.error, remedy: "See the masker's page for its options." }];
  const { masker } = choice.value;
  // Where a foreign key leads, the column it leads to is what the masker is compiled for; it must fit both ends.
  const refused = refusal(choice.value, column.column, maskers) ?? refusal(choice.value, { ...column.column, ...typeOf(facts) }, maskers);
  const found: Complaint[] = [];
  if (refused !== undefined) found.push({ message: refused, remedy: "Choose another masker, or other options." });
  if (shared.has(column.column.domain) && (!masker.deterministic || rule.reads.length > 0))
    found.push({
      message: `${masker.id} does not give equal values equal masks, and other columns share this domain`,
      remedy: "Choose a masker that is deterministic.",
    });
  for (const read of rule.reads)
    if (!table.columns.some(({ name }) => name === read))
      found.push({ message: `${masker.id} reads column ${quoted(read)}, which is not there`, remedy: "Name another column of the table." });
  return found;
}

function nullComplaints(table: TableFacts, { facts, name }: ColumnPlan): readonly Complaint[] {
  if (!facts.isNullable) return [{ message: "is not null in the database", remedy: "Choose a masker, or drop the column." }];
  const key = table.uniqueKeys.find(({ columns, nullsDistinct }) => columns.includes(name) && !nullsDistinct);
  return key ? [{ message: `${key.name} takes nulls for equal`, remedy: "Choose a masker that keeps values distinct." }] : [];
}

/** Lexemes are the original words: a text search column gives away what its text column hides. */
function lexemeComplaints({ columns }: TablePlan): readonly Complaint[] {
  const hidden = columns.find(({ rule }) => rule.kind === "mask" || rule.kind === "null");
  if (hidden === undefined) return [];
  const remedy = "Write  null, or mask it; the database fills it again where a trigger or an application does.";
  return [{ message: `holds words of the text it was made from, while ${hidden.name} is masked`, remedy }];
}

const typeOf = ({ type, maxLength, precision, scale, labels, element, fields }: ColumnFacts): ColumnType => ({
  type,
  ...(maxLength !== undefined && { maxLength }),
  ...(precision !== undefined && { precision }),
  ...(scale !== undefined && { scale }),
  ...(labels && { labels }),
  ...(element && { element }),
  ...(fields && { fields }),
});
