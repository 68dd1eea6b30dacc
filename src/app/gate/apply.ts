// One command at the choke point: judged on everything that stands in the ledger above it, and turned into entries, or into a refusal that records nothing.
import type { Charter } from "../../charter/schema.ts";
import type { Directory } from "../../charter/directory.ts";
import { reviewProblem } from "../../gate/approvals.ts";
import { decide, type Decision } from "../../gate/decide.ts";
import { ranKey, standing, testsKey } from "../../gate/state.ts";
import type { Dated } from "../../ledger/entry.ts";
import type { PromotionRequested, Reference } from "../../ledger/promotion.ts";
import type { NewEntry } from "../ledger/folder.ts";
import type { Actor, Answer, Asked, Command, Problem } from "./commands.ts";
import type { Replica } from "./replica.ts";
import { automationsOf, type Subjects } from "./subjects.ts";
import { promotionView } from "./view.ts";

export interface Policy {
  readonly charter: Charter;
  /** SHA-256 of the charter's text: decisions name it. */
  readonly charterHash: string;
  readonly directory: Directory;
}

interface Scene {
  readonly policy: Policy;
  readonly ledger: Replica;
  readonly subjects: Subjects;
  readonly at: string;
}

/** What an entry rests on at most, as the ledger allows. */
const MOST_RESTS = 100;

export function apply({ command, actor }: Asked, scene: Scene): Answer {
  switch (command.kind) {
    case "request":
      return request(command.body, actor, scene);
    case "review":
      return review(command, actor, scene);
    case "confirm":
      return confirm(command, actor, scene);
    case "settle":
      return settle(command, scene);
    case "test":
      return reportTest(command.body, actor, scene);
  }
}

const refuse = (code: Problem["code"], text: string): Answer => ({ ok: false, problem: { code, text } });

function request(body: Extract<Command, { kind: "request" }>["body"], actor: Actor, scene: Scene): Answer {
  const { ledger, policy, subjects } = scene;
  const { rollbackTo, authors, ...rest } = body;
  if (rollbackTo !== undefined && rollbackTo >= ledger.size()) return refuse("not-found", `the ledger has no entry ${rollbackTo}`);
  const automations = automationsOf(policy.charter.promotion);
  const earlier = rollbackTo === undefined ? undefined : ledger.referenceTo(rollbackTo);
  const entry: PromotionRequested = {
    ...rest,
    requester: subjects.writtenActor(actor),
    authors: [...new Set(authors.map((author) => subjects.written(author, automations)))],
    ...(earlier && { rollbackTo: earlier }),
  };
  const added = add({ kind: "promotion-requested", ...(earlier && { rests: [earlier] }), body: entry }, scene);
  if (added === undefined) return refuse("too-large", "the request is larger than an entry of the ledger may be");
  const asked = ledger.state.requests.get(added.index) as Dated<PromotionRequested>;
  const decision = decideNow(asked, scene);
  // What was not tested when it was asked for is refused, not kept until it may be: approvers are asked about something that stands.
  const isUntested = decision.reasons.some(({ code }) => code === "not-tested" || code === "not-deployed-below");
  record(asked, added, isUntested ? { ...decision, outcome: "refused" } : decision, scene);
  return view(asked, scene);
}

function review({ promotion: id, body }: Extract<Command, { kind: "review" }>, actor: Actor, scene: Scene): Answer {
  const { ledger, policy, subjects } = scene;
  const asked = ledger.state.requests.get(id);
  if (asked === undefined) return noPromotion(id);
  const promotion = policy.charter.promotion.find(({ from, to }) => from === asked.body.from && to === asked.body.to);
  if (promotion === undefined) return refuse("conflict", `the charter knows no promotion from ${asked.body.from} to ${asked.body.to}`);
  // Threat: who runs the server would otherwise need nobody else.
  if (actor.isAdministrator) return refuse("not-allowed", "an administrator of this server approves nothing in it");
  const by = subjects.writtenActor(actor);
  const problem = reviewProblem(asked.body, promotion, policy.directory, by);
  if (problem !== undefined) return refuse("not-allowed", problem);
  const decided = ledger.state.decisions.get(id);
  if (decided?.body.outcome === "refused") return refuse("conflict", `promotion ${id} is refused; another request is needed`);
  if (decided && ledger.state.deployed.has(decided.index)) return refuse("conflict", `promotion ${id} is deployed`);
  if (decided && body.verdict === "approve") return refuse("conflict", `promotion ${id} is approved already`);
  const reference = ledger.referenceTo(id);
  const { reason } = body;
  const written = { request: reference, by, verdict: body.verdict, ...(reason !== undefined && { reason }) };
  if (add({ kind: "promotion-reviewed", rests: [reference], body: written }, scene) === undefined)
    return refuse("too-large", "the review is larger than an entry of the ledger may be");
  const decision = decideNow(asked, scene);
  // An approval that is taken back before the deployment takes the decision with it.
  const isWithdrawn = decided !== undefined && decision.outcome === "waiting";
  record(asked, reference, isWithdrawn ? { ...decision, outcome: "refused" } : decision, scene);
  return view(asked, scene);
}

