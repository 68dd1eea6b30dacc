import { expect, test } from "vitest";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import { collector } from "./collector.ts";
import { PREDICATE } from "./schema.ts";

const PREDICATE_PARTS = { source: { name: "postgres://db.example.com/shop" }, finishedAt: "2026-11-01T10:00:00.000Z" };

function envelopeOf(statement: object, payloadType = "application/vnd.in-toto+json"): object {
  return { payloadType, payload: Buffer.from(JSON.stringify(statement)).toString("base64"), signatures: [{ sig: "AAAA" }] };
}

function mapped(document: unknown) {
  const file = { path: "shop.certificate.json", format: "json", documents: [document], text: "" } as const;
  const [observations, gaps]: [Observation[], Gap[]] = [[], []];
  const sink = { observation: (each: Observation) => void observations.push(each), gap: (each: Gap) => void gaps.push(each) };
  if (collector.recognize(document, file) === undefined) return undefined;
  collector.map(document, 0, file, sink, { fingerprint: (secret) => secret });
  return { observations, gaps };
}

test("reads a certificate, and keeps it as it was signed", () => {
  const envelope = envelopeOf({
    subject: [{ name: "postgres://test.example.com/shop" }],
    predicateType: PREDICATE,
    predicate: PREDICATE_PARTS,
  });
  expect(mapped(envelope)).toMatchObject({
    gaps: [],
    observations: [
      { kind: "masking/certificate", target: "postgres://test.example.com/shop", from: "postgres://db.example.com/shop", envelope },
    ],
  });
});

test("a certificate that lacks what it must say is a gap with its place", () => {
  const envelope = envelopeOf({ subject: [{ name: "x" }], predicateType: PREDICATE, predicate: { source: { name: "y" } } });
  expect(mapped(envelope)).toMatchObject({
    observations: [],
    gaps: [{ topic: "masking/certificate", why: expect.stringContaining("/predicate/finishedAt") }],
  });
});

test.each([
  ["another statement", envelopeOf({ predicateType: "https://slsa.dev/provenance/v1" })],
  ["another payload", envelopeOf({ predicateType: PREDICATE }, "text/plain")],
  ["a payload that is not JSON", { payloadType: "application/vnd.in-toto+json", payload: "AAAA", signatures: [] }],
])("%s is not ours", (_, document) => {
  expect(mapped(document)).toBeUndefined();
});
