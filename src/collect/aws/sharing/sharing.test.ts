// What is shared, granted and copied, as cases in data: what each answer of the CLI becomes, and what several say together.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ListedCall } from "../../collector.ts";
import { type Answer, read, readAll } from "../fixtures/read.ts";

const fixture = (name: string): unknown => JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8"));

type Case = Answer & {
  readonly name: string;
  readonly shape: string;
  readonly observations: readonly object[];
  readonly gaps: readonly object[];
};

describe("an answer about sharing", () => {
  test.each(fixture("answers.json") as Case[])("$name", ({ name: _name, shape, observations, gaps, ...answer }) => {
    const result = read(answer);
    expect(result.shape).toBe(shape);
    expect(result.gaps).toMatchObject(gaps);
    expect(result.gaps).toHaveLength(gaps.length);
    expect(result.observations).toMatchObject(observations);
    expect(result.observations).toHaveLength(observations.length);
  });

  test.each((fixture("answers.json") as Case[]).filter(({ shape }) => !/replication|encryption/.test(shape)))(
    "is known by its content alone: $name",
    ({ document, shape, scope }) => {
      const named = read({ document, path: "answer.json", ...(scope !== undefined && { scope }) });
      expect(named.shape).toBe(shape);
    },
  );
});

interface Joined {
  readonly name: string;
  readonly answers: readonly Answer[];
  readonly calls: readonly ListedCall[];
  readonly shares: readonly string[];
  readonly gaps: readonly string[];
}

describe("several answers about sharing", () => {
  test.each(fixture("joined.json") as Joined[])("$name", ({ answers, calls, shares, gaps }) => {
    const result = readAll(answers, calls);
    const found = result.observations.flatMap((each) => (each.kind === "aws/share" ? [`${each.arn} ${each.by} ${each.with}`] : []));
    expect(found.toSorted()).toEqual(shares.toSorted());
    expect(result.gaps.map((gap) => `${gap.topic} ${gap.subject}`).toSorted()).toEqual(gaps.toSorted());
    expect(result.observations.some(({ kind }) => kind === "aws/part")).toBe(false);
  });
});
