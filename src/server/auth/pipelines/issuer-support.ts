// For tests: an issuer as forges run one, over HTTP, with keys, a discovery document and tokens of any kind, forged ones too.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

export interface TestIssuer {
  readonly url: string;
  readonly kid: string;
  readonly publicJwk: JWK;
  /** How often its keys were asked for. */
  asked(): number;
  sign(claims: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>;
  rotate(): Promise<void>;
  breakDown(how: "closed" | "500" | "other-issuer" | "endless"): void;
  stop(): Promise<void>;
}

interface Keys {
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];
  readonly publicJwk: JWK;
  readonly kid: string;
}

async function newKeys(): Promise<Keys> {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { privateKey, publicJwk: { ...jwk, kid, alg: "RS256", use: "sig" }, kid };
}

export async function startIssuer(): Promise<TestIssuer> {
  let keys = await newKeys();
  let count = 0;
  let broken: "closed" | "500" | "other-issuer" | "endless" | undefined;
  let url = "";
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (broken === "closed") return void request.socket.destroy();
    if (broken === "500") return void response.writeHead(500).end();
    if (broken === "endless") return void response.writeHead(200).end(Buffer.alloc(2_000_000, 0x20));
    response.setHeader("content-type", "application/json");
    if (request.url === "/.well-known/openid-configuration") {
      const issuer = broken === "other-issuer" ? "https://another.example" : url;
      return void response.end(JSON.stringify({ issuer, jwks_uri: `${url}/keys` }));
    }
    count++;
    response.end(JSON.stringify({ keys: [keys.publicJwk] }));
  };
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    get kid() {
      return keys.kid;
    },
    get publicJwk() {
      return keys.publicJwk;
    },
    asked: () => count,
    sign: (claims, header = {}) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg: "RS256", typ: "JWT", kid: keys.kid, ...header }).sign(keys.privateKey),
    rotate: async () => void (keys = await newKeys()),
    breakDown: (how) => void (broken = how),
    stop: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

/** The claims of a job on GitHub, with the names and forms of its documentation. */
export function githubClaims(issuer: string, at: Date, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const second = Math.floor(at.getTime() / 1000);
  return {
    iss: issuer,
    aud: "https://bulkhead.acme.example",
    sub: "repo:acme/shop:ref:refs/heads/main",
    jti: `jti-${Math.random()}`,
    iat: second,
    nbf: second - 300,
    exp: second + 300,
    repository: "acme/shop",
    repository_id: "4711",
    repository_owner: "acme",
    ref: "refs/heads/main",
    ref_type: "branch",
    sha: "a".repeat(40),
    job_workflow_ref: "acme/shop/.github/workflows/deploy.yml@refs/heads/main",
    event_name: "push",
    run_id: "9001",
    run_attempt: "2",
    actor: "Dee",
    actor_id: "7",
    runner_environment: "github-hosted",
    ...more,
  };
}

/** The claims of a job on GitLab. */
export function gitlabClaims(issuer: string, at: Date, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const second = Math.floor(at.getTime() / 1000);
  return {
    iss: issuer,
    aud: "https://bulkhead.acme.example",
    sub: "project_path:acme/shop:ref_type:branch:ref:main",
    jti: `jti-${Math.random()}`,
    iat: second,
    nbf: second - 5,
    exp: second + 300,
    project_path: "acme/shop",
    project_id: "28",
    namespace_path: "acme",
    user_login: "dee",
    user_id: "12",
    pipeline_id: "455",
    pipeline_source: "push",
    job_id: "1123",
    ref: "main",
    ref_type: "branch",
    ref_protected: "true",
    runner_id: 1,
    sha: "b".repeat(40),
    ci_config_ref_uri: "gitlab.example/acme/shop//.gitlab-ci.yml@refs/heads/main",
    ...more,
  };
}