function confirm({ promotion: id, body }: Extract<Command, { kind: "confirm" }>, actor: Actor, scene: Scene): Answer {
  const { ledger, subjects, at } = scene;
  const asked = ledger.state.requests.get(id);
  if (asked === undefined) return noPromotion(id);
  const last = ledger.state.decisions.get(id);
  const decision = last && standing(ledger.state, last.index);
  if (decision?.body.outcome !== "approved")
    return refuse("conflict", `promotion ${id} is not approved, and ${body.digest} runs in ${body.environment} past the gate`);
  if (body.environment !== asked.body.to)
    return refuse("not-as-approved", `promotion ${id} is approved for ${asked.body.to}, not for ${body.environment}`);
  if (body.digest !== asked.body.artifact.digest)
    return refuse("not-as-approved", `${body.digest} runs in ${body.environment}, and ${asked.body.artifact.digest} was approved`);
  // A second confirmation of the same deployment says nothing new.
  if (ledger.state.deployed.has(decision.index)) return view(asked, scene);
  if (decision.body.until !== undefined && at > decision.body.until)
    return refuse("too-late", `the approval of promotion ${id} ended at ${decision.body.until}`);
  const reference = ledger.referenceTo(decision.index);
  const by = subjects.writtenActor(actor);
  add(
    {
      kind: "deployment-confirmed",
      rests: [reference],
      body: { decision: reference, environment: body.environment, digest: body.digest, by },
    },
    scene,
  );
  return view(asked, scene);
}

function settle({ promotion: id }: Extract<Command, { kind: "settle" }>, scene: Scene): Answer {
  const asked = scene.ledger.state.requests.get(id);
  if (asked === undefined) return noPromotion(id);
  if (!scene.ledger.state.decisions.has(id)) record(asked, scene.ledger.referenceTo(id), decideNow(asked, scene), scene);
  return view(asked, scene);
}

function reportTest(body: Extract<Command, { kind: "test" }>["body"], actor: Actor, scene: Scene): Answer {
  const { policy, subjects, at } = scene;
  if (!policy.charter.environments.some(({ name }) => name === body.environment))
    return refuse("unknown-environment", `the charter knows no environment ${body.environment}`);
  const by = subjects.writtenActor(actor);
  const added = add({ kind: "test-reported", body: { ...body, by } }, scene);
  if (added === undefined) return refuse("too-large", "the report is larger than an entry of the ledger may be");
  const { digest, environment, suite, passed, attestation } = body;
  return { ok: true, test: { entry: added.index, at, digest, environment, suite, passed, attested: attestation?.verified === true } };
}

const noPromotion = (id: number): Answer => refuse("not-found", `the ledger has no promotion ${id}`);

const add = (entry: NewEntry, { ledger, at }: Scene): Reference | undefined => ledger.add(entry, at);

const decideNow = (asked: Dated<PromotionRequested>, { ledger, policy, at }: Scene): Decision =>
  decide(asked, ledger.state, policy.charter, policy.directory, at);

const view = (asked: Dated<PromotionRequested>, { ledger, policy, at }: Scene): Answer => ({
  ok: true,
  promotion: promotionView(asked, ledger.state, policy.charter, policy.directory, at),
});

/** Decisions that end something are entries; waiting is none. */
function record(asked: Dated<PromotionRequested>, reference: Reference, decision: Decision, scene: Scene): void {
  const { outcome, reasons, until } = decision;
  if (outcome === "waiting" || scene.ledger.state.decisions.get(asked.index)?.body.outcome === outcome) return;
  add(
    {
      kind: "promotion-decided",
      rests: [reference, ...groundsOf(asked, scene)].slice(0, MOST_RESTS),
      body: {
        request: reference,
        charter: scene.policy.charterHash,
        outcome,
        reasons: reasons.slice(0, 50).map(({ code, text }) => ({ code, text: text.slice(0, 1000) })),
        ...(until !== undefined && { until }),
      },
    },
    scene,
  );
}

/** What a decision rests on: the deployment below, the last test of each suite there, and the reviews. */
function groundsOf({ index, body }: Dated<PromotionRequested>, { ledger }: Scene): readonly Reference[] {
  const { state } = ledger;
  const { artifact, from } = body;
  const below = state.ran.get(ranKey(artifact.digest, from));
  const tests = new Map((state.tests.get(testsKey(artifact.digest, from)) ?? []).map((test) => [test.body.suite, test]));
  const grounds = [below, ...tests.values(), ...(state.reviews.get(index) ?? [])];
  return grounds.flatMap((each) => (each === undefined ? [] : [ledger.referenceTo(each.index)]));
}
