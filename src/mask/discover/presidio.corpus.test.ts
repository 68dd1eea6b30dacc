// Discovery on the labelled sentences of presidio-research: precision and recall by type, printed.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Kind } from "./kind.ts";
import { spansOf } from "./spans.ts";

const corpus = process.env["BULKHEAD_CORPUS"] ?? fileURLToPath(new URL("../../../../shared/corpus", import.meta.url));
const file = join(corpus, "data/microsoft+presidio-research/tests/data/generated_small.json");

interface Sentence {
  readonly full_text: string;
  readonly spans: readonly { readonly entity_type: string; readonly start_position: number; readonly end_position: number }[];
}

/** Their types and ours. Organizations, titles, dates and ages are no kind of ours: they name no person. */
const TYPES: Readonly<Record<string, readonly Kind[]>> = {
  PERSON: ["full-name", "given-name", "family-name"],
  ADDRESS: ["address", "postcode"],
  LOCATION: ["city"],
  PHONE_NUMBER: ["phone"],
  CREDIT_CARD: ["card"],
  EMAIL_ADDRESS: ["email"],
  IP_ADDRESS: ["ip"],
  DOMAIN_NAME: ["url"],
  US_SSN: ["national-id"],
};

/** Below today's figures, so that a change for the worse is seen: [precision, recall]. */
const AT_LEAST: Readonly<Record<string, readonly [number, number]>> = {
  PERSON: [0.8, 0.7],
  ADDRESS: [0.9, 0.7],
  LOCATION: [0.7, 0.25],
  PHONE_NUMBER: [0.9, 0.7],
  CREDIT_CARD: [1, 1],
  EMAIL_ADDRESS: [1, 1],
  IP_ADDRESS: [1, 1],
  DOMAIN_NAME: [1, 1],
  US_SSN: [1, 1],
};

test.skipIf(!existsSync(file))("finds what the labels say (needs data/microsoft+presidio-research of the corpus)", () => {
  const sentences = JSON.parse(readFileSync(file, "utf8")) as readonly Sentence[];
  const rows = Object.entries(TYPES).map(([type, kinds]) => {
    let [labelled, recalled, covered, claimed, right] = [0, 0, 0, 0, 0];
    for (const { full_text: text, spans } of sentences) {
      const found = spansOf(text);
      const mine = found.filter(({ kind }) => kinds.includes(kind));
      const theirs = spans.filter(({ entity_type }) => entity_type === type);
      const meets = (a: { start: number; end: number }, b: (typeof spans)[number]): boolean =>
        a.start < b.end_position && b.start_position < a.end;
      labelled += theirs.length;
      recalled += theirs.filter((label) => mine.some((span) => meets(span, label))).length;
      covered += theirs.filter((label) => found.some((span) => meets(span, label))).length;
      claimed += mine.length;
      // A town or country within an address is labelled as part of the address there.
      const rightful = type === "LOCATION" ? spans.filter(({ entity_type }) => ["LOCATION", "ADDRESS"].includes(entity_type)) : theirs;
      right += mine.filter((span) => rightful.some((label) => meets(span, label))).length;
      if (process.env["BULKHEAD_SHOW"] === type) {
        for (const label of theirs)
          if (!mine.some((span) => meets(span, label)))
            console.log("missed ", JSON.stringify(text.slice(label.start_position, label.end_position)), "in", JSON.stringify(text));
        for (const span of mine)
          if (!theirs.some((label) => meets(span, label)))
            console.log("claimed", JSON.stringify(text.slice(span.start, span.end)), "in", JSON.stringify(text));
      }
    }
    return {
      type,
      labelled,
      claimed,
      precision: claimed === 0 ? 1 : right / claimed,
      recall: recalled / labelled,
      masked: covered / labelled,
    };
  });
  const percent = (share: number): string => `${(share * 100).toFixed(0)} %`.padStart(6);
  console.log(
    rows
      .map(
        (row) =>
          `${row.type.padEnd(14)} ${String(row.labelled).padStart(3)} labelled  precision ${percent(row.precision)}  recall ${percent(row.recall)}  masked as anything ${percent(row.masked)}`,
      )
      .join("\n"),
  );
  for (const { type, precision, recall } of rows) {
    const [leastPrecision, leastRecall] = AT_LEAST[type] as readonly [number, number];
    expect([type, precision >= leastPrecision, recall >= leastRecall]).toEqual([type, true, true]);
  }
});
