// A personnel file as a table → its people, one row each. A row that cannot be read is refused with its line, and the others count.
import { type Delimiter, eachRow, headerOf, type Row } from "../../lib/csv.ts";
import type { IdentityEmployee } from "../../model/observations/identity.ts";
import type { Source } from "../../model/source.ts";
import type { ObservationSink, ParsedFile } from "../collector.ts";
import { accountsIn } from "./accounts.ts";
import { identityGap } from "./topics.ts";

/** Names of a column, without spaces, hyphens and dots, as personnel systems write them. */
const NAMES = {
  id: "employeeid employeenumber employeeno employee personnelnumber personnelno personid staffid staffnumber workerid hrid id",
  address: "email emailaddress mail workemail emailwork businessemail primaryemail primaryworkemail useremail",
  name: "name fullname displayname employeename workername legalname preferredname",
  first: "firstname givenname forename",
  last: "lastname surname familyname",
  status: "status employmentstatus employeestatus workerstatus active",
  team: "team department dept orgunit organizationalunit organisationalunit unit division",
  manager: "manager manageremail managerid managername supervisor supervisoremail linemanager reportsto",
  employer: "employer company companyname legalentity vendor agency",
  country: "country countrycode workcountry locationcountry countryoflocation",
  start: "start startdate hiredate hired joined joindate dateofhire employmentstart employmentstartdate",
  end: "end enddate terminationdate termination leavedate leavingdate lastday lastdayofwork lastworkingday employmentend employmentenddate dateofleaving",
  moved: "moved movedon movedate transferdate transferred teamsince since effectivedate",
  former: "previousteam formerteam oldteam previousdepartment formerdepartment olddepartment movedfrom",
  moves: "moves transfers teamhistory",
} as const;

type Column = keyof typeof NAMES;

const COLUMN_OF = new Map(
  (Object.entries(NAMES) as [Column, string][]).flatMap(([column, names]) => names.split(" ").map((name) => [name, column] as const)),
);

const columnOf = (header: string): Column | undefined => COLUMN_OF.get(header.replaceAll(/[^a-z0-9]/g, ""));

const DELIMITERS: readonly Delimiter[] = [",", ";", "\t", "|"];

/** The delimiter by which most columns bear a name that is known. */
function delimiterOf(text: string): { readonly delimiter: Delimiter; readonly columns: ReadonlySet<Column> } {
  const tried = DELIMITERS.map((delimiter) => ({
    delimiter,
    columns: new Set(headerOf(text, delimiter).flatMap((name) => columnOf(name) ?? [])),
  }));
  return tried.reduce((best, each) => (each.columns.size > best.columns.size ? each : best));
}

/** Whose row it is, and something that personnel files alone say. */
export function isPersonnelFile(text: string): boolean {
  const { columns } = delimiterOf(text);
  const says = (["status", "manager", "employer", "start", "end", "moves", "moved"] as const).filter((column) => columns.has(column));
  return (columns.has("id") || columns.has("address")) && says.length > 0 && columns.size >= 3;
}

const ACTIVE = /^(active|employed|current|yes|y|true|1|enabled|on ?leave|leave|parental leave|sick leave|notice|probation)$/i;
const LEFT = /^(left|leaver|terminated|inactive|former|ended|resigned|retired|dismissed|no|n|false|0|disabled|suspended|deceased)$/i;

/** Says why a row counts for nothing; the first reason is told. */
type Refuse = (why: string) => undefined;

/** ISO 8601, or day and month with dots: with slashes nobody can say which of the two comes first. */
function dateOf(text: string, what: string, refuse: Refuse): string | undefined {
  if (text === "") return undefined;
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$/.exec(text);
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  const [year, month, day] = iso ? iso.slice(1) : dotted ? [dotted[3], dotted[2], dotted[1]] : [];
  const date = `${year}-${month?.padStart(2, "0")}-${day?.padStart(2, "0")}`;
  const time = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date)
    return refuse(`${what} ${JSON.stringify(text)} is no date: write it as 2026-06-30`);
  return date;
}

function statusOf(text: string, refuse: Refuse): "active" | "left" | undefined {
  if (text === "") return undefined;
  if (ACTIVE.test(text)) return "active";
  return LEFT.test(text) ? "left" : refuse(`status ${JSON.stringify(text)} is none that is known: write active or left`);
}

