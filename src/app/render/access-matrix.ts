// The access matrix as Markdown for people and as CSV for a spreadsheet.
import type { CheckResult } from "../../findings/result.ts";
import type { AccessMatrix, Cell, MatrixRow } from "../start/access-matrix.ts";
import { safe } from "./text.ts";

const cellText = (row: MatrixRow, cell: (Cell & { readonly of?: number }) | undefined): string => {
  if (cell === undefined) return "";
  const some = cell.of !== undefined && cell.level !== "none" && cell.of < row.members ? ` (${cell.of} of ${row.members})` : "";
  const perhaps = cell.perhaps === undefined ? "" : `, perhaps ${cell.perhaps}`;
  return `${cell.level === "none" ? "-" : cell.level}${some}${perhaps}`;
};

/** A pipe in a name would end its column (GitHub Flavored Markdown, section 4.10). */
const column = (text: string): string => safe(text).replaceAll("|", String.raw`\|`);

export function matrixMarkdown({ environments, rows }: AccessMatrix, result: CheckResult): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const section = (title: string, kind: MatrixRow["kind"], first: string): readonly string[] => {
    const own = rows.filter((row) => row.kind === kind);
    if (own.length === 0) return [];
    return [
      "",
      `## ${title}`,
      "",
      line([first, ...environments.map(column)]),
      line([first, ...environments].map(() => "---")),
      ...own.map((row) =>
        line([
          column(kind === "group" ? `${row.name} (${row.members})` : row.name),
          ...environments.map((each) => cellText(row, row.cells.get(each))),
        ]),
      ),
    ];
  };
  return `${[
    `# Access matrix of ${safe(result.organization)}: a draft`,
    "",
    `The most that each can come to do, as of ${result.asOf.slice(0, 10)}, derived from what was collected: by their own accounts, and by every bot, role and pipeline that these let them reach. It is what is, not what should be: strike what should not be, and write the rest into the charter under \`access\`.`,
    "",
    "administer: control of an account, cluster or namespace. change: of anything in it. read: of anything in it. perhaps: if what could not be read turns out so.",
    ...section("Groups", "group", "group (members)"),
    ...section("People", "person", "person"),
  ].join("\n")}\n`;
}

/** RFC 4180, section 2. Threat: a spreadsheet runs a cell that begins like a formula; an apostrophe keeps it text (OWASP, "CSV Injection"). */
const field = (text: string): string => {
  const plain = /^[=+\-@\t\r]/.test(text) && text !== "-" ? `'${text}` : text;
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
};

export function matrixCsv({ environments, rows }: AccessMatrix): string {
  const header = ["kind", "id", "name", "members", ...environments];
  const lines = rows.map((row) => [
    row.kind,
    row.id,
    row.name,
    String(row.members),
    ...environments.map((each) => cellText(row, row.cells.get(each))),
  ]);
  return `${[header, ...lines].map((cells) => cells.map(field).join(",")).join("\r\n")}\r\n`;
}
