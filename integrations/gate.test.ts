// The examples of other systems: gate.sh against a server that runs, and files in the forms that their systems read.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { attestationVerifier } from "../src/app/gate/attestation.ts";
import { directoryOf } from "../src/charter/directory.ts";
import { readJenkinsfile } from "../src/collect/jenkins/pipeline/read.ts";
import { charterWith, DIGEST, OTHER } from "../src/gate/story-support.ts";
import { createAccount } from "../src/server/auth/accounts.ts";
import { signIn } from "../src/server/auth/sign-in.ts";
import { createToken } from "../src/server/auth/tokens.ts";
import { httpServer, type Server } from "../src/server/http/server.ts";
import { promotionRoutes } from "../src/server/http/promotions.ts";
import { signInConfiguration } from "../src/server/sign-in.ts";
import { gateOn, review, tested } from "../src/server/storage/gate-support.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const read = (path: string): string => readFileSync(here(path), "utf8");
const documentsIn = (path: string): readonly Record<string, never>[] =>
  parseAllDocuments(read(path)).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Record<string, never>;
  });

const folder = mkdtempSync(join(tmpdir(), "bulkhead-examples-"));
let opened: Awaited<ReturnType<typeof gateOn>>;
let app: Server;
let url: string;
let token: string;

beforeAll(async () => {
  const charter = charterWith({ automations: ["machine:@jenkins"] });
  const directory = directoryOf(charter);
  opened = await gateOn(folder, { policy: { charter, charterHash: "a".repeat(64), directory } });
  await tested(opened.gate);
  const now = (): Date => new Date();
  const configuration = signInConfiguration(undefined, "http://127.0.0.1:8083");
  const people = signIn({ configuration, kysely: opened.database.kysely, directory, rootKey: new Uint8Array(32), environment: {}, now });
  app = await httpServer({ authenticate: people.authenticate, check: people.check, logger: false }, [
    promotionRoutes(opened.gate, attestationVerifier(undefined)),
  ]);
  url = await app.listen({ host: "127.0.0.1", port: 0 });
  const store = { db: opened.database.kysely, now };
  const machine = await createAccount(store, { origin: "machine", handle: "jenkins", person: "", roles: ["pipeline"], by: "code" });
  token = (await createToken(store, machine, new Set(["pipeline"]), { name: "t", roles: ["pipeline"], days: 1 })).token;
});
afterAll(async () => {
  await app.close();
  await opened.database.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}
const gate = (words: readonly string[], more: Record<string, string> = {}): Promise<Ran> =>
  new Promise((ran) => {
    const env = {
      PATH: process.env["PATH"] ?? "",
      BULKHEAD_SERVER: url,
      BULKHEAD_TOKEN: token,
      BULKHEAD_WAIT: "0",
      BULKHEAD_POLL: "0",
      ...more,
    };
    execFile(here("rest/gate.sh"), words, { env }, (error, out, told) =>
      ran({ status: error ? Number(error.code) : 0, out: out.trim(), error: told.trim() }),
    );
  });
const request = (digest = DIGEST): Promise<Ran> =>
  gate(["request", "shop", digest, "test", "production", "acme/shop", "c", "github:@dee", "github:@cas"]);

describe("gate.sh", () => {
  test("asks, waits for another's approval, and confirms what runs", async () => {
    expect(await gate(["test", DIGEST, "test", "integration", "7", "c"])).toEqual({ status: 0, out: "", error: "" });
    const asked = await request();
    expect([asked.status, asked.error]).toEqual([0, ""]);
    expect(await gate(["wait", asked.out])).toMatchObject({ status: 2, error: `gate.sh: promotion ${asked.out} still waits` });
    await opened.gate.ask(review(Number(asked.out), "ann"));
    expect((await gate(["wait", asked.out])).status).toBe(0);
    expect(await gate(["confirm", asked.out, "production", OTHER])).toMatchObject({ status: 1 });
    expect(await gate(["confirm", asked.out, "production", DIGEST])).toEqual({ status: 0, out: "", error: "" });
  });

  test("whatever is no yes is no exit status of one", async () => {
    const refused = await request(OTHER);
    expect(await gate(["wait", refused.out])).toMatchObject({ status: 1, error: `gate.sh: promotion ${refused.out} is refused` });
    expect((await gate(["wait", "999999"])).status).toBe(1);
    expect((await gate(["wait", "1"], { BULKHEAD_TOKEN: "bh_x" })).status).toBe(1);
    expect((await gate(["wait", "1"], { BULKHEAD_SERVER: "http://127.0.0.1:1" })).status).toBe(2);
    expect((await gate(["wait", "1"], { BULKHEAD_SERVER: "" })).status).toBeGreaterThan(0);
    for (const words of [[], ["go"], ["wait"], ["confirm", "1"], ["request", "shop"]]) expect((await gate(words)).status).toBe(3);
  });
});

describe("what other systems read", () => {
  test("the Jenkinsfile asks before it deploys, and lends the token to those two steps alone", () => {
    const reading = readJenkinsfile(read("jenkins/Jenkinsfile"), "Jenkinsfile", 1, () => "");
    const told = JSON.stringify(reading);
    expect(told.indexOf("gate.sh wait")).toBeGreaterThan(0);
    expect(told.indexOf("gate.sh wait")).toBeLessThan(told.indexOf("./deploy"));
    expect(read("jenkins/Jenkinsfile").match(/credentialsId: 'bulkhead-token'/g)).toHaveLength(2);
  });

  test("Azure's pipeline asks before it deploys", () => {
    const [pipeline] = documentsIn("azure/azure-pipelines.yml") as unknown as [
      { stages: { jobs: { environment: string; strategy: { runOnce: { deploy: { steps: { bash?: string; env?: object }[] } } } }[] }[] },
    ];
    const [job] = pipeline.stages.flatMap(({ jobs }) => jobs);
    const steps = job?.strategy.runOnce.deploy.steps.filter(({ bash }) => bash !== undefined) ?? [];
    expect(steps.map(({ bash = "", env }) => [/gate\.sh (\w+)/.exec(bash)?.[1], env !== undefined])).toEqual([
      ["request", true],
      [undefined, false],
      ["confirm", true],
    ]);
    expect(job?.environment).toBe("production");
  });

  test("Argo CD's hook runs before the sync, once, with no right in the cluster", () => {
    const [job] = documentsIn("argo-cd/pre-sync.yaml") as unknown as [
      {
        metadata: { annotations: Record<string, string> };
        spec: {
          backoffLimit: number;
          template: { spec: { automountServiceAccountToken: boolean; containers: { image: string; command: string[] }[] } };
        };
      },
    ];
    expect(job.metadata.annotations["argocd.argoproj.io/hook"]).toBe("PreSync");
    const { automountServiceAccountToken, containers } = job.spec.template.spec;
    expect([job.spec.backoffLimit, automountServiceAccountToken]).toEqual([0, false]);
    expect(containers[0]?.image).toMatch(/@sha256:[0-9a-f]{64}$/);
    expect(containers[0]?.command.slice(0, 2)).toEqual(["integrations/rest/gate.sh", "wait"]);
  });

  test("Kargo's production asks before it writes anything", () => {
    const [stage] = documentsIn("kargo/stage.yaml") as unknown as [
      { kind: string; spec: { promotionTemplate: { spec: { steps: { uses: string; config: { successExpression?: string } }[] } } } },
    ];
    const [first] = stage.spec.promotionTemplate.spec.steps;
    expect([stage.kind, first?.uses]).toEqual(["Stage", "http"]);
    expect(first?.config.successExpression).toContain("'approved'");
  });
});
