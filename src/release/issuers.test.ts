// Every issuer against the real thing where it runs here: what is handed out works, ends when it must, and is gone when it was taken back.
import { createServer } from "node:http";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INSTALL as MOTO_INSTALL, type Moto, motoProgram, startMoto } from "../collect/aws/moto-support.ts";
import { type ApiServer, hasApiServer, INSTALL as KUBERNETES_INSTALL, startApiServer } from "../collect/kubernetes/api-server-support.ts";
import { POSTGRES_INSTALL, type PostgresServer, postgresPrograms, startPostgres } from "../lib/postgres-support.ts";
import { awsIssuer } from "./aws/issuer.ts";
import type { Order } from "./issuer.ts";
import { kubernetesIssuer, permissions } from "./kubernetes/issuer.ts";
import { openbaoIssuer } from "./openbao/issuer.ts";
import { postgresIssuer } from "./postgres/issuer.ts";

const orderFor = (id: string, minutes = 30): Order => ({
  id,
  for: "person:ann",
  decision: 42,
  until: new Date(Date.now() + minutes * 60_000),
});
const folder = mkdtempSync(join(tmpdir(), "bulkhead-release-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const programs = postgresPrograms();
describe.runIf(programs !== undefined)(`PostgreSQL (${POSTGRES_INSTALL})`, () => {
  let server: PostgresServer;
  const psql = (text: string): string => {
    const { status, stdout, stderr } = spawnSync(
      join(server.programs, "psql"),
      ["-XAtq", "-v", "ON_ERROR_STOP=1", server.url(), "-c", text],
      { encoding: "utf8" },
    );
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  const issuer = () => postgresIssuer({ url: server.url(), memberOf: ["emergency"], connections: 2 });
  const signIn = async ({ user = "", password = "" }: Readonly<Record<string, string>>): Promise<pg.Client> => {
    const client = new pg.Client({ host: "127.0.0.1", port: server.port, database: "postgres", user, password });
    client.on("error", () => {});
    await client.connect();
    return client;
  };
  beforeAll(async () => {
    server = await startPostgres(programs as string, { settings: { log_statement: "all" } });
    psql(
      "CREATE ROLE emergency; CREATE TABLE orders (id int); INSERT INTO orders VALUES (7); GRANT SELECT ON orders TO emergency; GRANT CREATE ON SCHEMA public TO emergency",
    );
    // Passwords count from here on, for those roles: before, everybody is trusted.
    const hba = psql("SHOW hba_file");
    writeFileSync(hba, "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
    psql("SELECT pg_reload_conf()");
    for (let tries = 0; tries < 50 && psql("SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'scram-sha-256'") === "0"; tries++)
      psql("SELECT pg_sleep(0.1)");
  });
  afterAll(() => server.stop());

  test("the role opens what its groups may, until it is dropped with its sessions; what it made stays", async () => {
    const order = orderFor("p1");
    const handle = issuer().handle(order);
    const { secret, validUntil } = await issuer().issue(order, handle);
    expect(validUntil).toEqual(order.until);
    const client = await signIn(secret);
    expect((await client.query("SELECT id FROM orders")).rows).toEqual([{ id: 7 }]);
    await client.query("CREATE TABLE made (id int)");
    const ended = new Promise((told) => client.once("end", told));
    await issuer().revoke(handle);
    await ended;
    expect(psql("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'bulkhead%'")).toBe("0");
    expect(psql("SELECT count(*) FROM made")).toBe("0");
    await expect(signIn(secret)).rejects.toThrow();
    // Again, after a crash that lost the answer.
    await issuer().revoke(handle);
  });

  test("asked again after a crash, the first password is worth nothing", async () => {
    const order = orderFor("p2");
    const handle = issuer().handle(order);
    const first = await issuer().issue(order, handle);
    const second = await issuer().issue(order, handle);
    await expect(signIn(first.secret)).rejects.toThrow(/password/);
    await (await signIn(second.secret)).end();
    await issuer().revoke(handle);
  });

  test("the password ends at the time that was granted, revoked or not", async () => {
    const order = { ...orderFor("p3"), until: new Date(Date.now() - 1000) };
    const handle = issuer().handle(order);
    const { secret } = await issuer().issue(order, handle);
    await expect(signIn(secret)).rejects.toThrow(/password/);
    await issuer().revoke(handle);
  });

  test("the password stands nowhere in the server", async () => {
    const order = orderFor("p4");
    const { secret } = await issuer().issue(order, issuer().handle(order));
    expect(psql("SELECT string_agg(coalesce(rolpassword, ''), ' ') FROM pg_authid")).not.toContain(secret["password"]);
    await issuer().revoke(issuer().handle(order));
  });

  test("a database that does not answer hands out nothing, and what cannot be taken back is said", async () => {
    const away = postgresIssuer({ url: "postgres://postgres@127.0.0.1:1/postgres", memberOf: ["emergency"], connections: 2 });
    const order = orderFor("p5");
    await expect(away.issue(order, away.handle(order))).rejects.toMatchObject({ code: "NOT_ISSUED" });
    await expect(away.revoke(away.handle(order))).rejects.toMatchObject({ code: "NOT_REVOKED" });
  });
});

describe.runIf(hasApiServer())(`Kubernetes (${KUBERNETES_INSTALL})`, () => {
  let server: ApiServer;
  let authority: string;
  let tokenFile: string;
  const status = (token: string, path: string): Promise<number> =>
    new Promise((told, failed) => {
      const asked = request(
        new URL(path, server.url),
        { headers: { authorization: `Bearer ${token}` }, ca: server.authority },
        (answer) => {
          answer.resume();
          told(answer.statusCode ?? 0);
        },
      );
      asked.on("error", failed);
      asked.end();
    });
  const issuer = () =>
    kubernetesIssuer({
      server: server.url,
      certificateAuthority: authority,
      tokenFile,
      namespace: "shop",
      role: { kind: "ClusterRole", name: "debugger" },
    });
  beforeAll(async () => {
    server = await startApiServer();
    authority = join(folder, "ca.pem");
    tokenFile = join(folder, "token");
    writeFileSync(authority, server.authority);
    server.kubectl(["create", "namespace", "shop"]);
    server.kubectl(["create", "clusterrole", "debugger", "--verb=get,list", "--resource=pods"]);
    server.kubectl(["create", "serviceaccount", "issuer", "--namespace", "shop"]);
    const rules = permissions({ role: { kind: "ClusterRole", name: "debugger" } });
    const least = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: "issuer", namespace: "shop" },
      rules: rules.slice(0, 3),
    };
    const bind = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "issuer-bind" },
      rules: rules.slice(3),
    };
    server.kubectl(["apply", "-f", "-"], `${JSON.stringify(least)}\n---\n${JSON.stringify(bind)}`);
    server.kubectl(["create", "rolebinding", "issuer", "--role=issuer", "--serviceaccount=shop:issuer", "--namespace", "shop"]);
    server.kubectl([
      "create",
      "rolebinding",
      "issuer-bind",
      "--clusterrole=issuer-bind",
      "--serviceaccount=shop:issuer",
      "--namespace",
      "shop",
    ]);
    writeFileSync(tokenFile, server.kubectl(["create", "token", "issuer", "--namespace", "shop"]).trim());
  });
  afterAll(() => server.stop());

  test("the token reads what the role may in its namespace and nothing else, until it is deleted; the printed permissions are enough", async () => {
    const order = orderFor("k1");
    const handle = issuer().handle(order);
    const { secret, validUntil } = await issuer().issue(order, handle);
    const token = secret["token"] ?? "";
    expect(Math.abs(validUntil.getTime() - order.until.getTime())).toBeLessThan(60_000);
    expect(await status(token, "/api/v1/namespaces/shop/pods")).toBe(200);
    expect(await status(token, "/api/v1/namespaces/default/pods")).toBe(403);
    expect(await status(token, "/api/v1/namespaces/shop/secrets")).toBe(403);
    await issuer().revoke(handle);
    // That the token is known is remembered for some seconds; that it may nothing any more holds at once.
    expect([401, 403]).toContain(await status(token, "/api/v1/namespaces/shop/pods"));
    expect(server.kubectl(["get", "rolebindings,serviceaccounts", "--namespace", "shop", "-o", "name"])).not.toContain("bulkhead-k1");
    await issuer().revoke(handle);
  });

  test("the issuer can bind no other role", async () => {
    const other = kubernetesIssuer({
      server: server.url,
      certificateAuthority: authority,
      tokenFile,
      namespace: "shop",
      role: { kind: "ClusterRole", name: "cluster-admin" },
    });
    const order = orderFor("k2");
    await expect(other.issue(order, other.handle(order))).rejects.toMatchObject({ code: "NOT_ISSUED" });
    await other.revoke(other.handle(order));
  });
});

