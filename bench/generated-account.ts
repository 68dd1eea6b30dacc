// A seeded AWS account with users and roles: services, mutual trusts, groups and wide and narrow leaves to assume.
import { Charter } from "../src/charter/schema.ts";
import type { JsonObject } from "../src/lib/json.ts";
import type { Observation } from "../src/model/observation.ts";
import { random } from "./generated-organization.ts";

const ACCOUNT = "111122223333";
const iam = (name: string): string => `arn:aws:iam::${ACCOUNT}:${name}`;
const source = { file: "aws/account.json", pointer: "" };
const document = (...statements: readonly JsonObject[]): JsonObject => ({ Version: "2012-10-17", Statement: [...statements] });

export function generateAccount(size: { readonly users: number; readonly roles: number; readonly seed: number }): {
  readonly observations: Observation[];
  readonly charter: Charter;
} {
  const next = random(size.seed);
  const some = (): number => Math.floor(next() * size.roles);
  const trust = (): JsonObject => {
    const choice = next();
    const services = ["ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com"];
    if (choice < 0.6) return { Service: services[Math.floor(next() * services.length)] as string };
    return { AWS: choice < 0.85 ? iam("root") : iam(`role/r${some()}`) };
  };
  const own = (): JsonObject => {
    const choice = next();
    const statements: JsonObject[] = [{ Effect: "Allow", Action: ["s3:Get*", "logs:*"], Resource: `arn:aws:s3:::app-${some()}/*` }];
    if (choice < 0.15) statements.push({ Effect: "Allow", Action: "*", Resource: "*" });
    else if (choice < 0.45) statements.push({ Effect: "Allow", Action: "sts:AssumeRole", Resource: iam(`role/r${some()}`) });
    if (choice > 0.8) statements.push({ Effect: "Deny", Action: "sts:*", Resource: iam(`role/r1*`) });
    return document(...statements);
  };
  const base = (name: string, kind: string) => ({
    arn: iam(`${kind}/${name}`),
    account: ACCOUNT,
    name,
    path: "/",
    inline: [{ name: "own", document: own(), source }],
    managed: [],
    tags: {},
    source,
  });
  const observations: Observation[] = [];
  for (let i = 0; i < size.roles; i++) {
    const statement: JsonObject = { Effect: "Allow", Principal: trust(), Action: "sts:AssumeRole" };
    const limited = next() < 0.2 ? { ...statement, Condition: { Bool: { "aws:SecureTransport": "true" } } } : statement;
    observations.push({
      kind: "aws/role",
      ...base(`r${i}`, "role"),
      trust: { name: "trust policy", document: document(limited), source },
      instanceProfiles: [],
    });
  }
  for (let i = 0; i < size.users; i++) observations.push({ kind: "aws/user", ...base(`u${i}`, "user"), groups: [] });
  const charter = Charter.parse({
    bulkhead: 1,
    organization: { name: "acme" },
    environments: [
      { name: "production", tier: "production", purpose: "p", owner: "o", data: "none", boundary: { aws: { accounts: [ACCOUNT] } } },
    ],
  });
  return { observations, charter };
}
