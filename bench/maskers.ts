// What one value costs in CPU time, masker by masker: medians of interleaved runs, on values that hardly repeat.
import { byteSink } from "../src/mask/byte-sink.ts";
import type { ColumnType, Masking } from "../src/mask/masker.ts";
import type { Choice } from "../src/mask/maskers/choice.ts";
import { compileMasking } from "../src/mask/maskers/registry.ts";
import { createPrf } from "../src/mask/prf/prf.ts";

const RUNS = 5;
const VALUES = 200_000;
const prf = createPrf(Buffer.alloc(32, 1)).derive("bench");

const uuid = (at: number): string => `3b241101-e2bb-4255-8caf-${(at + 1e9).toString(16).padStart(12, "0")}`;
const cases: readonly (readonly [Choice, ColumnType, (at: number) => string, values?: number])[] = [
  ["email", { type: "text" }, (at) => `user${at}.name@corp.test`],
  ["name", { type: "text" }, (at) => `User Name${at}`],
  ["hash", { type: "text" }, (at) => `user${at}`],
  ["integer", { type: "integer" }, (at) => String(at + 1)],
  ["digits", { type: "text" }, (at) => String(4_000_000_000 + at * 7)],
  ["uuid", { type: "uuid" }, uuid],
  ["date", { type: "date" }, (at) => `19${10 + (at % 90)}-0${1 + (at % 9)}-1${at % 9}`],
  ["number", { type: "numeric", precision: 12, scale: 2 }, (at) => `${at}.50`],
  ["text", { type: "text" }, (at) => `AB${at}x`],
  ["address", { type: "text" }, (at) => `${at} Main Street`],
  ["phone", { type: "text" }, (at) => `+1202${2_000_000 + at}`, 5000],
  ["ip", { type: "inet" }, (at) => `8.${at & 255}.${(at >> 8) & 255}.1`],
  ["json", { type: "jsonb" }, (at) => `{"name": "User ${at}", "size": ${at}}`, 50_000],
  ["free-text", { type: "text" }, (at) => `Please call Maria Schneider at (202) 456-1111 about order ${at}.`, 2000],
];

const prepared = cases.map(([choice, type, make, count = VALUES]) => {
  const ends = new Int32Array(count + 1);
  const parts: Buffer[] = [];
  for (let at = 0; at < count; at++) {
    const bytes = Buffer.from(make(at));
    parts.push(bytes);
    ends[at + 1] = (ends[at] as number) + bytes.length;
  }
  const masking = compileMasking(choice, { schema: "s", table: "t", name: "c", isUnique: false, domain: "d", ...type }, prf);
  return {
    name: typeof choice === "string" ? choice : choice.masker,
    masking,
    input: Buffer.concat(parts),
    ends,
    count,
    times: [] as number[],
  };
});

const out = byteSink(1 << 20);
function nanosecondsOf(masking: Masking, input: Buffer, ends: Int32Array, count: number): number {
  const before = process.cpuUsage();
  for (let at = 0; at < count; at++) {
    if (out.at > 900_000) out.at = 0;
    masking(input, ends[at] as number, ends[at + 1] as number, out);
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / count) * 1000;
}

for (let run = 0; run < RUNS; run++)
  for (const each of prepared) each.times.push(nanosecondsOf(each.masking, each.input, each.ends, each.count));
console.log(`maskers, CPU time of one value (${process.version}, median of ${RUNS} interleaved runs)`);
for (const { name, times } of prepared)
  console.log(`  ${name.padEnd(10)} ${(times.toSorted((a, b) => a - b)[RUNS >> 1] as number).toFixed(0).padStart(7)} ns`);
