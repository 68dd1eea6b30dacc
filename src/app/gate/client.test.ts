// The client's side: whose token it shows to whom, and what it makes of answers that are none.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { client, type ClientError, promotionFrom } from "./client.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve).closeAllConnections());
});
async function serving(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const json = (response: ServerResponse, status: number, body: unknown): void =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
const errorOf = (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => "none",
    ({ code, status, message }: ClientError) => [code, status, message],
  );

test("in GitHub Actions the job's own token is asked for, with the gate as its audience, anew for each question", async () => {
  const asked: string[] = [];
  let count = 0;
  const forge = await serving(({ url, headers }, response) => {
    asked.push(`${url} ${headers.authorization}`);
    json(response, 200, { value: `token-${++count}` });
  });
  const shown: (string | undefined)[] = [];
  const gate = await serving(({ headers }, response) => {
    shown.push(headers.authorization);
    json(response, 200, {});
  });
  const environment = { ACTIONS_ID_TOKEN_REQUEST_URL: `${forge}/token?api-version=2.0`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "secret" };
  const asking = client({ server: `${gate}/below`, environment });
  await asking.get("v1/promotions/1");
  await asking.post("v1/tests", {});
  expect(asked).toEqual(Array.from({ length: 2 }, () => `/token?api-version=2.0&audience=${encodeURIComponent(gate)} Bearer secret`));
  expect(shown).toEqual(["Bearer token-1", "Bearer token-2"]);
});

test("a token that is given goes before the forge's, and without any nothing is asked", async () => {
  const shown: (string | undefined)[] = [];
  const server = await serving(({ headers }, response) => {
    shown.push(headers.authorization);
    json(response, 200, {});
  });
  await client({ server, environment: { BULKHEAD_TOKEN: "own", BULKHEAD_ID_TOKEN: "gitlab" } }).get("x");
  await client({ server, environment: { BULKHEAD_ID_TOKEN: "gitlab" } }).get("x");
  expect(await errorOf(client({ server, environment: {} }).get("x"))).toEqual([
    "NO_TOKEN",
    undefined,
    expect.stringContaining("BULKHEAD_TOKEN"),
  ]);
  expect(shown).toEqual(["Bearer own", "Bearer gitlab"]);
});

test("a redirect is not followed: the token is for the gate alone", async () => {
  const shown: (string | undefined)[] = [];
  const other = await serving(({ headers }, response) => {
    shown.push(headers.authorization);
    json(response, 200, { state: "approved" });
  });
  const server = await serving((_request, response) => void response.writeHead(307, { location: `${other}/x` }).end());
  expect(await errorOf(client({ server, environment: { BULKHEAD_TOKEN: "t" } }).get("x"))).toEqual([
    "NO_ANSWER",
    undefined,
    expect.stringContaining("nothing is approved"),
  ]);
  expect(shown).toEqual([]);
});

test("a refusal keeps its status and its reason, without what would move the cursor", async () => {
  const server = await serving((_request, response) => json(response, 409, { detail: "it is \u001b[31mrefused" }));
  expect(await errorOf(client({ server, environment: { BULKHEAD_TOKEN: "t" } }).get("x"))).toEqual(["REFUSED", 409, "it is ?[31mrefused"]);
});

test("a server that is not there, and an answer that is no promotion, approve nothing", async () => {
  const server = await serving(() => {});
  await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
  expect(await errorOf(client({ server, environment: { BULKHEAD_TOKEN: "t" } }).get("x"))).toEqual([
    "NO_ANSWER",
    undefined,
    expect.stringContaining("nothing is approved"),
  ]);
  expect(() => promotionFrom({ state: "approved" })).toThrow("is no promotion");
  expect(() => promotionFrom(undefined)).toThrow("is no promotion");
});
