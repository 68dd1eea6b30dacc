// The laws of the engine, on random estates, against a naive twin.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CAPABILITIES, type Fact, fact, factText, IMPLIED, type Rule } from "../../model/rule.ts";
import type { Estate } from "../estate.ts";
import { closedSets } from "./certificate.ts";
import { checkClosedSets } from "./check-certificate.ts";
import { close } from "./close.ts";
import { cutSeparates, smallestCut } from "./cut.ts";
import { type Decision, decide, type Statement, type Way } from "./decide.ts";
import { smallestHittingSet } from "./hitting-set.ts";
import { estateArb } from "./random-estate.ts";
import { buildRuleBase, factAt } from "./rule-base.ts";
import {
  changes,
  discloses,
  lowestEnvironment,
  personSources,
  productionNames,
  UNDECLARED,
  wallQuestions,
  wallSources,
} from "./semantics.ts";

const TIERS = ["development", "test", "production"] as const;

/** Applies every rule until nothing changes: slow and obvious. */
function naive(rules: readonly Rule[], sources: readonly Fact[], may: boolean): Set<string> {
  const known = new Set<string>();
  const add = (f: Fact): boolean => {
    const before = known.size;
    known.add(factText(f));
    for (const implied of IMPLIED[f.capability] ?? []) known.add(factText(fact(implied, f.entity)));
    return known.size > before;
  };
  for (const source of sources) add(source);
  for (let changed = true; changed;) {
    changed = false;
    for (const rule of rules) {
      if (rule.certainty === "may" && !may) continue;
      const needs = new Set(rule.needs.map(factText));
      const met = [...needs].filter((need) => known.has(need)).length;
      if (met >= (rule.atLeast ?? needs.size) && add(rule.gives)) changed = true;
    }
  }
  return known;
}

function naiveWall(estate: Estate, statement: "wall" | "data"): "separated" | "violated" | "unknown" {
  const production = productionNames(estate.charter);
  const lowest = lowestEnvironment(estate.charter, TIERS);
  let verdict: "separated" | "violated" | "unknown" = "separated";
  for (const { from, to } of wallQuestions(estate)) {
    const sources = wallSources(estate, from, lowest);
    const targets = [...estate.entities.values()]
      .filter((entity) => to.has(estate.environmentOf(entity.id) ?? "") && entity.kind !== "change")
      .flatMap((entity) =>
        statement === "wall" ? changes(entity) : production.has(estate.environmentOf(entity.id) ?? "") ? discloses(entity) : [],
      )
      .map(factText);
    const reaches = (may: boolean): boolean => {
      const known = naive(estate.rules, sources, may);
      return targets.some((target) => known.has(target));
    };
    if (from !== UNDECLARED && reaches(false)) return "violated";
    if (reaches(true)) verdict = "unknown";
  }
  return verdict;
}

const withRule = (estate: Estate, rule: Rule): Estate => ({ ...estate, rules: [...estate.rules, rule] });
const RANK = { separated: 0, unknown: 1, violated: 2 };
const STATEMENTS: readonly Statement[] = ["wall", "singlePerson", "data"];

/** Every step rests on earlier ones by a rule of the estate, every starting point is a source, and the last gives the target. */
function replays(estate: Estate, way: Way): boolean {
  const had = new Map<number, string>();
  const lowest = lowestEnvironment(estate.charter, TIERS);
  const starts =
    way.from === "people"
      ? estate.charter.people.flatMap((person) => personSources(estate, person))
      : wallSources(estate, way.from, lowest);
  const sources = new Set(starts.map(factText));
  for (const step of way.steps) {
    if (!step.rule && !sources.has(factText(step.gives))) return false;
    if (step.needs.some((need) => !had.has(need))) return false;
    const needs = new Set(step.needs.map((need) => had.get(need) as string));
    for (const text of [...needs]) {
      if (text.startsWith("control ")) for (const implied of IMPLIED.control ?? []) needs.add(factText(fact(implied, text.slice(8))));
    }
    if (step.rule) {
      if (!estate.rules.includes(step.rule)) return false;
      const wanted = new Set(step.rule.needs.map(factText));
      if ([...wanted].filter((need) => needs.has(need)).length < (step.rule.atLeast ?? wanted.size)) return false;
      if (factText(step.rule.gives) !== factText(step.gives)) return false;
    }
    had.set(step.id, factText(step.gives));
  }
  const last = way.steps.at(-1);
  const given = last && [
    factText(last.gives),
    ...(last.gives.capability === "control" ? (IMPLIED.control ?? []).map((c) => factText(fact(c, last.gives.entity))) : []),
  ];
  return given?.includes(factText(way.target)) === true && way.steps.some((step) => step.rule === way.rule);
}

const separated = (decision: Decision): Statement[] => STATEMENTS.filter((statement) => decision.statements[statement] === "separated");

