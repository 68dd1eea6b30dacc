// Answers → the proposed charter with them written in: comments stay, and what was not asked stays a question.
import { type Document, isMap, isSeq, parseDocument, type YAMLMap } from "yaml";
import { RANKS } from "../../charter/order.ts";
import type { Tier } from "../../charter/schema.ts";
import { slug } from "../../charter/yaml-text.ts";
import type { Observations } from "../../model/observation.ts";
import type { Answers } from "./questions.ts";

const PURPOSES: Readonly<Record<string, string>> = {
  preview: "shows a change before it is merged",
  development: "where changes are tried",
  sandbox: "where anything may be tried",
  test: "where changes are tested",
  staging: "where a release is rehearsed",
  production: "serves customers",
  "disaster-recovery": "takes over when production fails",
};

export interface Environment {
  readonly name: string;
  readonly tier: string;
}

interface Person {
  readonly id: string;
  readonly groups: readonly string[];
}

const listAt = (document: Document, key: string): readonly YAMLMap[] => {
  const list = document.get(key);
  return isSeq(list) ? list.items.filter((item) => isMap(item)) : [];
};

export const environmentsIn = (text: string): readonly Environment[] =>
  listAt(parseDocument(text), "environments").map((each) => ({ name: String(each.get("name")), tier: String(each.get("tier")) }));

export const peopleIn = (text: string): readonly Person[] =>
  listAt(parseDocument(text), "people").map((each) => {
    const groups = each.get("groups");
    return { id: String(each.get("id")), groups: isSeq(groups) ? groups.toJSON().map(String) : [] };
  });

const textOf = (answers: Answers, id: string): string | undefined => {
  const answer = answers[id];
  return typeof answer === "string" ? answer : undefined;
};

const listOf = (answers: Answers, id: string): readonly string[] => {
  const answer = answers[id];
  return answer === undefined
    ? []
    : typeof answer === "string"
      ? answer === ""
        ? []
        : answer.split(",").map((one) => one.trim())
      : answer;
};

