import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byteSink, ensure, writeBytes, writeInteger, writeText } from "./byte-sink.ts";
import type { Masking } from "./masker.ts";
import { remembering } from "./memo.ts";
import { maskText } from "./text-masking.ts";

describe("a masking that remembers", () => {
  const plain: Masking = (input, start, end, out) => {
    writeText(out, `<${input.toString("utf8", start, end).toUpperCase()}>`.repeat(1 + ((end - start) % 3)));
  };

  test("gives what the masking gives, at every length and when slots are taken over", () => {
    // Four slots: nearly every value takes another's.
    const remembered = remembering(plain, 4);
    const values = fc.array(
      fc.oneof(fc.string({ maxLength: 4 }), fc.string({ minLength: 55, maxLength: 70 }), fc.string({ unit: "grapheme" })),
      { minLength: 20, maxLength: 60 },
    );
    fc.assert(
      fc.property(values, (all) => {
        for (const value of [...all, ...all]) expect(maskText(remembered, value)).toBe(maskText(plain, value));
      }),
    );
  });

  test("asks once for what it remembers", () => {
    let asked = 0;
    const remembered = remembering((...args) => {
      asked++;
      plain(...args);
    });
    for (let times = 0; times < 5; times++) maskText(remembered, "Ann");
    expect(asked).toBe(1);
  });
});

describe("a sink", () => {
  test("grows and keeps what it holds", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 30 }), (texts) => {
        const sink = byteSink(1);
        for (const [at, text] of texts.entries()) {
          const bytes = Buffer.from(text);
          if (at % 2 === 0) writeText(sink, text);
          else writeBytes(sink, bytes, 0, bytes.length);
        }
        expect(sink.bytes.toString("utf8", 0, sink.at)).toBe(texts.join(""));
      }),
    );
  });

  test("writes every safe integer as JavaScript does", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constantFrom(0, 9, 10, 99, 100, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER)),
        (value) => {
          const sink = byteSink(1);
          ensure(sink, 1);
          writeInteger(sink, value);
          expect(sink.bytes.toString("latin1", 0, sink.at)).toBe(String(value));
        },
      ),
    );
  });
});