describe("closure", () => {
  test("the engine derives what a naive chainer derives, facts in an order of derivation", () => {
    fc.assert(
      fc.property(estateArb, fc.boolean(), fc.nat(), (estate, may, seed) => {
        const base = buildRuleBase(estate.entities.keys(), estate.rules);
        const ids = [...estate.entities.keys()];
        const sources = [fact(CAPABILITIES[seed % 8] as "control", ids[seed % ids.length] as string)];
        const closure = close(base, sources.map(base.factOf), { may });
        expect(Array.from(closure.order, (f) => factText(factAt(base, f))).sort()).toEqual([...naive(estate.rules, sources, may)].sort());
        const heights = Array.from(closure.order, (f) => closure.height[f] as number);
        expect(heights).toEqual(heights.toSorted((a, b) => a - b));
      }),
      { numRuns: 500 },
    );
  });
});

describe("verdicts", () => {
  test("wall and data are decided as the formulas say", () => {
    fc.assert(
      fc.property(estateArb, (estate) => {
        const { statements } = decide(estate);
        expect(statements.wall).toBe(naiveWall(estate, "wall"));
        expect(statements.data).toBe(naiveWall(estate, "data"));
      }),
      { numRuns: 500 },
    );
  });

  test("adding a rule never makes any statement better", () => {
    fc.assert(
      fc.property(estateArb, estateArb, (estate, other) => {
        const added = other.rules[0];
        if (!added) return;
        const before = decide(estate).statements;
        const after = decide(withRule(estate, added)).statements;
        for (const statement of STATEMENTS) expect(RANK[after[statement]]).toBeGreaterThanOrEqual(RANK[before[statement]]);
      }),
    );
  });

  test("a gap that nobody took never leaves a statement separated, and never turns violated into anything else", () => {
    fc.assert(
      fc.property(estateArb, (estate) => {
        const before = decide(estate).statements;
        const gap = { topic: "x/y", subject: "z", what: "a file", why: "unread", clauses: [] };
        const after = decide({ ...estate, untaken: [gap] }).statements;
        for (const statement of STATEMENTS) expect(after[statement]).toBe(before[statement] === "violated" ? "violated" : "unknown");
      }),
    );
  });
});

describe("witnesses", () => {
  test("every witness replays by rules of the estate, through its crossing, to its target", () => {
    fc.assert(
      fc.property(estateArb, (estate) => {
        for (const way of decide(estate).ways) expect(replays(estate, way)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("a violated statement has a certain way, and a certain way belongs to a violated statement", () => {
    fc.assert(
      fc.property(estateArb, (estate) => {
        const decision = decide(estate);
        for (const statement of STATEMENTS) {
          const certain = decision.ways.some((way) => way.verdict === "violated" && way.statements.includes(statement));
          expect(certain).toBe(decision.statements[statement] === "violated");
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("certificates", () => {
  test("the closed sets of separated statements verify, and no other statement's do", () => {
    fc.assert(
      fc.property(estateArb, (estate) => {
        const decision = decide(estate);
        const claimed = separated(decision);
        expect(checkClosedSets(estate, claimed, closedSets(decision.base, estate, claimed))).toEqual([]);
        for (const statement of STATEMENTS.filter((each) => !claimed.includes(each))) {
          expect(checkClosedSets(estate, [statement], closedSets(decision.base, estate, [statement]))).not.toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a closed set without any one of its facts does not verify", () => {
    fc.assert(
      fc.property(estateArb, (estate) => {
        const decision = decide(estate);
        const claimed = separated(decision);
        const sets = closedSets(decision.base, estate, claimed);
        sets.forEach((set, at) => {
          for (const missing of set.closed) {
            const corrupted = sets.with(at, { ...set, closed: set.closed.filter((each) => each !== missing) });
            expect(checkClosedSets(estate, claimed, corrupted)).not.toEqual([]);
          }
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe("cuts", () => {
  test("a complete cut separates, and no cut is smaller than its lower bound says", () => {
    fc.assert(
      fc.property(estateArb, (estate) => {
        const { base } = decide(estate);
        const cut = smallestCut(base, estate);
        expect(cut.changes.length).toBeGreaterThanOrEqual(cut.lowerBound);
        if (!cut.complete) return;
        expect(cutSeparates(base, estate, cut)).toBe(true);
        for (const change of cut.changes) {
          expect(cutSeparates(base, estate, { ...cut, changes: cut.changes.filter((each) => each !== change) })).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("the hitting set is smallest: brute force agrees", () => {
    const setArb = fc.array(fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 4 }), { maxLength: 7 });
    fc.assert(
      fc.property(setArb, (sets) => {
        const { chosen, lowerBound } = smallestHittingSet(sets, () => 1);
        expect(sets.every((set) => set.some((each) => chosen.includes(each)))).toBe(true);
        let least = 8;
        for (let mask = 0; mask < 256; mask++) {
          if (sets.every((set) => set.some((each) => (mask & (1 << each)) !== 0)))
            least = Math.min(least, mask.toString(2).replaceAll("0", "").length);
        }
        expect(chosen.length).toBe(least);
        expect(lowerBound).toBe(least);
      }),
    );
  });
});