/** The promotion of the proposal is a comment, since approvals are policy; with an answer it is written out. */
const withoutStaleQuestions = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !/^# (?:QUESTION: is this the way up|promotion:| {2}- \{ from: )/.test(line))
    .join("\n")
    .replaceAll(/ # QUESTION: what is the most sensitive data it may hold\? This is assumed\.$/gm, "");

export function answered(proposal: string, answers: Answers, observations: Observations): string {
  const document = parseDocument(withoutStaleQuestions(proposal));
  const name = slug(textOf(answers, "organization") ?? "");
  if (name !== "") document.setIn(["organization", "name"], name);
  const environments = listAt(document, "environments");
  for (const each of environments) describe(each, answers);
  place(document, answers);
  for (const each of listAt(document, "shared"))
    if (String(each.get("purpose")).startsWith("QUESTION"))
      each.set("purpose", `${String(each.get("name")).replaceAll("-", " ")} that every environment uses`);
  promote(document, answers, environmentsIn(proposal));
  const people = listAt(document, "people");
  for (const person of people) if (String(person.get("name")).startsWith("QUESTION")) person.set("name", String(person.get("id")));
  grantAccess(document, answers, environmentsIn(proposal), peopleIn(proposal));
  custody(document, answers, observations);
  return document.toString({ lineWidth: 0 });
}

const isProductionTier = (tier: string): boolean => tier === "production" || tier === "disaster-recovery";

function describe(environment: YAMLMap, answers: Answers): void {
  const tier = String(environment.get("tier"));
  const owner = textOf(answers, "owner");
  const data = textOf(answers, isProductionTier(tier) ? "production-data" : "lower-data");
  environment.set("purpose", PURPOSES[tier] ?? tier);
  if (owner !== undefined) environment.set("owner", owner);
  if (data !== undefined) environment.set("data", data);
}

/** An account or a cluster whose environment somebody named; shared ones stand in a service of their own. */
function place(document: Document, answers: Answers): void {
  for (const [id, answer] of Object.entries(answers)) {
    const found = /^(account|cluster):(.+)$/.exec(id);
    if (!found || typeof answer !== "string" || answer === "leave") continue;
    const [, kind, name] = found as unknown as [string, "account" | "cluster", string];
    const names = environmentsIn(document.toString());
    const at = answer === "shared" ? sharedAt(document, names) : ["environments", names.findIndex((each) => each.name === answer)];
    if (at[1] === -1) continue;
    const path = kind === "account" ? [...at, "boundary", "aws", "accounts"] : [...at, "boundary", "kubernetes"];
    const list = document.getIn(path);
    const item = document.createNode(kind === "account" ? name : { cluster: name });
    if (isSeq(list)) list.add(item);
    else document.setIn(path, document.createNode([kind === "account" ? name : { cluster: name }]));
  }
}

function sharedAt(document: Document, environments: readonly Environment[]): (string | number)[] {
  const shared = listAt(document, "shared");
  const known = shared.findIndex((each) => each.get("name") === "shared-accounts");
  if (known >= 0) return ["shared", known];
  const service = {
    name: "shared-accounts",
    purpose: "accounts and clusters that every environment uses",
    serves: environments.map(({ name }) => name),
    boundary: {},
  };
  if (isSeq(document.get("shared"))) document.addIn(["shared"], document.createNode(service));
  else document.set("shared", document.createNode([service]));
  return ["shared", shared.length];
}

function promote(document: Document, answers: Answers, environments: readonly Environment[]): void {
  const approvals = Number(textOf(answers, "approvals") ?? "1");
  const approvers = listOf(answers, "approvers");
  const rank = ({ tier }: Environment): number => RANKS[tier as Tier];
  const stages = environments.filter(({ tier }) => tier !== "preview" && tier !== "sandbox").toSorted((a, b) => rank(a) - rank(b));
  const pairs = stages.slice(1).flatMap((to, index) => {
    const from = stages[index] as Environment;
    if (rank(from) >= rank(to)) return [];
    const isIntoProduction = isProductionTier(to.tier);
    return [
      {
        from: from.name,
        to: to.name,
        approvals: isIntoProduction ? approvals : 0,
        ...(isIntoProduction && approvers.length > 0 && { approvers }),
      },
    ];
  });
  if (pairs.length > 0) document.set("promotion", document.createNode(pairs));
}

/** Teams change what stands below; who answers for production reads it. Both are a start, and say so. */
function grantAccess(document: Document, answers: Answers, environments: readonly Environment[], people: readonly Person[]): void {
  const production = environments.filter(({ tier }) => isProductionTier(tier)).map(({ name }) => name);
  const lower = environments.filter(({ tier }) => !isProductionTier(tier)).map(({ name }) => name);
  const groups = [...new Set(people.flatMap((person) => person.groups))];
  const owner = textOf(answers, "owner");
  const rules = [
    ...(lower.length > 0 ? groups.map((group) => ({ who: `group:${group}`, may: "write", in: [...lower] })) : []),
    ...(owner !== undefined && /^(?:group|person):/.test(owner) && production.length > 0
      ? [{ who: owner, may: "read", in: production }]
      : []),
  ];
  if (rules.length > 0) document.set("access", document.createNode(rules));
}

function custody(document: Document, answers: Answers, observations: Observations): void {
  const chosen = listOf(answers, "custodians").slice(0, 3);
  const owners = observations("github/member").filter(({ role, bot }) => role === "admin" && !bot);
  const entries = chosen.flatMap((id) => {
    const owner = owners.find(({ login }) => slug(login) === id);
    return owner === undefined
      ? []
      : [
          {
            who: `person:${id}`,
            of: [`github:${owner.organization}`, `github:@${owner.login}`],
            role: "organization owner on GitHub",
            controls: ["QUESTION: what holds them in check? A hardware key, an alarm on every use, a review?"],
          },
        ];
  });
  if (entries.length > 0) document.set("custodians", document.createNode(entries));
}
