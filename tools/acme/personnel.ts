// The personnel file of the example: everyone's number, team and employer, and the one who changed teams this year.
import { openFolder } from "./folder.ts";
import type { Files } from "./folder.ts";
import { ORG } from "./names.ts";
import { employeeId, PEOPLE } from "./people.ts";

/** Priya built the payments exports before she joined the data team, and her access was changed with it. */
const MOVED: Readonly<Record<string, readonly [team: string, on: string]>> = { priya: ["payments", "2026-04-01"] };

const HEADER = ["employee id", "email", "name", "status", "team", "employer", "country", "last day", "previous team", "moved on"];

const quoted = (field: string): string => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

export function writePersonnel(files: Files): void {
  const folder = openFolder(files, "estate/people", { system: "identity", organization: ORG }, "the personnel system's nightly export", 2);
  const rows = PEOPLE.map((person) => {
    const [former = "", on = ""] = MOVED[person.id] ?? [];
    const { id, name, team, employer = "Acme", country } = person;
    return [employeeId(person), `${id}@acme.example`, name, "active", team, employer, country, "", former, on];
  });
  const table = [HEADER, ...rows].map((row) => row.map(quoted).join(",")).join("\n");
  folder.answer("export of the personnel system", "people.csv", `${table}\n`);
  folder.close();
}
