// GitLab's deployment approvals against a server that answers in the forms of its REST documentation.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { httpServer } from "../http/server.ts";
import { runner } from "../jobs/runner.ts";
import { onBothDatabases } from "../storage/databases-support.ts";
import { askFor, gateOn, promotionIn, review, tested } from "../storage/gate-support.ts";
import { GitlabApprovals } from "./configuration.ts";
import { GITLAB_JOB, gitlabJobs, gitlabRoutes } from "./gitlab.ts";

const TOKEN = "glpat-of-the-test";
const HOOK = "hook-token-of-the-test";
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

interface Deployment {
  readonly id: number;
  readonly sha: string;
  status: string;
  readonly environment: { readonly name: string };
}

/** GitLab Docs, "Deployments API": "List project deployments" and "Approve or reject a blocked deployment". */
async function startGitlab(deployments: Deployment[]) {
  const approvals: { readonly id: number; readonly status: string; readonly comment: string }[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    if (request.headers["private-token"] !== TOKEN) return void response.writeHead(401).end('{"message":"401 Unauthorized"}');
    const url = new URL(request.url ?? "", "http://gitlab");
    const [, id] = /^\/projects\/acme%2Fshop\/deployments\/(\d+)\/approval$/.exec(url.pathname) ?? [];
    if (request.method === "GET" && url.pathname === "/projects/acme%2Fshop/deployments") {
      const [status, environment] = [url.searchParams.get("status"), url.searchParams.get("environment")];
      return void response.end(
        JSON.stringify(deployments.filter((each) => each.status === status && each.environment.name === environment)),
      );
    }
    const found = deployments.find((each) => String(each.id) === id);
    if (request.method !== "POST" || found?.status !== "blocked")
      return void response.writeHead(400).end('{"message":"This deployment is not blocked"}');
    const body = JSON.parse(Buffer.concat(parts).toString("utf8")) as { status: string; comment: string };
    found.status = body.status === "approved" ? "created" : "failed";
    approvals.push({ id: found.id, ...body });
    response
      .writeHead(201)
      .end(
        JSON.stringify({ user: { username: "bulkhead" }, status: body.status, created_at: "2026-11-24T10:00:00Z", comment: body.comment }),
      );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  open.push(
    () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(closed);
      }),
  );
  return { api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, approvals };
}

onBothDatabases("GitLab's approvals", (databases) => {
  const started = async (deployments: Deployment[]) => {
    const gitlab = await startGitlab(deployments);
    const { gate, database } = await gateOn(await databases.fresh());
    await tested(gate);
    let late = 0;
    const now = (): Date => new Date(Date.now() + late);
    const configured = GitlabApprovals.parse({
      api: gitlab.api,
      tokenFrom: "T",
      webhookTokenFrom: "H",
      environments: [{ repository: "acme/shop", environment: "prod", to: "production" }],
    });
    const way = { gitlab: configured, token: TOKEN, webhookToken: HOOK, gate, db: database.kysely, now };
    const app = await httpServer({ authenticate: async () => undefined, logger: false }, [gitlabRoutes(way)]);
    const jobs = runner({ database, handlers: gitlabJobs(way), recurring: [GITLAB_JOB], now, log: { error: () => {} } });
    open.push(
      () => app.close(),
      () => database.close(),
    );
    const hook = (token: string | undefined, event = "Deployment Hook") =>
      app.inject({
        method: "POST",
        url: "/v1/forges/gitlab/webhook",
        headers: { ...(token !== undefined && { "x-gitlab-token": token }), "x-gitlab-event": event },
        payload: { object_kind: "deployment" },
      });
    return { gitlab, gate, jobs, hook, pass: (ms: number) => void (late += ms) };
  };
  const sha = "c".repeat(40);
  const blocked = (id: number, more: Partial<Deployment> = {}): Deployment => ({
    id,
    sha,
    status: "blocked",
    environment: { name: "prod" },
    ...more,
  });
  const asked = (repository = "gitlab:acme/shop") => askFor({ source: { repository, commit: sha } });

  test("a blocked deployment is approved once its promotion is, and others stay blocked", async () => {
    const others = [
      blocked(2, { sha: "d".repeat(40) }),
      blocked(3, { status: "running" }),
      blocked(4, { environment: { name: "staging" } }),
    ];
    const { gitlab, gate, jobs, pass } = await started([blocked(1), ...others]);
    const { id } = promotionIn(await gate.ask(asked()));
    await jobs.drain();
    expect(gitlab.approvals).toEqual([]);
    await gate.ask(review(id, "ann"));
    pass(60_001);
    await jobs.drain();
    expect(gitlab.approvals.map(({ id, status }) => [id, status])).toEqual([[1, "approved"]]);
    pass(60_001);
    await jobs.drain();
    expect(gitlab.approvals).toHaveLength(1);
  });

  test("it is rejected when the promotion was, and not for another project's", async () => {
    const { gitlab, gate, jobs } = await started([blocked(1)]);
    await gate.ask(review(promotionIn(await gate.ask(asked("gitlab:acme/other"))).id, "ann"));
    await gate.ask(review(promotionIn(await gate.ask(asked("github:acme/shop"))).id, "ann"));
    await gate.ask(review(promotionIn(await gate.ask(asked())).id, "ann", "reject"));
    await jobs.drain();
    expect(gitlab.approvals.map(({ status }) => status)).toEqual(["rejected"]);
  });

  test("the webhook makes it sooner, with its token and for deployments only", async () => {
    const { gitlab, gate, jobs, hook } = await started([blocked(1)]);
    await jobs.drain();
    await gate.ask(review(promotionIn(await gate.ask(asked())).id, "ann"));
    for (const token of [undefined, "", "hook-token-of-the-tes", `${HOOK}x`]) expect((await hook(token)).statusCode).toBe(401);
    expect((await hook(HOOK, "Push Hook")).json()).toEqual({ taken: false });
    await jobs.drain();
    expect(gitlab.approvals).toEqual([]);
    expect((await hook(HOOK)).json()).toEqual({ taken: true });
    await jobs.drain();
    expect(gitlab.approvals.map(({ status }) => status)).toEqual(["approved"]);
  });
});