const moto = motoProgram();
describe.runIf(moto !== undefined)(`AWS (${MOTO_INSTALL})`, () => {
  let server: Moto;
  beforeAll(async () => {
    process.env["AWS_ACCESS_KEY_ID"] = "testing";
    process.env["AWS_SECRET_ACCESS_KEY"] = "testing";
    server = await startMoto(moto as string);
  });
  afterAll(() => server.stop());
  const role = "arn:aws:iam::123456789012:role/emergency";

  test("the session is of the role, in the person's name, and as long as was granted", async () => {
    const issuer = awsIssuer({ role, region: "us-east-1" }, undefined, server.settings("sts", "us-east-1"));
    const order = orderFor("a1");
    const { secret, validUntil } = await issuer.issue(order, issuer.handle(order));
    expect(Math.abs(validUntil.getTime() - order.until.getTime())).toBeLessThan(5000);
    const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
    const client = new STSClient({
      region: "us-east-1",
      ...server.settings("sts", "us-east-1"),
      credentials: {
        accessKeyId: secret["AWS_ACCESS_KEY_ID"] ?? "",
        secretAccessKey: secret["AWS_SECRET_ACCESS_KEY"] ?? "",
        sessionToken: secret["AWS_SESSION_TOKEN"] ?? "",
      },
    });
    expect((await client.send(new GetCallerIdentityCommand({}))).Arn).toBe("arn:aws:sts::123456789012:assumed-role/emergency/ann-a1");
    client.destroy();
  });

  test("less than a session's least time is not handed out; before its end it cannot be taken back, and that is said", async () => {
    const issuer = awsIssuer({ role, region: "us-east-1" }, undefined, server.settings("sts", "us-east-1"));
    const short = orderFor("a2", 10);
    await expect(issuer.issue(short, issuer.handle(short))).rejects.toMatchObject({ code: "NOT_ISSUED" });
    const order = orderFor("a3");
    await expect(issuer.revoke(issuer.handle(order))).rejects.toMatchObject({ code: "NOT_REVOKED" });
    await issuer.revoke(issuer.handle({ ...order, until: new Date(Date.now() - 1) }));
  });
});

