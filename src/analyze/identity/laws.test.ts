// Laws over every case: what a gap may do to rules, that rules name what exists, and that the same input gives the same rules.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Gap } from "../../model/gap.ts";
import { factText, type Rule } from "../../model/rule.ts";
import { derive } from "../derive.ts";
import { charterOf, gapsOf, observationsOf, tokensOf, type EstateCase } from "./case-estate.ts";
import { identityPlane } from "./plane.ts";

const folder = fileURLToPath(new URL("./cases/", import.meta.url));
const estates = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => JSON.parse(readFileSync(folder + name, "utf8")) as readonly { readonly name: string; readonly estate: EstateCase }[]);

const tokens = (estate: EstateCase) => ({
  name: "tokens",
  entities: (_: unknown, sink: { token(token: ReturnType<typeof tokensOf>[number]): void }) =>
    tokensOf(estate).forEach((token) => sink.token(token)),
  rules: () => undefined,
});

const derived = (estate: EstateCase, gaps: readonly Gap[] = []) =>
  derive(observationsOf(estate), charterOf(estate), [...gapsOf(estate), ...gaps], [identityPlane, tokens(estate)]);

const key = (rule: Rule): string => `${rule.needs.map(factText).sort().join(" + ")} gives ${factText(rule.gives)}`;

/** Facts that follow from these facts by all rules, or by the certain ones. */
function closure(rules: readonly Rule[], from: readonly string[], certain: boolean): Set<string> {
  const facts = new Set(from);
  const implied = (fact: string): void => {
    facts.add(fact);
    if (fact.startsWith("control "))
      for (const capability of ["write", "read", "act-as", "connect", "author", "defeat"]) facts.add(fact.replace("control", capability));
  };
  from.forEach(implied);
  for (let size = -1; size !== facts.size;) {
    size = facts.size;
    for (const rule of rules) {
      if ((!certain || rule.certainty === "must") && rule.needs.every((need) => facts.has(factText(need)))) implied(factText(rule.gives));
    }
  }
  return facts;
}

const P = "111122223333";
const gap = (topic: string, subject: string): Gap => ({
  topic,
  subject,
  what: `${topic} of ${subject}`,
  why: "AccessDenied",
  clauses: ["A1"],
});
const GAPS: readonly Gap[] = [
  gap("aws/authorization-details", P),
  gap("aws/principal-policy", `arn:aws:iam::${P}:role/app`),
  gap("aws/control-policy", P),
  gap("aws/organization", "o-acme"),
  gap("aws/resource-policy", "arn:aws:s3:::acme-exports"),
  gap("aws/resource-list", `${P}:s3`),
  gap("aws/eks-access", `arn:aws:eks:eu-west-1:${P}:cluster/production`),
  gap("aws/oidc-provider", P),
];

describe("laws over every case", () => {
  it("a gap makes no fact certain and takes no possible fact away", () => {
    for (const { name, estate } of estates) {
      const before = derived(estate);
      const sources = [...before.entities.keys()]
        .filter((id) => id.includes(":role/") || id.includes(":user/"))
        .map((id) => `act-as ${id}`);
      for (const one of GAPS) {
        const after = derived(estate, [one]);
        const mustBefore = closure(before.rules, sources, true);
        // A stand-in for what was not listed exists only with its gap.
        const certain = [...closure(after.rules, sources, true)].filter((fact) => !fact.includes("#unread/"));
        for (const fact of certain) expect(mustBefore.has(fact), `${name}: ${one.topic} makes certain ${fact}`).toBe(true);
        const mayAfter = closure(after.rules, sources, false);
        for (const fact of closure(before.rules, sources, false))
          expect(mayAfter.has(fact), `${name}: ${one.topic} takes away ${fact}`).toBe(true);
      }
    }
  });

  it("the same input gives the same rules in the same order", () => {
    for (const { estate } of estates) expect(derived(estate).rules).toEqual(derived(estate).rules);
  });

  it("one rule for the same needs and gives, may with its reason, and a grant that can be named", () => {
    for (const { name, estate } of estates) {
      const { rules } = derived(estate);
      expect(new Set(rules.map(key)).size, name).toBe(rules.length);
      for (const rule of rules) {
        if (rule.certainty === "may") expect(rule.because, `${name}: ${key(rule)}`).toMatch(/./);
        else expect(rule.grants.length, `${name}: ${key(rule)}`).toBeGreaterThan(0);
        expect(rule.how).toMatch(/^[^\n]+$/);
      }
    }
  });

  it("every guard that holds a rule back is an entity", () => {
    for (const { name, estate } of estates) {
      const { rules, entities } = derived(estate);
      for (const need of rules.flatMap((rule) => rule.needs)) {
        if (need.capability === "defeat") expect(entities.get(need.entity)?.kind, `${name}: ${need.entity}`).toBe("guard");
      }
    }
  });
});
