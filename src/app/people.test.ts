// The table of people says what the statement says, person by person, and what is not known is never a no.
import { expect, test } from "vitest";
import { decide } from "../analyze/reach/decide.ts";
import { type CheckOptions, readAndDerive } from "./check.ts";
import { readFolder } from "./files.ts";
import { type PeopleShown, peopleOf, type PersonShown, POWERS } from "./people.ts";
import { peopleCsv, peopleMarkdown, renderPeople, renderPerson } from "./render/people.ts";
import { stepShown } from "./result.ts";

const files = readFolder(new URL("../../examples/acme", import.meta.url).pathname);

function derived(more: Partial<CheckOptions> = {}) {
  const read = readAndDerive(files, { asOf: "2026-11-24T00:00:00Z", ...more });
  if (!read.ok) throw new Error("the charter does not load");
  return { ...read.value, shown: stepShown(read.value.reading, read.value.estate) };
}

const acme = derived();
const table = peopleOf(acme.estate, acme.shown);
const of = (id: string): PersonShown => table.people.find((person) => person.id === id) as PersonShown;

test("those who can deploy alone are those of whom the single-person statement is violated", () => {
  const ways = decide(acme.estate).ways.filter((way) => way.statements.includes("singlePerson") && way.verdict === "violated");
  const alone = table.people.filter(({ answers }) => answers.deploy.answer === "yes").map(({ id }) => id);
  expect(alone.length).toBeGreaterThan(0);
  expect(alone.toSorted()).toEqual([...new Set(ways.flatMap(({ people }) => people))].toSorted());
});

test("every yes has a walk that starts at something of the person and ends at the power", () => {
  for (const { id, answers, accounts, cloud, holds } of table.people)
    for (const power of POWERS) {
      const { answer, steps, gives, walkedBy } = answers[power];
      if (answer !== "yes") continue;
      expect(steps.at(-1)?.gives).toEqual(gives);
      const own = new Set([...accounts, ...cloud, ...holds, `person:${id}`]);
      if (walkedBy === undefined) expect(steps.some((step) => step.rule === "source" && own.has(step.gives.entity))).toBe(true);
    }
});

test("asked for alone, a person of a class has the same answers by a walk of their own", () => {
  const shared = table.people.find(({ answers }) => answers.deploy.walkedBy !== undefined) as PersonShown;
  const [alone] = peopleOf(acme.estate, acme.shown, shared.id).people;
  expect(POWERS.map((power) => alone?.answers[power].answer)).toEqual(POWERS.map((power) => shared.answers[power].answer));
  expect(POWERS.every((power) => alone?.answers[power].walkedBy === undefined)).toBe(true);
});

test("what a custodian is declared to hold is told, and not counted", () => {
  expect(of("ines").custody).toContain("github:acme");
  expect(of("ines").answers.editGate.answer).toBe("no");
});

test("with a gap that leaves the statement open nobody's no is certain", () => {
  const gap = { topic: "identity/unmapped", subject: "a test", what: "whose @ghost is", why: "a test says so", clauses: ["A2", "A6"] };
  const open = derived({ gaps: [gap] });
  const answers = peopleOf(open.estate, open.shown).people.flatMap((person) => POWERS.map((power) => person.answers[power]));
  expect(answers.filter(({ answer }) => answer === "no")).toEqual([]);
  expect(answers.find(({ answer }) => answer === "unknown")?.because).toContain("whose @ghost is");
});

const hostile: PeopleShown = {
  ...table,
  people: [{ ...of("victor"), name: '=HYPERLINK("x")|\u001b[31m@team', team: "a,b" }],
};

test("names of others stay text in every format", () => {
  expect(peopleCsv(hostile)).toContain(`"'=HYPERLINK(""x"")`);
  expect(peopleCsv(hostile).split("\r\n")[0]).toContain("id,name,team");
  expect(peopleMarkdown(hostile)).not.toContain("@team");
  for (const text of [renderPeople(hostile, false), renderPerson(hostile.people[0] as PersonShown, false)])
    expect(text).not.toContain("\u001b");
});

test("the sums say how many", () => {
  const text = renderPeople(table, false);
  expect(text).toContain(`${table.counts.deploy.yes} people can change production, alone.`);
  expect(text).toContain("as Jonas Weber can");
});
