// What is written down of a live object says the same as the object, and holds none of its secrets.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprint } from "../../lib/hash.ts";
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { parseBytes } from "../../lib/parse.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import { collector } from "./collector.ts";
import { listForm, objectForm } from "./fetch-form.ts";
import { redactNote, redactText, redactValue } from "./redact.ts";

const KEY = new TextEncoder().encode("a key of the tests");
const by = (secret: string): string => fingerprint(KEY, secret);

function seen(document: unknown): unknown {
  const observations: Observation[] = [];
  const gaps: Gap[] = [];
  const file = { path: "a.json", format: "json", documents: [document], text: "", scope: { system: "kubernetes", cluster: "c" } } as const;
  const sink = { observation: (each: Observation) => void observations.push(each), gap: (each: Gap) => void gaps.push(each) };
  collector.map(document, 0, file, sink, { fingerprint: by });
  return { observations, gaps };
}

const objectsOf = (value: unknown): readonly JsonObject[] =>
  isObject(value) && Array.isArray(value["items"]) ? value["items"].flatMap(objectsOf) : isObject(value) ? [value] : [];

const fixtures = ["live.yaml", "live-custom.yaml", "gitops.yaml", "production.json", "manifests.yaml"].flatMap((name) => {
  const parsed = parseBytes(name, readFileSync(new URL(`./fixtures/${name}`, import.meta.url)));
  return parsed.ok ? parsed.value.documents.flatMap(objectsOf) : [];
});

