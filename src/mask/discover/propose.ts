// What was found → a masking policy that a person edits: every column of every table, each with the reason.
import type { ColumnFacts, Inventory, TableFacts } from "../inventory.ts";
import type { Column } from "../masker.ts";
import { type Choice, chosen, refusal } from "../maskers/choice.ts";
import { maskers } from "../maskers/registry.ts";
import { isText, kindOf, underlying } from "../maskers/types.ts";
import { needsDistinct } from "../policy/distinct.ts";
import { canonicalType } from "../type-name.ts";
import { LEAST_CONFIDENCE } from "./classify.ts";
import { wordsOf } from "./column-name.ts";
import { type Kind, kindFacts } from "./kind.ts";
import type { ColumnFinding, Discovery } from "./look.ts";

export interface Proposal {
  readonly column: string;
  /** As YAML writes it. */
  readonly rule: string;
  readonly because: string | undefined;
}

export interface TableProposal {
  readonly table: TableFacts;
  readonly columns: readonly Proposal[];
}

export function proposalsOf({ inventory, findings }: Discovery): readonly TableProposal[] {
  const byTable = Map.groupBy(findings, ({ table }) => table.id);
  return inventory.tables
    .filter(({ partitionOf }) => partitionOf === undefined)
    .map((table) => {
      const own = byTable.get(table.id) ?? [];
      const hides = own.some((finding) => isText(finding.column) && isFound(finding));
      return { table, columns: own.map((finding) => propose(finding, inventory, hides)) };
    });
}

const isFound = ({ classified }: ColumnFinding): boolean => classified !== undefined && classified.confidence >= LEAST_CONFIDENCE;

function propose(finding: ColumnFinding, inventory: Inventory, hides: boolean): Proposal {
  const { table, column, classified } = finding;
  const of = (rule: string, because?: string): Proposal => ({ column: column.name, rule, because });
  if (column.isGenerated) return of("keep", "computed from other columns of its row");
  const owner = (id: string): string => inventory.tables.find((each) => each.id === id)?.partitionOf ?? id;
  if (inventory.foreignKeys.some(({ from, columns }) => owner(from) === table.id && columns.includes(column.name))) return of("inherit");
  const type = canonicalType(underlying(column).type);
  if (type === "tsvector" && hides) return of("{ mask: tsvector }", "holds words of the text that it was made from");
  if (finding.paths.length > 0)
    return of(
      jsonRule(finding),
      `found inside: ${[...new Set(finding.paths.map((each) => kindFacts[each.classified.kind].title))].join(", ")}`,
    );
  if (isFound(finding) && classified !== undefined) {
    const choice = choiceFor(finding, classified.kind);
    const words = `${kindFacts[classified.kind].title}, ${classified.confidence.toFixed(2)}: ${classified.because}${shown(finding)}`;
    return choice === undefined ? of("null", `${words}; no masker may stand here`) : of(written(choice), words);
  }
  if (type === "bytea")
    return of(table.columns.find((each) => each === column)?.isNullable === true ? "null" : "{ mask: bytes }", "bytes are not looked into");
  if (finding.unread > 0) return of("keep", `${finding.unread} values could not be read: look at them`);
  return of("keep", finding.looked === 0 && column.type !== "boolean" ? "no value was looked at" : undefined);
}

const shown = ({ forms }: ColumnFinding): string => (forms.length === 0 ? "" : `, such as ${forms[0]}`);

const asColumn = ({ table, column }: ColumnFinding): Column => ({
  ...column,
  schema: table.schema,
  table: table.name,
  isUnique: needsDistinct(table, column.name),
  domain: `${table.id}.${column.name}`,
});

/** The first masker of the kind that may stand on the column. */
function choiceFor(finding: ColumnFinding, kind: Kind): Choice | undefined {
  const column = asColumn(finding);
  const isArray = kindOf(underlying(column)) === "array";
  for (const each of kindFacts[kind].maskers) {
    const choice = withCountry(each, finding.table, finding.column);
    const candidate: Choice = isArray ? { masker: "array", each: choice } : choice;
    const resolved = chosen(candidate, maskers);
    if (resolved.ok && refusal(resolved.value, column, maskers) === undefined) return candidate;
  }
  return undefined;
}

const PLACES = new Set(["city", "postcode", "address"]);
const COUNTRY = new Set(["country", "land", "pays", "pais", "paese", "kraj"]);

/** Where the row says its country, places follow it. */
function withCountry(choice: Choice, table: TableFacts, column: ColumnFacts): Choice {
  const id = typeof choice === "string" ? choice : choice.masker;
  if (!PLACES.has(id)) return choice;
  const first = wordsOf(column.name)[0];
  const countries = table.columns.filter((each) => isText(each) && COUNTRY.has(wordsOf(each.name).at(-1) ?? ""));
  const country = countries.find((each) => wordsOf(each.name)[0] === first) ?? countries[0];
  if (country === undefined) return choice;
  return { ...(typeof choice === "string" ? { masker: choice } : choice), countryColumn: country.name };
}

function jsonRule({ paths }: ColumnFinding): string {
  const rules = paths.map(({ path, classified }) => `${JSON.stringify(path)}: ${inline(textChoice(classified.kind))}`);
  return `{ mask: json, options: { paths: { ${rules.join(", ")} }, others: keep } }`;
}

const PART: Column = { schema: "", table: "", name: "", type: "text", isUnique: false, domain: "" };

const textChoice = (kind: Kind): Choice =>
  kindFacts[kind].maskers.find((each) => {
    const resolved = chosen(each, maskers);
    return resolved.ok && refusal(resolved.value, PART, maskers) === undefined;
  }) ?? "text";

const inline = (choice: Choice): string => (typeof choice === "string" ? choice : JSON.stringify(choice));

function written(choice: Choice): string {
  if (typeof choice === "string") return `{ mask: ${choice} }`;
  const { masker, ...options } = choice;
  return `{ mask: ${masker}, options: ${JSON.stringify(options)} }`;
}

/** Words that YAML 1.1 or 1.2 reads as something else than a text. */
const isPlain = (name: string): boolean => /^[A-Za-z_][\w.]*$/.test(name) && !/^(?:null|true|false|yes|no|on|off|y|n)$/i.test(name);
const key = (name: string): string => (isPlain(name) ? name : JSON.stringify(name));

/** `from` names the source, without its password. */
export function policyText(discovery: Discovery, from: string): string {
  const lines = [
    `# What becomes of every column of ${from} when it comes down. Written by bulkhead mask discover${discovery.isFull ? " from every row" : " from a sample of the rows"}.`,
    "# Read each line: what was found is a proposal, and what was not found may be there. keep, null, drop, inherit, { mask: NAME }, { synthetic: METHOD }.",
    "masking: 1",
    "tables:",
  ];
  for (const { table, columns } of proposalsOf(discovery)) {
    lines.push(`  ${key(table.id)}:`, columns.length === 0 ? "    columns: {}" : "    columns:");
    for (const { column, rule, because } of columns)
      lines.push(`      ${key(column)}: ${rule}${because === undefined ? "" : `  # ${because.replaceAll(/[\r\n]+/g, " ")}`}`);
  }
  if (discovery.inventory.tables.length === 0) lines[3] = "tables: {}";
  if (discovery.inventory.largeObjects > 0) lines.push("largeObjects: drop");
  return `${lines.join("\n")}\n`;
}
