// The live half on a real API server: what is collected is what kubectl prints, the printed role is enough and no more, no secret is left.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { collectKubernetes, leastRole } from "../../app/collect-kubernetes.ts";
import { bytes, charterOf, manifestFor } from "../../app/estate-fixture.ts";
import { check } from "../../app/check.ts";
import { type FileSet, isRead, readFolder } from "../../app/files.ts";
import { type EstateReading, readEstate } from "../../app/read-estate.ts";
import { fingerprint } from "../../lib/hash.ts";
import { Manifest } from "../../model/manifest.ts";
import { type ApiServer, hasApiServer, INSTALL, startApiServer } from "./api-server-support.ts";
import { type Disturbance, disturbed } from "./disturbed-support.ts";
import { leastRules, RESOURCES } from "./fetch-resources.ts";
import { definitions } from "./live-support.ts";

const KEY_TEXT = "a key of the tests";
const KEY = new TextEncoder().encode(KEY_TEXT);
const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
const by = (secret: string): string => fingerprint(KEY, secret);
const CLUSTER = "production";

if (!hasApiServer() && process.env["BULKHEAD_REQUIRE_SERVERS"] === "1") throw new Error(`kube-apiserver is missing: ${INSTALL}`);

describe.skipIf(!hasApiServer())(`collected from kube-apiserver (${INSTALL})`, () => {
  const output = mkdtempSync(join(tmpdir(), "bulkhead-collect-"));
  const said: string[] = [];
  let server: ApiServer;
  let kubeconfig: string;

  const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");
  const apply = (objects: readonly object[]): string =>
    server.kubectl(["apply", "-f", "-"], objects.map((object) => stringify(object)).join("---\n"));

  const collect = async (folder: string, more: Partial<Parameters<typeof collectKubernetes>[0]> = {}): Promise<Manifest> => {
    await collectKubernetes({
      context: "collector",
      kubeconfig,
      cluster: CLUSTER,
      output: folder,
      refresh: true,
      concurrency: 4,
      chunkSize: 500,
      fingerprint: by,
      firstWaitMs: 10,
      say: (line) => void said.push(line),
      ...more,
    });
    return manifestOf(folder);
  };
  const manifestOf = (folder: string): Manifest =>
    Manifest.parse(JSON.parse(readFileSync(join(folder, "estate/kubernetes", CLUSTER, "manifest.json"), "utf8")));
  const deniedOf = ({ calls }: Manifest): string[] => calls.filter(({ status }) => status === "denied").map(({ call }) => call);
  const readingOf = (files: FileSet): EstateReading => readEstate(files, charterOf(), { fingerprintKey: KEY });

  beforeAll(async () => {
    server = await startApiServer();
    apply(definitions());
    server.kubectl(["wait", "--for=condition=Established", "crd", "--all"]);
    server.kubectl(["apply", "-f", "-"], fixture("live.yaml"));
    server.kubectl(["apply", "-f", "-"], fixture("live-custom.yaml"));
    apply(leastRole("bulkhead-collector", "bulkhead"));
    const token = server.kubectl(["create", "token", "bulkhead-collector", "--namespace", "bulkhead"]).trim();
    kubeconfig = server.kubeconfig("collector", token);
    await collect(output);
  }, 300_000);

  afterAll(async () => {
    await server?.stop();
    rmSync(output, { recursive: true, force: true });
  });

  test("the printed role is enough: nothing is denied, every file is recognized, there is no gap", () => {
    const reading = readingOf(readFolder(output));
    expect(deniedOf(manifestOf(output))).toEqual([]);
    expect([reading.gaps, reading.unrecognized]).toEqual([[], []]);
    expect(manifestOf(output).collectedBy).toBe("system:serviceaccount:bulkhead:bulkhead-collector");
  });

  test("every resource that is read was asked for under the name that this cluster gives it", () => {
    const calls = manifestOf(output).calls.map(({ call }) => call.split(" ")[2]?.split(".")[0]);
    expect(RESOURCES.filter(({ name }) => !calls.includes(name))).toEqual([]);
  });

  test("it is what kubectl prints, secrets as fingerprints", () => {
    const seen = (files: FileSet): string[] =>
      readingOf(files)
        .observations.map(({ source: _, ...observation }) => JSON.stringify(observation, withoutSources))
        .toSorted();
    const printed = RESOURCES.map(({ name, groups }) => {
      const type = groups[0] === "" ? name : `${name}.${groups[0]}`;
      return [`k8s/${type}.json`, bytes(server.kubectl(["get", type, "--all-namespaces", "-o", "json"]))] as [string, Uint8Array];
    });
    const files = new Map(printed);
    const manifest = manifestFor(files, "k8s", [], { system: "kubernetes", cluster: CLUSTER });
    const byHand = seen(files.set("k8s/manifest.json", bytes(JSON.stringify(manifest))));
    expect(byHand.length).toBeGreaterThan(60);
    expect(seen(readFolder(output))).toEqual(byHand);
  });

  test("no secret value that was planted is left, in any form, anywhere", () => {
    const planted = [...fixture("live.yaml").matchAll(/correct-horse-\w+/g), ...fixture("live-custom.yaml").matchAll(/correct-horse-\w+/g)];
    const values = [...new Set(planted.map(([value]) => value))];
    expect(values.length).toBe(10);
    const texts = [...readFolder(output)].map(([path, content]) => [path, isRead(content) ? Buffer.from(content).toString() : ""] as const);
    const forms = [
      ...values,
      "correct-horse",
      ...["correct-horse-1", "correct-horse-", "rrect-horse"].map((value) => Buffer.from(value).toString("base64")),
    ];
    const found = forms.flatMap((form) => texts.flatMap(([path, text]) => (text.includes(form) ? [`${form} in ${path}`] : [])));
    expect(found).toEqual([]);
    expect(texts.some(([, text]) => text.includes("last-applied-configuration"))).toBe(false);
    expect(JSON.stringify(readingOf(readFolder(output)).observations)).not.toContain("correct-horse");
  });

  test("each resource that is taken from the role is exactly one denied call and one gap", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-collect-"));
    const rules = leastRules();
    for (const [i, rule] of rules.entries()) {
      for (const resource of rule.resources) {
        const less = rules.map((each, j) => (i === j ? { ...each, resources: each.resources.filter((name) => name !== resource) } : each));
        const withLess = less.filter(({ resources }) => resources.length > 0);
        server.kubectl(["replace", "-f", "-"], stringify({ ...leastRole("bulkhead-collector", "bulkhead")[0], rules: withLess }));
        const type = rule.apiGroups[0] === "" ? resource : `${resource}.${rule.apiGroups[0]}`;
        await until(() => !server.mayList("system:serviceaccount:bulkhead:bulkhead-collector", type));
        const denied = deniedOf(await collect(folder));
        const { topic, namespaced } = RESOURCES.find(({ name }) => name === resource) ?? {};
        expect(denied.map((call) => call.replace(/\.v\d\w*/, ""))).toEqual([
          `kubectl get ${type}${namespaced ? " --all-namespaces" : ""} -o json`,
        ]);
        const gaps = readingOf(readFolder(folder)).gaps.map((gap) => [gap.topic, gap.subject]);
        expect(gaps).toEqual([[`kubernetes/${topic}`, CLUSTER]]);
      }
    }
    apply(leastRole("bulkhead-collector", "bulkhead"));
    rmSync(folder, { recursive: true, force: true });
  }, 600_000);

  test("rights in one namespace give that namespace, and a gap for each other one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-collect-"));
    const user = "system:serviceaccount:shop-test:narrow";
    server.kubectl(["create", "serviceaccount", "narrow", "--namespace", "shop-test"]);
    server.kubectl(["create", "clusterrole", "names", "--verb=list", "--resource=namespaces"]);
    server.kubectl(["create", "clusterrolebinding", "names", "--clusterrole=names", "--serviceaccount=shop-test:narrow"]);
    server.kubectl(["create", "clusterrole", "workloads", "--verb=list", "--resource=pods,deployments.apps"]);
    server.kubectl([
      "create",
      "rolebinding",
      "narrow",
      "--namespace=shop-test",
      "--clusterrole=workloads",
      "--serviceaccount=shop-test:narrow",
    ]);
    await until(() => server.mayList(user, "namespaces") && server.mayList(user, "pods", "shop-test"));
    const token = server.kubectl(["create", "token", "narrow", "--namespace", "shop-test"]).trim();
    const manifest = await collect(folder, { context: "narrow", kubeconfig: server.kubeconfig("narrow", token) });
    const pods = manifest.calls.filter(({ call }) => / pods /.test(call)).map(({ call, status }) => [call.split(" ")[4], status]);
    expect(pods).toContainEqual(["shop-test", "answered"]);
    expect(pods).toContainEqual(["shop-production", "denied"]);
    const { gaps, observations } = readingOf(readFolder(folder));
    const subjects = gaps
      .filter(({ topic, what }) => topic === "kubernetes/workloads" && / pods /.test(what))
      .map(({ subject }) => subject);
    expect(subjects).toContain(`${CLUSTER}/shop-production`);
    expect(subjects).not.toContain(`${CLUSTER}/shop-test`);
    expect(observations.some((each) => each.kind === "kubernetes/workload" && each.name === "shell")).toBe(true);
    // Nowhere may they list these, which is one gap for the cluster and not one for each namespace.
    expect(deniedOf(manifest)).toContain("kubectl get secrets --all-namespaces -o json");
    rmSync(folder, { recursive: true, force: true });
  });

  test("a program that the kubeconfig names gets the credentials, as with kubectl", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-collect-"));
    const credential = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: { token: server.adminToken } };
    const exec = {
      ...{ apiVersion: "client.authentication.k8s.io/v1", command: process.execPath, interactiveMode: "Never" },
      args: ["-e", `console.log(${JSON.stringify(JSON.stringify(credential))})`],
    };
    const config = JSON.parse(readFileSync(kubeconfig, "utf8")) as { users: { user: object }[] };
    for (const each of config.users) each.user = { exec };
    const file = join(folder, "kubeconfig.json");
    writeFileSync(file, JSON.stringify(config));
    const manifest = await collect(folder, { kubeconfig: file });
    expect([manifest.collectedBy, deniedOf(manifest)]).toEqual(["admin", []]);
    rmSync(folder, { recursive: true, force: true });
  });

  test("a server that another authority vouches for is refused at once, whatever the surroundings say", async () => {
    const config = readFileSync(kubeconfig, "utf8");
    const own = Buffer.from(server.authority).toString("base64");
    const file = `${kubeconfig}.other`;
    writeFileSync(file, config.replace(own, Buffer.from(rootCertificates[0] ?? "").toString("base64")));
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    await expect(collect(output, { kubeconfig: file, firstWaitMs: 60_000 })).rejects.toThrow("certificate");
    delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
  });

  test("a token that the server does not know is refused, and nothing is written", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-collect-"));
    const stranger = server.kubeconfig("stranger", "no-such-token");
    await expect(collect(folder, { context: "stranger", kubeconfig: stranger })).rejects.toThrow("Unauthorized");
    expect([...readFolder(folder)]).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  });

  test("the check finds in it what was planted: test may execute commands in production, and holds production's password", () => {
    const boundary = (namespace: string) => ({ kubernetes: [{ cluster: CLUSTER, namespaces: [namespace] }] });
    const environment = (name: string) => ({
      name,
      tier: name,
      purpose: "shop",
      owner: "ops",
      data: "none",
      boundary: boundary(`shop-${name}`),
    });
    const shared = [{ name: "audit", purpose: "reads", serves: ["test", "production"], boundary: boundary("bulkhead") }];
    const charter = { bulkhead: 1, organization: { name: "acme" }, environments: ["test", "production"].map(environment), shared };
    const files = new Map([...readFolder(output), ["bulkhead.yaml", bytes(stringify(charter))]]);
    const checked = check(files, { asOf: "2026-11-24T00:00:00Z", fingerprintKey: KEY });
    if (!checked.ok) throw new Error(checked.error.map(({ message }) => message).join("\n"));
    const { result } = checked.value;
    expect(result.statements.wall).toBe("violated");
    const found = result.findings.filter(({ verdict }) => verdict === "violated").map((each) => JSON.stringify(each));
    expect(
      found.some((text) => text.includes("RoleBinding.rbac.authorization.k8s.io/debugger") || text.includes("RoleBinding debugger")),
    ).toBe(true);
    expect(found.some((text) => text.includes("secret-valid-in-two-environments"))).toBe(true);
  });

  test("one value in two environments is one fingerprint", () => {
    const secrets = readingOf(readFolder(output)).observations.filter((each) => each.kind === "kubernetes/secret");
    const named = secrets.filter(({ name }) => name === "database").map(({ values }) => values["password"]?.fingerprint);
    expect(named).toEqual([by("correct-horse-1"), by("correct-horse-1")]);
  });

  describe("through the proxy", () => {
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-collect-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const collectThrough = async (disturb: Disturbance, more: Parameters<typeof collect>[1] = {}) => {
      const proxy = await disturbed(server, disturb);
      const through = server.kubeconfig("disturbed", server.adminToken, proxy.url);
      try {
        return { manifest: await collect(folder, { context: "disturbed", kubeconfig: through, ...more }), asked: proxy.asked };
      } finally {
        await proxy.stop();
      }
    };
    const clusterRoles = (): string[] =>
      readingOf(readFolder(folder)).observations.flatMap((each) =>
        each.kind === "kubernetes/role" && each.namespace === undefined ? [each.name] : [],
      );

    test("a list comes in chunks, each a file of its own, and begins anew when its token has run out", async () => {
      let compacted = 0;
      const { manifest, asked } = await collectThrough(
        async ({ url }) => {
          if (!url?.includes("/clusterroles?") || !url.includes("continue=") || compacted++ > 0) return false;
          // Something has to be stored after the page, or the newest state would be the same as the page's.
          server.kubectl(["create", "clusterrole", "late", "--verb=get", "--resource=pods"]);
          await server.compact();
          return false;
        },
        { chunkSize: 7 },
      );
      const files = manifest.calls.filter(({ call }) => call.includes("get clusterroles.v1"));
      const names = clusterRoles();
      expect(files.length).toBeGreaterThan(5);
      expect(asked.filter((url) => url.includes("/clusterroles?") && !url.includes("continue="))).toHaveLength(2);
      expect(names).toContain("late");
      expect(new Set(names).size).toBe(names.length);
      expect(deniedOf(manifest)).toEqual([]);
    });

    test("a server that is too busy is asked again when it says so", async () => {
      let refused = 0;
      const { manifest } = await collectThrough(({ url }, response) => {
        if (!url?.includes("/pods?") || refused++ > 1) return false;
        response.writeHead(refused === 1 ? 429 : 503, { "Retry-After": refused === 1 ? "0" : new Date().toUTCString() });
        response.end("too many requests");
        return true;
      });
      // Twice it was told to come back later, in seconds and as a date.
      expect(refused).toBe(3);
      expect(deniedOf(manifest)).toEqual([]);
    });

    test("a list that never comes is an error that is written down, and a gap of that kind alone", async () => {
      const { manifest } = await collectThrough(({ url }, response) => {
        if (!url?.includes("/networkpolicies?")) return false;
        response.destroy();
        return true;
      });
      expect(deniedOf(manifest)).toEqual(["kubectl get networkpolicies.v1.networking.k8s.io --all-namespaces -o json"]);
      expect(readingOf(readFolder(folder)).gaps.map(({ topic, subject }) => [topic, subject])).toEqual([["kubernetes/network", CLUSTER]]);
    });

    test("a group whose server is down is a gap for each of its kinds", async () => {
      const { manifest } = await collectThrough(({ url }, response) => {
        if (!url?.startsWith("/apis/external-secrets.io/v1")) return false;
        response.writeHead(503, { "Retry-After": "0" }).end();
        return true;
      });
      expect(deniedOf(manifest)).toEqual(["kubectl get externalsecrets.external-secrets.io --all-namespaces -o json"]);
    });

    test("items that are something else than was asked for are no answer", async () => {
      const { manifest } = await collectThrough(({ url }, response) => {
        if (!url?.includes("/routes?")) return false;
        const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "forged" }, rules: [] };
        response.end(JSON.stringify({ apiVersion: "route.openshift.io/v1", kind: "RouteList", metadata: {}, items: [role] }));
        return true;
      });
      expect(deniedOf(manifest)).toEqual(["kubectl get routes.v1.route.openshift.io --all-namespaces -o json"]);
      expect(clusterRoles()).not.toContain("forged");
    });

    test("an interrupted collection goes on where it stopped, and asks for nothing twice", async () => {
      rmSync(join(folder, "estate"), { recursive: true, force: true });
      let kill: (() => void) | undefined;
      const proxy = await disturbed(server, ({ url }) => {
        if (!kill || !url?.includes("/services?")) return false;
        kill();
        return true;
      });
      try {
        const through = server.kubeconfig("disturbed", server.adminToken, proxy.url);
        const words = ["collect", "kubernetes", "--context", "disturbed", "--cluster", CLUSTER, "--concurrency", "1"];
        const command = spawn(process.execPath, [MAIN, ...words, "--kubeconfig", through, "--output", folder], {
          env: { ...process.env, BULKHEAD_FINGERPRINT_KEY: KEY_TEXT },
          stdio: "ignore",
        });
        kill = () => void command.kill("SIGKILL");
        expect(await once(command, "exit")).toEqual([null, "SIGKILL"]);
        kill = undefined;
        said.length = 0;
        const before = proxy.asked.length;
        const manifest = await collect(folder, { context: "disturbed", kubeconfig: through, refresh: false });
        const asked = proxy.asked.slice(before);
        expect(said.some((line) => /goes on: \d+ calls/.test(line))).toBe(true);
        expect([asked.some((url) => url.includes("/secrets?")), asked.some((url) => url.includes("/services?"))]).toEqual([false, true]);
        expect(deniedOf(manifest)).toEqual([]);
        expect(readingOf(readFolder(folder)).gaps).toEqual([]);
      } finally {
        await proxy.stop();
      }
    });

    test("what is whole is kept, and nothing is asked", async () => {
      const { asked } = await collectThrough(() => false, { refresh: false });
      expect(asked).toEqual([]);
    });
  });
});

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 200) throw new Error("the API server does not come to hold what was applied");
    await new Promise((later) => setTimeout(later, 50));
  }
}

const withoutSources = (key: string, value: unknown): unknown => (key === "source" ? undefined : value);