describe("the written form", () => {
  test.each(
    fixtures.map((object) => [
      `${String(object["kind"])} ${JSON.stringify((object["metadata"] as JsonObject | undefined)?.["name"])}`,
      object,
    ]),
  )("of %s is read as the object itself", (_, object) => {
    const written = objectForm(object, by);
    expect(seen(written)).toEqual(seen(object));
    expect(seen(objectForm(written, by))).toEqual(seen(object));
  });

  const piece = fc.constantFrom(
    ...["password=", "token: ", "--api-key ", "postgres://app:", "@db/shop", "eyJhbGciOi.eyJzdWIi.c2ln", "{fingerprint aa}", "secret"],
    ...[" ", "\n", "'", '"', "{", "}", ";", "&", ",", ":", "=", "/", "$(A)", "abc", "true", "80", "-----BEGIN PRIVATE KEY-----"],
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
  const name = fc.constantFrom("DB_PASSWORD", "settings.ini", "STAGE", "token", "Authorization", "a.secret.yaml");

  test("no text is marked twice", () => {
    fc.assert(
      fc.property(name, text, (key, value) => {
        for (const once of [redactText(value, by), redactNote(value, by)])
          expect(redactText(redactText(once, by), by)).toBe(redactText(once, by));
        const note = redactNote(value, by);
        expect(redactNote(note, by)).toBe(note);
        const named = redactValue(key, value, by);
        expect(redactValue(key, named, by)).toBe(named);
      }),
      { numRuns: 3000 },
    );
  });

  test("of any settings and arguments is read as the original", () => {
    fc.assert(
      fc.property(fc.dictionary(name, text), fc.array(text), (values, args) => {
        const metadata = { name: "a", namespace: "b", uid: "1", annotations: { note: args.join(" ") } };
        const env = Object.entries(values).map(([key, value]) => ({ name: key, value }));
        const containers = [{ name: "c", image: "vault-secret:1.0", args, command: args, env }];
        for (const object of [
          { apiVersion: "v1", kind: "ConfigMap", metadata, data: values },
          { apiVersion: "v1", kind: "Pod", metadata, spec: { containers } },
          { apiVersion: "v1", kind: "Secret", metadata, stringData: values },
        ] as JsonObject[]) {
          expect(seen(objectForm(object, by))).toEqual(seen(object));
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each<JsonObject>([
    {
      apiVersion: "kubevirt.io/v1",
      kind: "VirtualMachine",
      metadata: { name: "vm", namespace: "shop" },
      spec: {
        template: {
          metadata: { labels: { app: "vm" }, annotations: { "k8s.v1.cni.cncf.io/networks": '[{"name": "wire", "ips": ["10.9.0.1/24"]}]' } },
          spec: {
            networks: [{ name: "a", multus: { networkName: "shop/wire" } }],
            volumes: [
              { name: "disk", containerDisk: { image: "registry.acme.example/disk:1" } },
              { name: "setup", cloudInitNoCloud: { userData: "password: horse", secretRef: { name: "setup" } } },
              { name: "account", serviceAccount: { serviceAccountName: "vm" } },
            ],
          },
        },
      },
    },
    {
      apiVersion: "k8s.cni.cncf.io/v1",
      kind: "NetworkAttachmentDefinition",
      metadata: { name: "wire", namespace: "shop" },
      spec: { config: '{"cniVersion": "0.3.1", "name": "wire", "plugins": [{"type": "macvlan", "master": "eth1"}]}' },
    },
    {
      apiVersion: "k8s.ovn.org/v1",
      kind: "ClusterUserDefinedNetwork",
      metadata: { name: "joint" },
      spec: { namespaceSelector: { matchLabels: { team: "x" } }, network: { topology: "Layer2", layer2: { role: "Primary" } } },
    },
  ])("of a $kind is read as the object itself", (object) => {
    const { observations, gaps } = seen(object) as { observations: unknown[]; gaps: unknown[] };
    expect([observations.length, gaps]).toEqual([1, []]);
    expect(seen(objectForm(object, by))).toEqual(seen(object));
    expect(seen(objectForm(objectForm(object, by), by))).toEqual(seen(object));
  });

  test("names every item of a typed list, as kubectl does", () => {
    const item: JsonObject = { metadata: { name: "a", namespace: "b", managedFields: [{ manager: "kubectl" }] } };
    expect(listForm([item], { apiVersion: "v1", kind: "ServiceAccount" }, by)).toEqual({
      apiVersion: "v1",
      kind: "List",
      items: [{ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "a", namespace: "b" } }],
      metadata: { resourceVersion: "" },
    });
  });

  test.each<[string, JsonObject]>([
    ["a probe's header", { spec: { httpGet: { httpHeaders: [{ name: "Authorization", value: "Bearer horse" }] } } }],
    ["a hook's command", { spec: { lifecycle: { preStop: { exec: { command: ["sh", "-c", "curl --password horse"] } } } } }],
    ["a Helm value of an Argo CD Application", { spec: { source: { helm: { valuesObject: { db: { password: "horse" } } } } } }],
    ["a Helm parameter", { spec: { source: { helm: { parameters: [{ name: "db.password", value: "horse" }] } } } }],
    ["a HelmRelease's values in a list", { spec: { values: { tokens: ["horse"] } } }],
    ["a substitution of a Kustomization", { spec: { postBuild: { substitute: { API_TOKEN: "horse" } } } }],
    ["what a machine starts with", { spec: { volumes: [{ cloudInitNoCloud: { userData: "#cloud-config\nusers: [{ plain: horse }]" } }] } }],
    ["the same in base64", { spec: { volumes: [{ cloudInitConfigDrive: { userDataBase64: "horse" } }] } }],
    ["a status message", { status: { message: "cannot log in with password=horse" } }],
    ["a URL anywhere", { spec: { repoURL: "https://bot:horse@git.acme.example/shop" } }],
  ])("hides %s", (_, body) => {
    const written = JSON.stringify(
      objectForm({ apiVersion: "argoproj.io/v1alpha1", kind: "Application", metadata: { name: "a" }, ...body }, by),
    );
    expect(written).not.toContain("horse");
  });

  test.each<[string, Json]>([
    ["an image", { spec: { containers: [{ image: "registry.acme.example/vault-secret:1.0@sha256:aa" }] } }],
    ["a reference to a secret", { spec: { secretRef: { name: "token", key: "password" }, secretName: "db-password" } }],
    ["a subject", { subjects: [{ kind: "Group", name: "secret: keepers" }] }],
    ["a stage that may promote", { spec: { authorizedStage: "secret-shop:production" } }],
  ])("leaves %s as it is", (_, body) => {
    const object = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: isObject(body) && "subjects" in body ? "RoleBinding" : "Other",
      metadata: { name: "a" },
      ...(body as JsonObject),
    };
    expect(objectForm(object, by)).toEqual(object);
  });
});
