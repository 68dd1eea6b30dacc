// What is logged, watched, backed up and patched, as cases in data: what each answer of the CLI becomes, and how a trail is put together.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Answer, read, readAll } from "../fixtures/read.ts";

type Case = Answer & {
  readonly name: string;
  readonly shape: string;
  readonly observations: readonly object[];
  readonly gaps: readonly object[];
};

const cases = JSON.parse(readFileSync(new URL("./fixtures/answers.json", import.meta.url), "utf8")) as readonly Case[];
const named = (name: string): Answer => cases.find((one) => one.name === name) as Answer;

describe("an answer about upkeep", () => {
  test.each(cases)("$name", ({ name: _name, shape, observations, gaps, ...answer }) => {
    const result = read(answer);
    expect(result.shape).toBe(shape);
    expect(result.gaps).toMatchObject(gaps);
    expect(result.gaps).toHaveLength(gaps.length);
    expect(result.observations).toMatchObject(observations);
    expect(result.observations).toHaveLength(observations.length);
  });

  test.each(cases)("is known by its content alone: $name", ({ document, shape }) => {
    expect(read({ document, scope: "111122223333" }).shape).toBe(shape);
  });
});

test("a trail is one, with its status and its selectors; what was not read of it stays open", () => {
  const trails = named("trails, and that they were asked for");
  const trailOf = (...answers: readonly Answer[]) =>
    readAll([trails, trails, ...answers]).observations.filter(({ kind }) => kind === "aws/trail");
  const [bare, ...others] = trailOf();
  expect(others).toEqual([]);
  expect(bare).not.toHaveProperty("isLogging");
  expect(trailOf(named("whether a trail logs"), named("management events are logged"))).toMatchObject([
    { isLogging: false, logsWrites: true },
  ]);
});

test("a detector and a recorder are on when what tells of them says so", () => {
  const on = (...names: readonly string[]) =>
    readAll(names.map(named)).observations.flatMap((each) => (each.kind === "aws/watch" ? [each.isOn] : []));
  expect(on("detectors")).toEqual([undefined]);
  expect(on("detectors", "a detector that is off")).toEqual([false]);
  expect(on("recorders", "a recorder that records")).toEqual([true]);
});
