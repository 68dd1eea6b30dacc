// The compiled evaluator against the plain one on random requests: no difference where everything is known, and none that is unsound where not.
import { describe, expect, it } from "vitest";
import { answer, type Answer } from "./answer.ts";
import { plainly } from "./plain-evaluator.ts";
import { FREE_KEYS, random, randomRequest, type RandomRequest } from "./random-request.ts";
import type { EvaluationRequest } from "./schema.ts";

/** A few seconds; BULKHEAD_FUZZ_CASES=1000000 for more. */
const CASES = Number(process.env["BULKHEAD_FUZZ_CASES"] ?? 100_000);

function answered(request: EvaluationRequest): Answer {
  const told = answer(request);
  if (!told.ok) throw new Error(told.error.message);
  return told.value;
}

/** A key's policy that was not given is unknown to the one and no leave to the other. */
const missesKeyPolicy = ({ request }: RandomRequest): boolean =>
  request.action === "kms:Decrypt" && request.policies.resource === undefined;

describe(`${CASES} random requests`, () => {
  it("are answered as the plain evaluator answers them", () => {
    const next = random(8_31);
    const counts = { allowed: 0, denied: 0 };
    for (let i = 0; i < CASES; i++) {
      const one = randomRequest(next);
      if (missesKeyPolicy(one)) continue;
      const expected = plainly(one.request, one.who, one.keys, one.resource) ? "allowed" : "denied";
      const { outcome } = answered(one.request);
      counts[expected]++;
      if (outcome !== expected) expect.fail(`case ${i}: ${outcome}, plainly ${expected}\n${JSON.stringify(one.request)}`);
    }
    console.log(`differential: ${counts.allowed} allowed, ${counts.denied} denied, no difference`);
    expect(Math.min(counts.allowed, counts.denied)).toBeGreaterThan(CASES / 20);
  });

  it("with a key untold are allowed or denied only if they are for each of its values", () => {
    const next = random(27_001);
    const names = Object.keys(FREE_KEYS);
    let open = 0;
    for (let i = 0; i < CASES / 2; i++) {
      const one = randomRequest(next);
      const key = names[i % names.length] as string;
      if (missesKeyPolicy(one) || !JSON.stringify(one.request.policies).includes(key)) continue;
      const { [key]: _, ...context } = one.request.context ?? {};
      const told = { "aws:PrincipalTag/team": (one.keys["aws:principaltag/team"]?.[0] ?? null) as string | null };
      const given = Object.fromEntries(
        ["aws:username", "aws:principalaccount", "aws:principalarn"]
          .filter((name) => one.keys[name] === undefined)
          .map((name) => [name, null]),
      );
      const { outcome } = answered({ ...one.request, context: { ...context, ...told, ...given }, contextIsComplete: false });
      const outcomes = [undefined, ...(FREE_KEYS[key] ?? [])].map((value) => {
        const { [key.toLowerCase()]: __, ...rest } = one.keys;
        return plainly(one.request, one.who, value === undefined ? rest : { ...rest, [key.toLowerCase()]: value }, one.resource);
      });
      if (outcome === "allowed-if") open++;
      else if (outcomes.some((allowed) => allowed !== (outcome === "allowed")))
        expect.fail(`case ${i}: ${outcome} without ${key}, plainly ${outcomes.join(" ")}\n${JSON.stringify(one.request)}`);
    }
    console.log(`differential: ${open} left open by one untold key, none answered wrongly`);
    expect(open).toBeGreaterThan(0);
  });
});
