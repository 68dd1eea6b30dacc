// A trial of the gate on one machine: a token for each person of the charter, in a ledger that says for ever that it was a trial.
import { randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GateError } from "../app/gate/error.ts";
import type { Policy } from "../app/gate/apply.ts";
import type { Principal, Role } from "./http/principal.ts";
import { ProblemError } from "./http/problem.ts";
import type { StartOptions } from "./start.ts";

export const TOKENS_FILE = "tokens.env";

/** The ledger's name: whoever verifies it sees that whoever started it could act for everybody. */
export const trialOrigin = (policy: Policy): string => `trial/${policy.charter.organization.name}`;

/** Threat: a trial on a real server's data, or one that others can reach, would let whoever reads the file approve for anybody. */
export function assertTrial(data: string, host: string, database: string | undefined): void {
  const refuse = (why: string): GateError => new GateError("UNSAFE_STORAGE", `--trial: ${why}`);
  if (database !== undefined) throw refuse("a trial has a database of its own; leave out --database");
  if (host !== "127.0.0.1" && host !== "::1" && host !== "localhost") throw refuse(`${host} can be reached by others; listen on 127.0.0.1`);
  if (existsSync(data) && readdirSync(data).length > 0) throw refuse(`${data} is not empty; name a new data folder`);
}

/** Tokens of this start, written to the data folder as shell variables: `VICTOR=…`, and `CI` for a pipeline. */
export function trialSignIn(policy: Policy, data: string): StartOptions["signIn"] {
  const people: readonly Role[] = ["developer", "release-manager", "environment-owner", "reviewer", "auditor"];
  const principals: readonly (readonly [string, Principal])[] = [
    ...policy.charter.people.map(({ id }) => [nameOf(id), { subject: `person:${id}`, kind: "person", roles: new Set(people) }] as const),
    ["CI", { subject: "trial:ci", kind: "pipeline", roles: new Set<Role>(["pipeline"]) }],
  ];
  const tokens = principals.map(([name, principal]) => ({ name, principal, token: randomBytes(24).toString("base64url") }));
  mkdirSync(data, { recursive: true, mode: 0o700 });
  writeFileSync(join(data, TOKENS_FILE), tokens.map(({ name, token }) => `${name}=${token}\n`).join(""), { mode: 0o600 });
  const isSame = (one: string, other: string): boolean =>
    one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
  return async () => ({
    routes: [],
    authenticate: async ({ headers }) => {
      const given = /^Bearer ([\w-]{1,100})$/.exec(headers.authorization ?? "")?.[1];
      if (headers.authorization === undefined) return undefined;
      const found = tokens.find(({ token }) => given !== undefined && isSame(token, given));
      if (found === undefined) throw new ProblemError(401, "not-signed-in", "no token of this trial");
      return found.principal;
    },
  });
}

const nameOf = (id: string): string => id.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
