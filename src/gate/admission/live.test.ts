// The door on a real cluster: a kube-apiserver asks the reviewer over HTTPS, as a ValidatingWebhookConfiguration tells it to.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { type ApiServer, hasApiServer, INSTALL, startApiServer } from "../../collect/kubernetes/api-server-support.ts";
import { charterWith, DIGEST, OTHER } from "../story-support.ts";
import { admissionReviewer } from "./review.ts";
import type { AdmissionReview } from "./schema.ts";

if (!hasApiServer() && process.env["BULKHEAD_REQUIRE_SERVERS"] === "1") throw new Error(`kube-apiserver is missing: ${INSTALL}`);

const environment = (name: string, tier: string) => ({
  ...{ name, tier, purpose: "shop", owner: "ops", data: "none" },
  boundary: { kubernetes: [{ cluster: "one", namespaces: [`shop-${name}`] }] },
});
const CHARTER = charterWith({}, { environments: ["development", "test", "production"].map((name) => environment(name, name)) });
const PROMOTED = `registry.acme.example/shop/web@${DIGEST}`;
const NOT_PROMOTED = `registry.acme.example/shop/web@${OTHER}`;

describe.skipIf(!hasApiServer())(`admission by kube-apiserver (${INSTALL})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-admission-"));
  const asked: AdmissionReview["request"][] = [];
  let server: ApiServer;
  let webhook: Server;

  const metadata = (name: string, namespace: string) => ({ name, namespace });
  const pod = (name: string, namespace: string, image: string, more: object = {}): object => ({
    ...{ apiVersion: "v1", kind: "Pod", metadata: metadata(name, namespace) },
    spec: { containers: [{ name: "web", image }], ...more },
  });
  const deployment = (name: string, namespace: string, image: string): object => ({
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: metadata(name, namespace) },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "web", image }] } },
    },
  });
  const apply = (object: object, ...flags: readonly string[]): Promise<string> =>
    server.whileServing(["apply", ...flags, "-f", "-"], stringify(object));

  function certificates(): { readonly key: string; readonly cert: string } {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    const names = ["-subj", "/CN=bulkhead", "-addext", "subjectAltName=IP:127.0.0.1"];
    execFileSync("openssl", ["req", "-x509", ...curve, ...names, "-keyout", key, "-out", cert], { stdio: "ignore" });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  }

  beforeAll(async () => {
    server = await startApiServer();
    const { key, cert } = certificates();
    const promoted = new Map(["test", "production"].map((name) => [name, new Set([DIGEST])]));
    const review = admissionReviewer({ charter: CHARTER, cluster: "one", promoted, at: "2026-11-24T12:00:00.000Z" });
    webhook = createServer({ key, cert }, (request, response) => {
      let text = "";
      request.on("data", (chunk) => (text += chunk));
      request.on("end", async () => {
        const body = JSON.parse(text) as AdmissionReview;
        asked.push(body.request);
        response.setHeader("Content-Type", "application/json");
        response.end(JSON.stringify(review(body)));
      });
    });
    await new Promise<void>((listening) => webhook.listen(0, "127.0.0.1", listening));
    for (const name of ["shop-development", "shop-test", "shop-production", "forgotten"]) server.kubectl(["create", "namespace", name]);
    // Before there is a door, something runs that was never promoted.
    await apply(pod("old", "shop-production", NOT_PROMOTED));
    const page = readFileSync(new URL("../../../docs/admission.md", import.meta.url), "utf8");
    const configuration = parse(/```yaml\n(apiVersion: admissionregistration[\s\S]*?)```/.exec(page)?.[1] ?? "") as {
      webhooks: { clientConfig: object }[];
    };
    const url = `https://127.0.0.1:${(webhook.address() as AddressInfo).port}/admission`;
    for (const each of configuration.webhooks) each.clientConfig = { url, caBundle: Buffer.from(cert).toString("base64") };
    await apply(configuration);
    // It takes effect a moment after it is stored.
    for (let tries = 0; asked.length === 0 && tries < 200; tries++) {
      await apply(pod("probe", "shop-development", "busybox"), "--dry-run=server");
      await new Promise((later) => setTimeout(later, 50));
    }
  }, 300_000);

  afterAll(async () => {
    webhook?.closeAllConnections();
    webhook?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("the promoted image is admitted, as a pod and in what makes pods", async () => {
    await apply(pod("promoted", "shop-production", PROMOTED));
    await apply(deployment("web", "shop-production", PROMOTED));
    expect(server.kubectl(["get", "pods,deployments", "--namespace", "shop-production", "--output", "name"])).toContain(
      "deployment.apps/web",
    );
  });

  test.each([
    ["an image that was not promoted", NOT_PROMOTED, "image-not-promoted"],
    ["a tag", "registry.acme.example/shop/web:1.2", "image-by-mutable-tag"],
  ])("%s is refused in production and in test, and admitted in development", async (_, image, code) => {
    for (const namespace of ["shop-production", "shop-test"]) {
      await expect(apply(pod("refused", namespace, image))).rejects.toThrow(code);
      await expect(apply(deployment("refused", namespace, image))).rejects.toThrow(code);
    }
    await apply(deployment(`admitted-${code}`, "shop-development", image));
  });

  test("an init container and a dry run are asked for too", async () => {
    const more = { initContainers: [{ name: "wait", image: NOT_PROMOTED }] };
    await expect(apply(pod("refused", "shop-production", PROMOTED, more))).rejects.toThrow("init container wait");
    await expect(apply(pod("refused", "shop-production", NOT_PROMOTED), "--dry-run=server")).rejects.toThrow("image-not-promoted");
  });

  test("an update that brings another image is refused, one that does not is admitted", async () => {
    await apply(deployment("updated", "shop-production", PROMOTED));
    await expect(apply(deployment("updated", "shop-production", NOT_PROMOTED))).rejects.toThrow("image-not-promoted");
    await server.whileServing(["label", "pod", "old", "--namespace", "shop-production", "a=b"]);
    await server.whileServing(["scale", "deployment", "updated", "--namespace", "shop-production", "--replicas", "3"]);
    await expect(server.whileServing(["set", "image", "pod/old", "web=busybox", "--namespace", "shop-production"])).rejects.toThrow(
      "image-by-mutable-tag",
    );
  });

  test("a container that somebody adds to a running pod to debug it is refused", async () => {
    await apply(pod("debugged", "shop-production", PROMOTED));
    const added = { spec: { ephemeralContainers: [{ name: "shell", image: "busybox:1.36" }] } };
    const words = ["patch", "pod", "debugged", "--namespace", "shop-production", "--subresource", "ephemeralcontainers"];
    await expect(server.whileServing([...words, "--patch", JSON.stringify(added)])).rejects.toThrow("ephemeral container shell");
    expect(asked.some(({ subResource }) => subResource === "ephemeralcontainers")).toBe(true);
  });

  test("a namespace that the charter does not place is refused", async () => {
    await expect(apply(pod("refused", "forgotten", PROMOTED))).rejects.toThrow("in no environment");
  });

  test("when the door does not answer, nothing gets in", async () => {
    const { port } = webhook.address() as AddressInfo;
    webhook.closeAllConnections();
    await new Promise((closed) => webhook.close(closed));
    await expect(apply(pod("late", "shop-production", PROMOTED))).rejects.toThrow(`127.0.0.1:${port}`);
  });
});
