// For tests: GitHub's side of a deployment protection rule, held to the published forms: signed deliveries, tokens of an installation, the answer to a run.
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Ajv } from "ajv";
import { jwtVerify } from "jose";
import { readDescription } from "../../collect/openapi-support.ts";
import type { Json, JsonObject } from "../../lib/json.ts";

const FILE = new URL("./fixtures/github.json", import.meta.url);
const description = readDescription(FILE);
const { operations, $defs } = JSON.parse(readFileSync(FILE, "utf8")) as {
  readonly operations: Readonly<Record<string, { readonly question?: JsonObject }>>;
  readonly $defs: JsonObject;
};
const ajv = new Ajv({ strict: false, validateFormats: false });

export const APP_ID = "4242";
export const SECRET = "a-secret-of-the-test-webhook";

export interface Answered {
  readonly path: string;
  readonly body: { readonly environment_name: string; readonly state?: string; readonly comment?: string };
}

export interface TestGithub {
  readonly api: string;
  readonly privateKey: string;
  readonly answered: readonly Answered[];
  /** What was asked in another form than was published, or by nobody. */
  readonly problems: readonly string[];
  /** How many of the next questions are answered 502. */
  failing: number;
  stop(): Promise<void>;
}

export async function startGithub(now: () => Date): Promise<TestGithub> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const answered: Answered[] = [];
  const problems: string[] = [];
  const state = { failing: 0 };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    if (state.failing > 0) {
      state.failing--;
      return void response.writeHead(502).end();
    }
    const path = request.url ?? "";
    const token = (request.headers.authorization ?? "").replace("Bearer ", "");
    try {
      const { template } = description.operationAt(path, new URLSearchParams());
      const body = JSON.parse(Buffer.concat(parts).toString("utf8")) as Json;
      check(template, body);
      if (template.startsWith("/app/")) {
        await checkApp(token, createPublicKey(privateKey), now());
        const expires = new Date(now().getTime() + 3_600_000).toISOString();
        response.writeHead(201, { "content-type": "application/json" });
        return void response.end(
          JSON.stringify(description.completed(template, { token: "ghs_of-the-installation", expires_at: expires })),
        );
      }
      if (token !== "ghs_of-the-installation") throw new Error("another token");
      answered.push({ path, body: body as unknown as Answered["body"] });
      response.writeHead(204).end();
    } catch (error) {
      problems.push(String(error));
      response.writeHead(422).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    privateKey: privateKey.export({ type: "pkcs1", format: "pem" }) as string,
    answered,
    problems,
    get failing() {
      return state.failing;
    },
    set failing(count: number) {
      state.failing = count;
    },
    stop: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

function check(template: string, body: Json): void {
  const validate = ajv.compile({ ...operations[template]?.question, $defs });
  if (!validate(body)) throw new Error(`a question that was not published: ${ajv.errorsText(validate.errors)}`);
}

/** GitHub Docs, "Generating a JSON Web Token (JWT) for a GitHub App": RS256, iss is the App, at most ten minutes. */
async function checkApp(token: string, key: KeyObject, now: Date): Promise<void> {
  const { payload } = await jwtVerify(token, key, { algorithms: ["RS256"], issuer: APP_ID, currentDate: now });
  if (payload.exp === undefined || payload.iat === undefined || payload.exp - now.getTime() / 1000 > 600)
    throw new Error("a token for more than ten minutes");
}

/** A delivery in the published form, with what the test is about. */
export function delivery(more: {
  readonly sha: string;
  readonly at: Date;
  readonly environment?: string;
  readonly run?: number;
  readonly repository?: string;
  readonly callback?: string;
}): Buffer {
  const repository = more.repository ?? "acme/shop";
  const run = more.run ?? 9001;
  return Buffer.from(
    JSON.stringify(
      description.completed("/webhook", {
        action: "requested",
        environment: more.environment ?? "production",
        event: "push",
        deployment_callback_url:
          more.callback ?? `https://api.github.com/repos/${repository}/actions/runs/${run}/deployment_protection_rule`,
        deployment: {
          id: run,
          sha: more.sha,
          ref: "main",
          created_at: more.at.toISOString(),
          environment: more.environment ?? "production",
        },
        pull_requests: [],
        repository: { id: 4711, full_name: repository },
        installation: { id: 77 },
      } as unknown as Json),
    ),
  );
}

export const signed = (body: Buffer, secret = SECRET): string => `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
