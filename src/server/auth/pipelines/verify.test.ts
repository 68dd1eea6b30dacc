// Pipelines' tokens: what a forger, a thief and a neighbour try, against a real issuer over HTTP.
import { createHmac, generateKeyPairSync } from "node:crypto";
import { exportSPKI, type generateKeyPair, importJWK, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AuthError, type AuthErrorCode } from "../error.ts";
import { PipelineIssuer } from "./configuration.ts";
import { githubClaims, gitlabClaims, startIssuer, type TestIssuer } from "./issuer-support.ts";
import { pipelineMay, type PipelineVerifier, pipelineVerifier, sourceProblem } from "./verify.ts";

const NOW = new Date("2026-11-24T10:00:00Z");
const AUDIENCE = "https://bulkhead.acme.example";
const RULE = { repository: "acme/shop", refs: ["refs/heads/main"], may: ["request", "report-test"], to: ["test", "prod*"] };

const declared = (issuer: string, more: object = {}): PipelineIssuer =>
  PipelineIssuer.parse({ issuer, system: "github", audience: AUDIENCE, rules: [RULE], ...more });

let forge: TestIssuer;
let other: TestIssuer;
let verifier: PipelineVerifier;
beforeAll(async () => {
  [forge, other] = await Promise.all([startIssuer(), startIssuer()]);
  verifier = pipelineVerifier([declared(forge.url), declared(other.url, { rules: [{ ...RULE, repository: "else/where" }] })], () => NOW);
});
afterAll(() => Promise.all([forge.stop(), other.stop()]));

const codeOf = async (verifying: Promise<unknown>): Promise<AuthErrorCode | "let in"> =>
  verifying.then(
    () => "let in",
    (error: unknown) => {
      if (error instanceof AuthError) return error.code;
      throw error;
    },
  );
const base64 = (value: unknown): string => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const claims = (more: object = {}): Record<string, unknown> => githubClaims(forge.url, NOW, { ...more });
const seconds = NOW.getTime() / 1000;

test("a job's token says which job it is, and what the job may ask", async () => {
  const identity = await verifier.verify(await forge.sign(claims({ environment: "production" })));
  expect(identity).toMatchObject({
    kind: "pipeline",
    project: "github:acme/shop",
    ref: "refs/heads/main",
    environment: "production",
    run: "github:acme/shop/actions/runs/9001/attempts/2",
    commit: "a".repeat(40),
    actor: "github:@dee",
    actorId: "7",
  });
  expect([
    pipelineMay(identity, "request", "production"),
    pipelineMay(identity, "request", "staging"),
    pipelineMay(identity, "confirm", "test"),
  ]).toEqual([true, false, false]);
  expect(sourceProblem(identity, { repository: "acme/shop", commit: "a".repeat(40) })).toBeUndefined();
  expect(sourceProblem(identity, { repository: "acme/other", commit: "a".repeat(40) })).toContain("github:acme/shop");
  expect(sourceProblem(identity, { repository: "acme/shop", commit: "b".repeat(40) })).toContain("commit");
  expect(sourceProblem(identity, { repository: "acme/shop", commit: "a".repeat(40), run: "another" })).toContain("run");
});

