// What is refused before anything is asked, and that the reason tells nothing of the kubeconfig's credentials; the command that asks.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { connect } from "./fetch-client.ts";
import { leastRole } from "./fetch-resources.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-kubeconfig-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TOKEN = "correct-horse";

function kubeconfig(cluster: object): string {
  const file = join(folder, "config.json");
  const users = [{ name: "u", user: { token: TOKEN } }];
  const contexts = [
    { name: "production", context: { cluster: "c", user: "u" } },
    { name: "dangling", context: { cluster: "gone", user: "u" } },
  ];
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "Config", clusters: [{ name: "c", cluster }], users, contexts }));
  return file;
}

describe("a kubeconfig", () => {
  test.each<[string, string, object, string]>([
    ["without the context", "staging", { server: "https://k8s.acme.example" }, "it holds production, dangling"],
    ["whose context names no cluster of it", "dangling", { server: "https://k8s.acme.example" }, "does not have"],
    ["that does not verify the server", "production", { server: "https://k8s.acme.example", "insecure-skip-tls-verify": true }, "verify"],
    ["that asks in clear", "production", { server: "http://k8s.acme.example", "insecure-skip-tls-verify": true }, "verify"],
    ["whose server only looks like this machine", "production", { server: "http://127.0.0.1.acme.example" }, "verify"],
    ["whose server is no address", "production", { server: "k8s" }, "no URL"],
  ])("%s is refused", async (_, context, cluster, why) => {
    const connected = await connect({ context, kubeconfig: kubeconfig(cluster) });
    expect(connected).toMatchObject({ ok: false, error: expect.stringContaining(why) as string });
    expect(JSON.stringify(connected)).not.toContain(TOKEN);
  });

  test("for a proxy on this machine is taken, as kubectl proxy needs it", async () => {
    const file = kubeconfig({ server: "http://127.0.0.1:8001", "insecure-skip-tls-verify": true });
    expect(await connect({ context: "production", kubeconfig: file })).toMatchObject({ ok: true, value: { user: "u" } });
  });

  test.each([
    ["that is not there", "none.json", undefined],
    ["that is no kubeconfig", "broken.yaml", `users: [{token: ${TOKEN}`],
  ])("%s is refused without its text", async (_, name, text) => {
    const file = join(folder, name);
    if (text !== undefined) writeFileSync(file, text);
    const connected = await connect({ context: "production", kubeconfig: file });
    expect(connected).toMatchObject({ ok: false, error: expect.stringContaining(name) as string });
    expect(JSON.stringify(connected)).not.toContain(TOKEN);
  });
});

describe("bulkhead collect kubernetes", () => {
  const run = (...words: readonly string[]) =>
    spawnSync(process.execPath, [fileURLToPath(new URL("../../cli/main.ts", import.meta.url)), "collect", "kubernetes", ...words], {
      encoding: "utf8",
    });

  test("prints the role and its binding, and asks nothing", () => {
    const { status, stdout } = run("--print-role", "--service-account", "audit/reader");
    const [role, binding] = parseAllDocuments(stdout).map((document) => document.toJS() as unknown);
    expect([status, role, binding]).toEqual([0, ...leastRole("reader", "audit")]);
  });

  test.each([
    ["without a context", [], "--context  is missing"],
    ["with a context whose name is no cluster's", ["--context", "arn:aws:eks:eu-west-1:111122223333:cluster/a"], "--cluster"],
    ["with a chunk of nothing", ["--context", "a", "--chunk-size", "0"], "--chunk-size"],
    ["with a kubeconfig that is not there", ["--context", "a", "--kubeconfig", join(folder, "none")], "the kubeconfig"],
  ])("%s is bad usage, told on stderr", (_, words, why) => {
    const { status, stdout, stderr } = run(...words, "--output", folder);
    expect([status, stdout]).toEqual([3, ""]);
    expect(stderr).toContain(why);
  });
});
