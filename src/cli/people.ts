// bulkhead people: the single-person test of everyone who is known.
import type { Command } from "commander";
import { peopleOf } from "../app/people.ts";
import { peopleCsv, peopleMarkdown, renderPeople, renderPerson } from "../app/render/people.ts";
import { EXIT } from "./exit.ts";
import { withEstate, withExamples, withFormat } from "./flags.ts";
import { type EstateFlags, put, usesColor } from "./io.ts";
import { estateOf, idsOf } from "./questioned.ts";
import { UsageError } from "./report.ts";

interface Flags extends EstateFlags {
  readonly format: "terminal" | "json" | "markdown" | "csv";
  readonly person?: string;
  readonly output?: string;
}

export function register(program: Command): void {
  const command = program
    .command("people")
    .description(
      "Tell of everyone whether they can author, approve, deploy or edit the gate alone, with all accounts, groups and bots they have.",
    )
    .argument("[folder]", "folder with bulkhead.yaml and the collected files", ".")
    .option("--person <id>", "one person, with everything that is theirs and every walk");
  withExamples(command, {
    "bulkhead people examples/acme": "everyone, as a table, with the walk of whoever can change production alone",
    "bulkhead people examples/acme --person victor": "one person: accounts, groups, bots, and what each leads to",
    "bulkhead people . --format csv --output people.csv": "for a review of access in a spreadsheet",
  });
  withFormat(withEstate(command), ["terminal", "json", "markdown", "csv"]).action((folder: string, flags: Flags) => {
    const { estate, locate } = estateOf(folder, flags);
    const only = flags.person === undefined ? undefined : personOf(idsOf(estate, flags.person), flags.person);
    const shown = peopleOf(estate, locate, only);
    const color = usesColor(flags.output);
    const [person] = shown.people;
    const text =
      flags.format === "json"
        ? `${JSON.stringify(shown, undefined, 2)}\n`
        : flags.format === "markdown"
          ? peopleMarkdown(shown)
          : flags.format === "csv"
            ? peopleCsv(shown)
            : only !== undefined && person
              ? renderPerson(person, color)
              : renderPeople(shown, color);
    put(text, flags.output);
    process.exitCode = EXIT.done;
  });
}

function personOf([id = ""]: readonly string[], name: string): string {
  if (id.startsWith("person:")) return id.slice("person:".length);
  throw new UsageError("USAGE", `${name}  is no person\n  Give the id of a person of the charter, or as  bulkhead people  prints it.`);
}
