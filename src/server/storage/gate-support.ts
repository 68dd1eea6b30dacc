// For tests: the gate on a database, with the charter and people of the gate's own stories.
import { generateKeyPairSync } from "node:crypto";
import { gate, type Gate, type GateOptions } from "../../app/gate/gate.ts";
import type { Answer, Asked, PromotionView } from "../../app/gate/commands.ts";
import { firstHead } from "../../app/gate/replica.ts";
import { directoryOf } from "../../charter/directory.ts";
import { charterWith, DIGEST } from "../../gate/story-support.ts";
import { ed25519Signer } from "../../ledger/note.ts";
import { beginLedger, ledgerStore } from "./ledger.ts";
import { openDatabase } from "./open.ts";
import type { Database } from "./schema.ts";

export const SIGNER = ed25519Signer("ledger.example.com", generateKeyPairSync("ed25519").privateKey);
export const CHARTER = charterWith();
export const POLICY = { charter: CHARTER, charterHash: "a".repeat(64), directory: directoryOf(CHARTER) };

export async function gateOn(
  where: string,
  more: Partial<GateOptions> = {},
): Promise<{ readonly database: Database; readonly gate: Gate }> {
  const database = await openDatabase(where);
  await beginLedger(database, firstHead([SIGNER]));
  const options = {
    store: ledgerStore(database),
    signers: [SIGNER] as const,
    policy: POLICY,
    pseudonymKey: new Uint8Array(32),
    now: () => new Date(),
  };
  return { database, gate: gate({ ...options, ...more }) };
}

export const person = (id: string): Asked["actor"] => ({ subject: `person:${id}`, kind: "person", isAdministrator: false });
export const PIPELINE: Asked["actor"] = { subject: "github:acme/shop:ref:refs/heads/main", kind: "pipeline", isAdministrator: false };

const image = (digest: string) => ({ kind: "image" as const, name: "shop", digest });
const SOURCE = { repository: "acme/shop", commit: "c" };

export const askFor = (part: Partial<Extract<Asked["command"], { kind: "request" }>["body"]> = {}, actor = person("dee")): Asked => ({
  actor,
  command: {
    kind: "request",
    body: { artifact: image(DIGEST), from: "test", to: "production", source: SOURCE, authors: ["github:@dee"], ...part },
  },
});
export const review = (promotion: number, by: string, verdict: "approve" | "reject" | "withdraw" = "approve"): Asked => ({
  actor: person(by),
  command: { kind: "review", promotion, body: { verdict } },
});
export const confirm = (promotion: number, environment = "production", digest = DIGEST): Asked => ({
  actor: PIPELINE,
  command: { kind: "confirm", promotion, body: { environment, digest } },
});
export const test_ = (passed = true, digest = DIGEST): Asked => ({
  actor: PIPELINE,
  command: { kind: "test", body: { digest, environment: "test", suite: "unit", passed, run: "1", commit: "c" } },
});

export function promotionIn(answer: Answer): PromotionView {
  if (!answer.ok || !("promotion" in answer)) throw new Error(`no promotion: ${JSON.stringify(answer)}`);
  return answer.promotion;
}
export const problemIn = (answer: Answer): string => (answer.ok ? "none" : answer.problem.code);

/** Tested in development, promoted to test, running there, and tested there. */
export async function tested(gate: Gate, digest = DIGEST): Promise<void> {
  await gate.ask({
    ...test_(true, digest),
    command: {
      ...test_(true, digest).command,
      body: { digest, environment: "development", suite: "unit", passed: true, run: "1", commit: "c" },
    } as Asked["command"],
  });
  const below = promotionIn(await gate.ask(askFor({ artifact: image(digest), from: "development", to: "test" })));
  promotionIn(await gate.ask(confirm(below.id, "test", digest)));
  await gate.ask(test_(true, digest));
}
