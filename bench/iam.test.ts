// What is derived set at a time is what asking pair by pair gives.
import { describe, expect, it } from "vitest";
import { derive } from "../src/analyze/derive.ts";
import { effectsOf } from "../src/analyze/identity/actions.ts";
import { ask, both, either, isRemovable } from "../src/analyze/identity/ask.ts";
import { targetOf } from "../src/analyze/identity/assume-role.ts";
import { awsEstate } from "../src/analyze/identity/estate.ts";
import { IMPLICIT_DENY, type Decision } from "../src/analyze/identity/evaluate.ts";
import { identityPlane } from "../src/analyze/identity/plane.ts";
import { indexObservations } from "../src/model/observation.ts";
import { factText } from "../src/model/rule.ts";
import { generateAccount } from "./generated-account.ts";
import { generateOrganization } from "./generated-organization.ts";

const canHold = (decision: Decision): boolean => decision.outcome !== "denied" || isRemovable(decision);

describe.each([
  ["a small organization", generateOrganization({ accounts: 3, roles: 150, resources: 300, seed: 1 })],
  ["another", generateOrganization({ accounts: 5, roles: 120, resources: 400, seed: 2 })],
  ["an account", generateAccount({ users: 44, roles: 78, seed: 3 })],
] as const)("%s", (_, { observations, charter }) => {
  const aws = awsEstate({ observations: indexObservations([...observations]), charter, gaps: [] });
  const { rules } = derive([...observations], charter, [], [identityPlane]);
  const edges = new Set(rules.map(({ needs, gives }) => `${factText(needs[0] ?? gives)} → ${factText(gives)}`));
  const administers = new Set(
    rules
      .filter((rule) => rule.family === "aws/administer" && rule.certainty === "must" && rule.needs.length === 1)
      .map(({ needs }) => needs[0]?.entity),
  );

  it("has every access that asking pair by pair finds, and no other", () => {
    let found = 0;
    for (const resource of aws.resources) {
      const policy = aws.resourcePolicy(resource.arn);
      const isKey = resource.type === "key";
      const target = {
        arn: resource.arn,
        account: resource.account,
        tags: resource.tags,
        policy: policy ?? (isKey ? ("unread" as const) : undefined),
        policyRequired: isKey,
      };
      for (const who of aws.identities) {
        if (administers.has(who.arn)) continue;
        for (const capability of new Set(effectsOf(resource).map(({ gives }) => gives))) {
          const ways = effectsOf(resource)
            .filter(({ gives }) => gives === capability)
            .flatMap((effect) => effect.ways);
          const decision = ways
            .map(({ actions, on }) =>
              actions.map((action) => ask(aws, who, action, target, undefined, resource.arn + (on ?? ""))).reduce(both),
            )
            .reduce<Decision>(either, IMPLICIT_DENY);
          const edge = `act-as ${who.arn} → ${capability} ${resource.arn}`;
          expect(edges.has(edge), `${edge}: ${decision.outcome}`).toBe(canHold(decision));
          if (canHold(decision)) found++;
        }
      }
    }
    if (aws.resources.length > 0) expect(found).toBeGreaterThan(100);
  });

  it("has every role that asking pair by pair finds assumable", () => {
    let found = 0;
    for (const role of aws.roles) {
      for (const who of aws.identities) {
        if (who === role || !canHold(ask(aws, who, "sts:assumerole", targetOf(role)))) continue;
        found++;
        expect(edges.has(`act-as ${who.arn} → act-as ${role.arn}`), `${who.arn} assumes ${role.arn}`).toBe(true);
      }
    }
    expect(found).toBeGreaterThan(20);
  });
});
