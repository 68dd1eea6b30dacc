// The single-person test for people to read: a table, and under it the walk of everyone who can change production alone.
import { POWERS, type PeopleShown, type PersonShown, type Power } from "../people.ts";
import { walk } from "./finding.ts";
import { inProse } from "./markdown-text.ts";
import { type Paint, paint, placeText, plural, safe } from "./text.ts";

export const POWER_WORDS: Readonly<Record<Power, string>> = {
  author: "author",
  approve: "approve",
  deploy: "deploy alone",
  editGate: "edit the gate",
};

const QUESTIONS: Readonly<Record<Power, string>> = {
  author: "can author a change to a place that production is deployed from",
  approve: "can give an approval that counts there",
  deploy: "can change production, alone",
  editGate: "can take a gate of production away, alone",
};

const MARK = { yes: "✗ yes", no: "no", unknown: "? unknown" } as const;
/** To author and to approve is everyday work; only the two others are no one's to do alone. */
const PLAIN = { yes: "yes", no: "no", unknown: "? unknown" } as const;
const isAlone = (power: Power): boolean => power === "deploy" || power === "editGate";
const markOf = (person: PersonShown, power: Power): string => (isAlone(power) ? MARK : PLAIN)[person.answers[power].answer];

const about = ({ team, employer, presence }: PersonShown): string =>
  [team, employer, presence === "is here" ? undefined : presence].filter((each) => each !== undefined).join(", ");

export function renderPeople(shown: PeopleShown, color: boolean): string {
  const p = paint(color);
  const { people, counts, gaps } = shown;
  if (people.length === 0) return "Nobody is known: the charter declares no people, and no personnel file was read.\n";
  const widths = POWERS.map((power) => Math.max(POWER_WORDS[power].length, 9));
  const name = Math.min(36, Math.max(...people.map((person) => safe(person.name).length), 4));
  const head = ["".padEnd(name), ...POWERS.map((power, i) => POWER_WORDS[power].padEnd(widths[i] as number))].join("  ");
  const rows = people.map((person) =>
    [
      safe(person.name).padEnd(name),
      ...POWERS.map((power, i) => painted(person, power, markOf(person, power).padEnd(widths[i] as number), p)),
      p.dim(safe(about(person))),
    ]
      .join("  ")
      .trimEnd(),
  );
  const sums = POWERS.map((power) => {
    const { yes, unknown } = counts[power];
    return `${plural(yes, "person", "people")} ${QUESTIONS[power]}${unknown === 0 ? "" : `; of ${unknown} it is not known`}.`;
  });
  const walks = people.flatMap((person) => walksOf(person, p));
  const unknown = gaps.map(({ what, why }) => `${p.yellow("?")}  ${safe(what)}: ${safe(why)}`);
  return [
    p.bold(head),
    ...rows,
    "",
    ...sums,
    ...(walks.length > 0 ? ["", ...walks] : []),
    ...(unknown.length > 0 ? ["", ...unknown] : []),
    "",
  ].join("\n");
}

function painted(person: PersonShown, power: Power, text: string, p: Paint): string {
  const { answer } = person.answers[power];
  if (answer === "unknown") return p.yellow(text);
  return answer === "yes" && isAlone(power) ? p.red(text) : text;
}

/** Walks of what nobody should do alone; one that is another's is told there. */
function walksOf(person: PersonShown, p: Paint): string[] {
  return POWERS.filter(isAlone).flatMap((power) => {
    const { steps, walkedBy, answer, because } = person.answers[power];
    if (steps.length === 0) return [];
    const verb = answer === "yes" ? QUESTIONS[power] : QUESTIONS[power].replace("can", "may be able to");
    if (walkedBy !== undefined) return [`${p.bold(safe(person.name))} ${verb}, as ${safe(walkedBy)} can`];
    const why = because === undefined ? [] : [`    not certain: ${safe(because)}`];
    return [`${p.bold(safe(person.name))} ${verb}`, ...walk(steps, p), ...why];
  });
}

/** One person, with all that is theirs. */
export function renderPerson(person: PersonShown, color: boolean): string {
  const p = paint(color);
  const list = (title: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`  ${title.padEnd(14)}${items.map(safe).join(`\n${" ".repeat(16)}`)}`];
  const head = `${p.bold(safe(person.name))}  ${p.dim(`person:${person.id}`)}`;
  const facts = [
    ...list("Team", person.team === undefined ? [] : [person.team]),
    ...list("Employer", person.employer === undefined ? [] : [person.employer]),
    ...list("Country", person.country === undefined ? [] : [person.country]),
    ...list("Presence", person.presence === undefined ? [] : [person.presence]),
    ...list("Groups", person.groups),
    ...list("Accounts", person.accounts),
    ...list("Cloud", person.cloud),
    ...list("Holds", person.holds),
    ...list("In custody", person.custody),
  ];
  const answers = POWERS.flatMap((power) => {
    const { answer, steps, because } = person.answers[power];
    const why = because === undefined ? [] : [`      not certain: ${safe(because)}`];
    return [
      `  ${painted(person, power, markOf(person, power).padEnd(10), p)} ${QUESTIONS[power]}`,
      ...(answer === "no" ? [] : [...walk(steps, p), ...why]),
    ];
  });
  return `${[head, ...facts, "", ...answers].join("\n")}\n`;
}

export function peopleMarkdown({ people, gaps }: PeopleShown): string {
  const head = ["person", "team", "employer", "country", ...POWERS.map((power) => POWER_WORDS[power]), "by"];
  const rows = people.map((person) => [
    inProse(`${person.name} (${person.id})`),
    ...[person.team, person.employer, person.country].map((text) => inProse(text ?? "")),
    ...POWERS.map((power) => markOf(person, power)),
    inProse(byWords(person)),
  ]);
  const table = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const unknown = gaps.map(({ what, why }) => `- ${inProse(`${what}: ${why}`)}`);
  return `${[...table, ...(unknown.length > 0 ? ["", "Not known:", "", ...unknown] : [])].join("\n")}\n`;
}

/** The last step of what nobody should do alone, with its place. */
function byWords({ answers }: PersonShown): string {
  const told = (["deploy", "editGate"] as const).flatMap((power) => {
    const last = answers[power].steps.at(-1);
    return last ? [`${last.how} (${placeText(last.source)})`] : [];
  });
  return told[0] ?? "";
}

/** RFC 4180. A cell that a spreadsheet would take for a formula is kept text by an apostrophe (CWE-1236). */
export function peopleCsv({ people }: PeopleShown): string {
  const cell = (text: string): string => {
    const kept = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(kept) ? `"${kept.replaceAll('"', '""')}"` : kept;
  };
  const head = ["id", "name", "team", "employer", "country", "presence", "groups", "accounts", "cloud", "holds", ...POWERS, "by"];
  const rows = people.map((person) => [
    person.id,
    person.name,
    ...[person.team, person.employer, person.country, person.presence].map((text) => text ?? ""),
    ...[person.groups, person.accounts, person.cloud, person.holds].map((items) => items.join("; ")),
    ...POWERS.map((power) => person.answers[power].answer),
    byWords(person),
  ]);
  return `${[head, ...rows].map((cells) => cells.map(cell).join(",")).join("\r\n")}\r\n`;
}