describe("forged", () => {
  const head = {
    typ: "JWT",
    alg: "none",
    get kid() {
      return forge.kid;
    },
  };
  test.each(["none", "None", "NONE", ""])("alg %j", async (alg) => {
    for (const signature of ["", base64("x")])
      expect(await codeOf(verifier.verify(`${base64({ ...head, alg })}.${base64(claims())}.${signature}`))).toBe("BAD_CREDENTIAL");
  });

  test("HS256 with the issuer's public key for a secret, in each form it can be had", async () => {
    const pem = await exportSPKI(
      (await importJWK(forge.publicJwk, "RS256", { extractable: true })) as Awaited<ReturnType<typeof generateKeyPair>>["publicKey"],
    );
    for (const secret of [pem, pem.trim(), JSON.stringify(forge.publicJwk), forge.publicJwk.n as string]) {
      const signed = `${base64({ typ: "JWT", alg: "HS256", kid: forge.kid })}.${base64(claims())}`;
      const token = `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
      expect(await codeOf(verifier.verify(token))).toBe("BAD_CREDENTIAL");
    }
  });

  test("keys that the token brings along or leads to: jwk, jku, x5u", async () => {
    const before = other.asked();
    const headers = [{ jku: `${other.url}/keys` }, { x5u: `${other.url}/keys` }, { jwk: other.publicJwk }];
    for (const header of headers) {
      expect(await codeOf(verifier.verify(await other.sign(claims(), header)))).toBe("BAD_CREDENTIAL");
      expect(await codeOf(verifier.verify(await other.sign(claims(), { ...header, kid: forge.kid })))).toBe("BAD_CREDENTIAL");
      // A token that its own issuer signed is none the worse for what else its header says.
      expect(await codeOf(verifier.verify(await forge.sign(claims(), header)))).toBe("let in");
    }
    expect(other.asked()).toBe(before);
  });

  test("a signature that is of other claims", async () => {
    const [header, , signature] = (await forge.sign(claims())).split(".");
    expect(await codeOf(verifier.verify(`${header}.${base64(claims({ ref: "refs/heads/main" }))}.${signature}`))).toBe("BAD_CREDENTIAL");
  });

  test.each(["", "x", "a.b", "a.b.c", ".....", "e30.e30.", "x".repeat(20_000)])("no token at all: %j", async (token) => {
    expect(await codeOf(verifier.verify(token))).toBe("BAD_CREDENTIAL");
  });

  test("an algorithm that the issuer is not declared to use", async () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const token = await new SignJWT(claims()).setProtectedHeader({ alg: "EdDSA", kid: forge.kid }).sign(privateKey);
    expect(await codeOf(verifier.verify(token))).toBe("BAD_CREDENTIAL");
  });
});

describe("signed, and not for this", () => {
  test.each<readonly [string, object, AuthErrorCode | "let in"]>([
    ["another audience", { aud: "https://another.example" }, "BAD_CREDENTIAL"],
    ["an audience that begins like ours", { aud: `${AUDIENCE}.evil.example` }, "BAD_CREDENTIAL"],
    ["several audiences", { aud: [AUDIENCE, "https://another.example"] }, "BAD_CREDENTIAL"],
    ["no audience", { aud: undefined }, "BAD_CREDENTIAL"],
    ["expired", { exp: seconds - 31 }, "EXPIRED"],
    ["expired within the tolerance", { exp: seconds - 29 }, "let in"],
    ["no expiry", { exp: undefined }, "BAD_CREDENTIAL"],
    ["an expiry that is no number", { exp: "never" }, "BAD_CREDENTIAL"],
    ["not yet valid", { nbf: seconds + 31 }, "BAD_CREDENTIAL"],
    ["not yet valid within the tolerance", { nbf: seconds + 29 }, "let in"],
    ["issued in the future", { iat: seconds + 60 }, "BAD_CREDENTIAL"],
    ["issued long ago with a far expiry", { iat: seconds - 3700, exp: seconds + 999_999 }, "EXPIRED"],
    ["no time of issue", { iat: undefined }, "BAD_CREDENTIAL"],
    ["no id", { jti: undefined }, "BAD_CREDENTIAL"],
    ["another issuer's name", { iss: "https://token.actions.example" }, "BAD_CREDENTIAL"],
    ["the issuer with a slash more", { iss: "SLASH" }, "BAD_CREDENTIAL"],
    ["no claim of the repository", { repository: undefined }, "BAD_CREDENTIAL"],
    ["a commit that is none", { sha: "main" }, "BAD_CREDENTIAL"],
    ["another repository", { repository: "acme/shop2" }, "FORBIDDEN"],
    ["a fork's repository", { repository: "stranger/shop" }, "FORBIDDEN"],
    ["another branch", { ref: "refs/heads/feature" }, "FORBIDDEN"],
    ["a tag of the branch's name", { ref: "refs/tags/main" }, "FORBIDDEN"],
    ["a pull request", { event_name: "pull_request", ref: "refs/pull/1/merge" }, "FORBIDDEN"],
    ["a stranger's pull request on the base branch", { event_name: "pull_request_target" }, "FORBIDDEN"],
  ])("%s", async (_name, more, code) => {
    const all = claims(more);
    if (all["iss"] === "SLASH") all["iss"] = `${forge.url}/`;
    expect(await codeOf(verifier.verify(await forge.sign(all)))).toBe(code);
  });

  test("another kind of token of the same issuer", async () => {
    expect(await codeOf(verifier.verify(await forge.sign(claims(), { typ: "at+jwt" })))).toBe("BAD_CREDENTIAL");
  });

  test("a key of another declared issuer, by its kid or under ours", async () => {
    expect(await codeOf(verifier.verify(await other.sign(claims())))).toBe("BAD_CREDENTIAL");
    expect(await codeOf(verifier.verify(await other.sign(claims(), { kid: forge.kid })))).toBe("BAD_CREDENTIAL");
  });

  test("the other issuer's own token for our repository", async () => {
    expect(await codeOf(verifier.verify(await other.sign(claims({ iss: other.url }))))).toBe("FORBIDDEN");
  });

  test("no kid", async () => {
    expect(await codeOf(verifier.verify(await forge.sign(claims(), { kid: undefined })))).toBe("BAD_CREDENTIAL");
  });
});

describe("narrowing", () => {
  const under = (rule: object): PipelineVerifier => pipelineVerifier([declared(forge.url, { rules: [{ ...RULE, ...rule }] })], () => NOW);
  test.each<readonly [string, object, object, "FORBIDDEN" | "let in"]>([
    ["the environment is asked for and absent", { environments: ["production"] }, {}, "FORBIDDEN"],
    ["the environment is another", { environments: ["production"] }, { environment: "preview" }, "FORBIDDEN"],
    ["the environment is it", { environments: ["production"] }, { environment: "production" }, "let in"],
    ["a repository made anew under the name", { repositoryId: "4712" }, {}, "FORBIDDEN"],
    ["the repository of the number", { repositoryId: "4711" }, {}, "let in"],
    ["another workflow", { workflows: ["acme/shop/.github/workflows/release.yml@refs/heads/main"] }, {}, "FORBIDDEN"],
    [
      "the workflow of another branch",
      { workflows: ["*/deploy.yml@refs/heads/main"] },
      { job_workflow_ref: "acme/shop/.github/workflows/deploy.yml@refs/heads/x" },
      "FORBIDDEN",
    ],
    ["the workflow", { workflows: ["*/deploy.yml@refs/heads/main"] }, {}, "let in"],
  ])("%s", async (_name, rule, more, code) => {
    expect(await codeOf(under(rule).verify(await forge.sign(claims(more))))).toBe(code);
  });
});

test("a GitLab job: a tag is not the branch of the same name", async () => {
  const gitlab = pipelineVerifier([declared(forge.url, { system: "gitlab" })], () => NOW);
  const identity = await gitlab.verify(await forge.sign(gitlabClaims(forge.url, NOW)));
  expect(identity).toMatchObject({
    project: "gitlab:acme/shop",
    ref: "refs/heads/main",
    actor: "gitlab:@dee",
    run: "gitlab:acme/shop/-/jobs/1123",
  });
  expect(await codeOf(gitlab.verify(await forge.sign(gitlabClaims(forge.url, NOW, { ref_type: "tag" }))))).toBe("FORBIDDEN");
  expect(await codeOf(gitlab.verify(await forge.sign(gitlabClaims(forge.url, NOW, { pipeline_source: "merge_request_event" }))))).toBe(
    "FORBIDDEN",
  );
});

describe("the issuer", () => {
  test("a flood of unknown kids asks it once, and a new key is taken after the cool-down only", async () => {
    const busy = await startIssuer();
    const verifier = pipelineVerifier([declared(busy.url)], () => NOW);
    expect(await codeOf(verifier.verify(await busy.sign(githubClaims(busy.url, NOW))))).toBe("let in");
    await busy.rotate();
    for (let i = 0; i < 5; i++)
      expect(await codeOf(verifier.verify(await busy.sign(githubClaims(busy.url, NOW), { kid: `k${i}` })))).toBe("BAD_CREDENTIAL");
    expect(busy.asked()).toBe(1);
    await busy.stop();
  });

  test.each(["closed", "500", "other-issuer", "endless"] as const)("%s: nobody is let in", async (how) => {
    const down = await startIssuer();
    const token = await down.sign(githubClaims(down.url, NOW));
    down.breakDown(how);
    expect(await codeOf(pipelineVerifier([declared(down.url)], () => NOW).verify(token))).toBe("UNREACHABLE");
    await down.stop();
  });

  test("an address that anybody on the wire could answer for is refused at the start", () => {
    expect(() => pipelineVerifier([declared("http://issuer.example")], () => NOW)).toThrow("is not an https address");
    expect(() => pipelineVerifier([declared(forge.url, { keys: "http://keys.example/jwks" })], () => NOW)).toThrow(
      "is not an https address",
    );
    expect(() => pipelineVerifier([declared(forge.url), declared(forge.url)], () => NOW)).toThrow("twice");
  });
});
