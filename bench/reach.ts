// Bench: a generated estate decided, with every witness. The peer is the naive chainer of the tests' kind, on a smaller estate of the same shape.
import { cpus } from "node:os";
import { decide } from "../src/analyze/reach/decide.ts";
import { buildRuleBase } from "../src/analyze/reach/rule-base.ts";
import { close } from "../src/analyze/reach/close.ts";
import { factText, IMPLIED, fact, type Rule } from "../src/model/rule.ts";
import { generate } from "./generated-estate.ts";

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

function naive(rules: readonly Rule[], sources: readonly string[]): number {
  const known = new Set<string>();
  const add = (text: string): boolean => {
    if (known.has(text)) return false;
    known.add(text);
    if (text.startsWith("control ")) for (const implied of IMPLIED.control ?? []) known.add(factText(fact(implied, text.slice(8))));
    return true;
  };
  for (const source of sources) add(source);
  for (let changed = true; changed;) {
    changed = false;
    for (const rule of rules) if (rule.needs.every((need) => known.has(factText(need))) && add(factText(rule.gives))) changed = true;
  }
  return known.size;
}

const { estate, planted, nearMisses } = generate({ entities: 100_000, rules: 1_000_000, planted: 200, people: 500, seed: 8_31 });
const times: number[] = [];
let decision = decide(estate);
for (let run = 0; run < 3; run++) {
  const start = performance.now();
  decision = decide(estate);
  times.push(performance.now() - start);
}
const found = new Set(decision.ways.map((way) => way.grant));
const missed = planted.filter((grant) => !found.has(grant));
const wrong = nearMisses.filter((grant) => found.has(grant));
const seconds = median(times) / 1000;
console.log(`machine: ${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, node ${process.version}`);
console.log(`reach: ${estate.entities.size} entities, ${estate.rules.length} rules, ${estate.charter.people.length} people`);
console.log(
  `reach: decided with ${decision.ways.length} witnesses in ${seconds.toFixed(2)} s (median of 3), ${Math.round(estate.entities.size / seconds)} entities/s`,
);
console.log(`reach: planted ${planted.length}, missed ${missed.length}; near-misses ${nearMisses.length}, reported ${wrong.length}`);
console.log(`reach: peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB (the estate itself included)`);

const small = generate({ entities: 4_000, rules: 40_000, planted: 20, people: 0, seed: 8_31 }).estate;
const sources = [...small.entities.values()]
  .filter((entity) => entity.id.startsWith("development/") && entity.kind !== "account")
  .map((entity) => fact("control", entity.id));
const ratios: number[] = [];
for (let run = 0; run < 5; run++) {
  const before = performance.now();
  const slow = naive(
    small.rules.filter((rule) => rule.certainty === "must"),
    sources.map(factText),
  );
  const between = performance.now();
  const base = buildRuleBase(small.entities.keys(), small.rules);
  const fast = close(
    base,
    sources.map((f) => base.factOf(f)),
    { may: false },
  ).order.length;
  ratios.push((between - before) / (performance.now() - between));
  if (fast !== slow) throw new Error(`the engine derives ${fast} facts and the naive chainer ${slow}`);
}
console.log(`reach: ${median(ratios).toFixed(1)} times as fast as naive chaining on 40,000 rules, interning included (median of 5)`);
if (missed.length > 0 || wrong.length > 0) process.exitCode = 1;
