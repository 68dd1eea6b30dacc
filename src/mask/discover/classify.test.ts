import { describe, expect, test } from "vitest";
import cases from "./classify-cases.json" with { type: "json" };
import { classify, createTally, LEAST_CONFIDENCE, redacted, type Tally } from "./classify.ts";
import { hintsOf, wordsOf } from "./column-name.ts";
import { KINDS } from "./kind.ts";
import names from "./names.json" with { type: "json" };

const LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "pl"];

describe("names of columns", () => {
  test.each(KINDS)("%s has names in every language", (kind) => {
    expect(Object.keys(names[kind]).toSorted()).toEqual(LANGUAGES.toSorted());
  });

  test.each(KINDS.flatMap((kind) => Object.values(names[kind]).flatMap((list) => list.map((phrase) => [phrase, kind] as const))))(
    "%s is %s in any way of writing",
    (phrase, kind) => {
      const snake = phrase.replaceAll(" ", "_");
      const camel = phrase.replaceAll(/ (\w)/g, (_, letter: string) => letter.toUpperCase());
      for (const name of [snake, camel, snake.toUpperCase(), `customer_${snake}`])
        expect(hintsOf(name, "t").map((hint) => hint.kind)).toContain(kind);
    },
  );

  test("are cut into words", () => {
    expect(wordsOf("customerHTTPAddress_Line2")).toEqual(["customer", "http", "address", "line2"]);
    expect(wordsOf("Imię i Nazwisko")).toEqual(["imie", "i", "nazwisko"]);
  });
});

const tallyOf = (values: readonly string[]): Tally => {
  const tally = createTally();
  for (const value of values) tally.add(value);
  return tally;
};

describe("a column", () => {
  test.each(cases.map((each) => [each.is ?? "nothing", each.name, each] as const))("is %s: %s", (is, _name, each) => {
    const found = classify({
      table: each.table ?? "t",
      name: each.name,
      type: each.type === undefined ? { type: "text" } : { type: each.type },
      tally: tallyOf(each.values ?? []),
    });
    const kind = found !== undefined && found.confidence >= LEAST_CONFIDENCE ? found.kind : "nothing";
    expect([kind, found?.because]).toEqual([is, found?.because]);
  });
});

test("an example says a value's form and nothing of it", () => {
  expect(redacted("Ann-9 Łódź")).toBe("Aaa-9 Aaaa");
  expect(redacted("x".repeat(50))).toBe(`${"a".repeat(40)}…`);
});
