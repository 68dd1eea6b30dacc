import { describe, expect, test } from "vitest";
import { nationalIds, nationalIdsOf } from "./national-ids.ts";

// Examples that the issuing authorities or the standards' articles print, and well-known test numbers.
const right: readonly (readonly [country: string, example: string])[] = [
  ["US", "078-05-1120"],
  ["GB", "AB 12 34 56 C"],
  ["GB", "943 476 5919"],
  ["DE", "86095742719"],
  ["FR", "2 55 08 14 168 025 38"],
  ["ES", "12345678Z"],
  ["ES", "X1234567L"],
  ["IT", "RSSMRA85T10A562S"],
  ["PT", "123456789"],
  ["NL", "111222333"],
  ["PL", "44051401359"],
  ["BE", "85.07.30-033.28"],
  ["SE", "811228-9874"],
  ["NO", "01010750160"],
  ["FI", "131052-308T"],
  ["CH", "756.9217.0769.85"],
  ["BR", "529.982.247-25"],
  ["BR", "11.222.333/0001-81"],
  ["CA", "130 692 544"],
  ["AU", "123 456 782"],
  ["IN", "2341 2341 2346"],
];

describe("a national identifier", () => {
  test.each(right)("of %s is known: %s", (country, example) => {
    expect(nationalIdsOf(example).map((each) => each.country)).toContain(country);
  });

  test("every country's rule has an example", () => {
    expect([...new Set(nationalIds.map((each) => each.country))].toSorted()).toEqual(
      [...new Set(right.map(([country]) => country))].toSorted(),
    );
  });

  test.each(right.filter(([country]) => country !== "US"))(
    "of %s with another check digit is none of its country: %s",
    (country, example) => {
      const at = example.search(/[0-9](?!.*[0-9])/);
      const wrong = example.slice(0, at) + String((Number(example[at]) + 1) % 10) + example.slice(at + 1);
      const chance = nationalIds
        .filter((each) => each.country === country)
        .some((each) => each.chance === 0.05 && each.name === "national insurance number");
      if (chance && /[A-Z]$/.test(example)) return expect(nationalIdsOf(example).length).toBe(1);
      expect(nationalIdsOf(wrong).map((each) => each.country)).not.toContain(country);
    },
  );

  test.each(["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000"])(
    "was never issued by the United States: %s",
    (example) => {
      expect(nationalIdsOf(example).filter((each) => each.country === "US")).toEqual([]);
    },
  );

  // What chance says is what a policy's reader is told: it must be near the truth.
  test.each(nationalIds.filter((each) => each.chance < 1 && /^\^(\[1-9\])?\\d\{1?[0-9]\}\$$/.test(each.form.source)))(
    "passes by chance about as often as it says: $country $name",
    ({ form, holds, chance }) => {
      const length = Number(/\{(\d+)\}/.exec(form.source)?.[1]) + (form.source.startsWith("^[") ? 1 : 0);
      let passed = 0;
      const tries = 5000;
      let state = 12345;
      for (let at = 0; at < tries; at++) {
        let text = "";
        while (text.length < length) {
          state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
          text += String(1 + ((state >>> 16) % 9));
        }
        if (form.test(text) && holds(text)) passed++;
      }
      expect(passed / tries).toBeLessThan(chance * 1.6 + 0.005);
    },
  );
});
