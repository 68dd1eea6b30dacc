// For tests: a real kube-apiserver with etcd, each on a port of its own, filled and asked with a real kubectl.
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../lib/free-port-support.ts";

const FOLDER = fileURLToPath(new URL("../../../.cache/kube-apiserver", import.meta.url));

export const INSTALL = "install it with tools/servers/kube-apiserver.sh";

/** Whether the three programs are there, of which the last is installed last. */
export const hasApiServer = (): boolean => ["etcd", "kubectl", "kube-apiserver"].every((program) => existsSync(join(FOLDER, program)));

export interface ApiServer {
  readonly url: string;
  /** PEM of the authority that signed its certificate. */
  readonly authority: string;
  /** Runs kubectl as an administrator, with `input` on stdin; throws when it fails. */
  readonly kubectl: (args: readonly string[], input?: string) => string;
  /** The same, while this process goes on answering: for tests that serve what the API server asks. */
  readonly whileServing: (args: readonly string[], input?: string) => Promise<string>;
  /** What the API server's authorizer says of this user; a change to a role takes effect a moment after it is stored. */
  readonly mayList: (user: string, resource: string, namespace?: string) => boolean;
  /** Writes a kubeconfig in which `context` acts with the token. */
  readonly kubeconfig: (context: string, token: string, server?: string) => string;
  readonly adminToken: string;
  /** Forgets the history of what is stored, as the API server has etcd do every five minutes: tokens of lists that are under way run out. */
  readonly compact: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startApiServer(): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-kubernetes-"));
  const [client, peer, secure] = [await freePort(), await freePort(), await freePort()];
  const url = `https://127.0.0.1:${secure}`;
  const adminToken = randomBytes(16).toString("hex");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(join(folder, "accounts.key"), privateKey.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(join(folder, "tokens.csv"), `${adminToken},admin,admin,"system:masters"\n`);
  const processes = [start("etcd", etcdFlags(folder, client, peer)), start("kube-apiserver", apiServerFlags(folder, client, secure))];
  const stop = async (): Promise<void> => {
    await Promise.all(processes.toReversed().map(ended));
    rmSync(folder, { recursive: true, force: true });
  };
  await ready(url, adminToken, processes).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const authority = readFileSync(join(folder, "certificates/apiserver.crt"), "utf8");
  const kubeconfig: ApiServer["kubeconfig"] = (context, token, server = url) => {
    const path = join(folder, `${context}.kubeconfig.json`);
    writeFileSync(path, JSON.stringify(kubeconfigOf(context, token, server, authority)));
    return path;
  };
  const admin = kubeconfig("admin", adminToken);
  const kubectl: ApiServer["kubectl"] = (args, input = "") =>
    run(["--kubeconfig", admin, "--cache-dir", join(folder, "kubectl"), ...args], input);
  const whileServing: ApiServer["whileServing"] = (args, input = "") =>
    running(["--kubeconfig", admin, "--cache-dir", join(folder, "kubectl"), ...args], input);
  const mayList: ApiServer["mayList"] = (user, resource, namespace) => {
    const where = namespace === undefined ? ["--all-namespaces"] : ["--namespace", namespace];
    const words = ["--kubeconfig", admin, "auth", "can-i", "list", resource, "--as", user, ...where];
    return spawnSync(join(FOLDER, "kubectl"), words, { stdio: "ignore" }).status === 0;
  };
  return { url, authority, kubectl, whileServing, mayList, kubeconfig, adminToken, compact: () => compact(client), stop };
}

const start = (program: string, flags: readonly string[]): ChildProcess => spawn(join(FOLDER, program), flags, { stdio: "ignore" });

/** Nothing that it stores has to outlive the test, so it waits for no disk. */
const etcdFlags = (folder: string, client: number, peer: number): readonly string[] => [
  `--data-dir=${folder}/etcd`,
  `--listen-client-urls=http://127.0.0.1:${client}`,
  `--advertise-client-urls=http://127.0.0.1:${client}`,
  `--listen-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-cluster=default=http://127.0.0.1:${peer}`,
  "--unsafe-no-fsync",
];

const apiServerFlags = (folder: string, client: number, secure: number): readonly string[] => [
  `--etcd-servers=http://127.0.0.1:${client}`,
  `--secure-port=${secure}`,
  "--bind-address=127.0.0.1",
  `--cert-dir=${folder}/certificates`,
  `--token-auth-file=${folder}/tokens.csv`,
  `--service-account-key-file=${folder}/accounts.key`,
  `--service-account-signing-key-file=${folder}/accounts.key`,
  "--service-account-issuer=https://kubernetes.default.svc",
  "--authorization-mode=RBAC",
  "--service-cluster-ip-range=10.0.0.0/24",
  "--allow-privileged=true",
  // Otherwise its own memory answers for a history that etcd has dropped.
  "--feature-gates=ListFromCacheSnapshot=false",
  // No controller makes the accounts and secrets that this one waits for.
  "--disable-admission-plugins=ServiceAccount",
];

async function ready(url: string, token: string, processes: readonly ChildProcess[]): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const dead = processes.find(({ exitCode }) => exitCode !== null);
    if (dead) throw new Error(`${dead.spawnfile} ended with status ${dead.exitCode}`);
    if (await isReady(url, token)) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error("kube-apiserver does not become ready");
}

const isReady = (url: string, token: string): Promise<boolean> =>
  new Promise((told) => {
    const headers = { Authorization: `Bearer ${token}` };
    const asking = request(`${url}/readyz`, { headers, rejectUnauthorized: false, timeout: 5000 }, (answer) => {
      answer.resume();
      told(answer.statusCode === 200);
    });
    asking.once("error", () => told(false));
    asking.end();
  });

/** etcd's own gateway (etcd API, "gRPC gateway"): a read tells the revision, up to which the history is then dropped. */
async function compact(port: number): Promise<void> {
  const post = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}/v3/kv/${path}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd answers ${answer.status}`);
    return answer.json();
  };
  const { header } = (await post("range", { key: "AA==" })) as { readonly header: { readonly revision: string } };
  await post("compaction", { revision: header.revision, physical: true });
}

const ended = (process: ChildProcess): Promise<void> =>
  new Promise((told) => {
    if (process.exitCode !== null || process.signalCode !== null) told();
    else process.once("exit", () => told());
    process.kill("SIGKILL");
  });

const kubeconfigOf = (context: string, token: string, server: string, authority: string): object => ({
  apiVersion: "v1",
  kind: "Config",
  "current-context": context,
  clusters: [
    {
      name: context,
      cluster: server.startsWith("http:")
        ? { server, "insecure-skip-tls-verify": true }
        : { server, "certificate-authority-data": Buffer.from(authority).toString("base64") },
    },
  ],
  users: [{ name: context, user: { token } }],
  contexts: [{ name: context, context: { cluster: context, user: context } }],
});

function run(args: readonly string[], input: string): string {
  const { status, stdout, stderr } = spawnSync(join(FOLDER, "kubectl"), args, { input, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`kubectl ${args.slice(4).join(" ")} failed: ${stderr}`);
  return stdout;
}

function running(args: readonly string[], input: string): Promise<string> {
  return new Promise((done, failed) => {
    const command = execFile(join(FOLDER, "kubectl"), args, { encoding: "utf8", maxBuffer: 2 ** 28 }, (error, stdout) =>
      error ? failed(error) : done(stdout),
    );
    command.stdin?.end(input);
  });
}