/** `2026-03-01 payments > platform; 2026-09-01 platform > data`, or one move in columns of its own. */
function movesOf(fields: Fields, team: string, refuse: Refuse): IdentityEmployee["moves"] {
  const listed = (fields.moves ?? "").split(";").flatMap((text) => {
    if (text.trim() === "") return [];
    const [, on = "", from = "", to = ""] = /^(\S+)\s+([^>→]+?)\s*(?:>|→|->)\s*(.+)$/.exec(text.trim()) ?? [];
    const date = dateOf(on, "the move", refuse);
    if (date !== undefined) return [{ on: date, from, to }];
    refuse(`move ${JSON.stringify(text.trim())} is none: write it as 2026-03-01 payments > platform`);
    return [];
  });
  const former = fields.former ?? "";
  if (former === "" || former.toLowerCase() === team.toLowerCase()) return byDate(listed);
  const on = dateOf(fields.moved ?? "", "the move", refuse);
  return byDate([...listed, { ...(on !== undefined && { on }), from: former, ...(team !== "" && { to: team }) }]);
}

const byDate = (moves: IdentityEmployee["moves"]): IdentityEmployee["moves"] =>
  moves.toSorted((a, b) => ((a.on ?? "") < (b.on ?? "") ? -1 : (a.on ?? "") > (b.on ?? "") ? 1 : 0));

type Fields = { readonly [column in Column]?: string };

/** A column that stands under two names counts once, the first that says something. */
function fieldsOf({ fields }: Row): Fields {
  const found: { [column in Column]?: string } = {};
  for (const [header, value] of Object.entries(fields)) {
    const column = columnOf(header);
    if (column !== undefined && (found[column] ?? "") === "") found[column] = value;
  }
  return found;
}

function employeeOf(row: Row, source: Source, refuse: Refuse): IdentityEmployee | undefined {
  const fields = fieldsOf(row);
  const { id = "", address = "", team = "", manager = "", employer = "", country = "" } = fields;
  if (id === "" && address === "") return refuse("it has neither a number nor an e-mail address: fill in one of them");
  const wrong = address.split(/[;\s]+/).find((each) => each !== "" && !/^[^\s@]+@[^\s@]+$/.test(each));
  if (wrong !== undefined) return refuse(`${JSON.stringify(wrong)} is no e-mail address: write it as name@example.com`);
  const name = fields.name || [fields.first, fields.last].filter(Boolean).join(" ");
  const status = statusOf(fields.status ?? "", refuse);
  const start = dateOf(fields.start ?? "", "the first day", refuse);
  const end = dateOf(fields.end ?? "", "the last day", refuse);
  if (start !== undefined && end !== undefined && end < start) return refuse("the last day is before the first: swap the two");
  return {
    kind: "identity/employee",
    ...(id !== "" && { id }),
    addresses: address
      .split(/[;\s]+/)
      .filter((each) => each !== "")
      .map((each) => each.toLowerCase()),
    ...(name !== "" && { name }),
    ...(status !== undefined && { status }),
    ...(team !== "" && { team }),
    ...(manager !== "" && { manager }),
    ...(employer !== "" && { employer }),
    ...(country !== "" && { country }),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    moves: movesOf(fields, team, refuse),
    tellsMoves: fields.moves !== undefined || fields.former !== undefined,
    accounts: accountsIn(row.fields),
    source,
  };
}

export function mapPersonnelFile(text: string, file: ParsedFile, sink: ObservationSink): void {
  const seen = new Map<string, number>();
  const gap = (line: number, why: string): void =>
    sink.gap(
      identityGap("identity/employees", `${file.path}#${line}`, `line ${line} of ${file.path}`, `line ${line}: ${why}`, {
        file: file.path,
        line,
      }),
    );
  for (const row of eachRow(text, delimiterOf(text).delimiter)) {
    if ("why" in row) {
      gap(row.line, row.why);
      continue;
    }
    const reasons: string[] = [];
    const refuse: Refuse = (why) => void reasons.push(why);
    const employee = employeeOf(row, { file: file.path, line: row.line }, refuse);
    const key = employee?.id ?? employee?.addresses[0] ?? "";
    const before = seen.get(key);
    if (employee && before !== undefined)
      refuse(`${key} stands in line ${before} already: give each person one row, and earlier teams in a column moves`);
    if (reasons[0] !== undefined) gap(row.line, reasons[0]);
    else if (employee) {
      seen.set(key, row.line);
      sink.observation(employee);
    }
  }
}