describe("OpenBao, by the answers that its API documents", () => {
  test("a lease is made, its id completes the handle, and it is revoked by it", async () => {
    const asked: string[] = [];
    const server = createServer((request, answer) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        asked.push(`${request.method} ${request.url} ${String(request.headers["x-vault-token"])} ${Buffer.concat(chunks).toString()}`);
        if (request.method === "PUT") return answer.writeHead(204).end();
        if (request.url !== "/v1/database/creds/emergency") return answer.writeHead(403).end('{"errors":["permission denied"]}');
        answer.end(
          JSON.stringify({
            lease_id: "database/creds/emergency/2f6a",
            lease_duration: 1800,
            renewable: true,
            data: { username: "v-ann", password: "s3" },
          }),
        );
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const tokenFile = join(folder, "bao-token");
    writeFileSync(tokenFile, "t0ken\n");
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const issuer = openbaoIssuer({ address, tokenFile, path: "database/creds/emergency" });
      const order = orderFor("b1");
      await expect(issuer.revoke(issuer.handle(order))).rejects.toMatchObject({ code: "NOT_REVOKED" });
      const { secret, handle = {} } = await issuer.issue(order, issuer.handle(order));
      expect(secret).toEqual({ username: "v-ann", password: "s3" });
      await issuer.revoke(handle);
      expect(asked).toEqual([
        "GET /v1/database/creds/emergency t0ken ",
        'PUT /v1/sys/leases/revoke t0ken {"lease_id":"database/creds/emergency/2f6a","sync":true}',
      ]);
      const denied = openbaoIssuer({ address, tokenFile, path: "database/creds/other" });
      await expect(denied.issue(order, denied.handle(order))).rejects.toMatchObject({ code: "NOT_ISSUED" });
    } finally {
      server.close();
    }
  });
});
