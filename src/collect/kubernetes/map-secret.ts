// Secrets and config maps → observations. A value leaves this file only as a keyed fingerprint.
import { z } from "zod";
import { isObject } from "../../lib/json.ts";
import type { KubernetesConfigMap, KubernetesObservation, KubernetesSecret } from "../../model/observations/kubernetes.ts";
import type { CollectorContext } from "../collector.ts";
import { keyIdOf } from "./fingerprint-key.ts";
import type { Placed } from "./map.ts";
import { redactNote, redactValue } from "./redact.ts";
import { ConfigMap, ExternalSecret, SealedSecret, Secret } from "./schema.ts";

/** A collection that was made with a key writes this in place of the value. */
export const FINGERPRINT = /^fingerprint:hmac-sha256:([^:]+):([0-9a-f]{64})$/;

/** kubectl keeps the whole object, secret values included, in this annotation (kubectl apply, "How apply calculates differences"). */
export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** The annotations that say whose token it is (Secrets, "ServiceAccount token Secrets"); others may repeat the value. */
export const KEPT_ANNOTATIONS: readonly string[] = ["kubernetes.io/service-account.name", "kubernetes.io/service-account.uid"];

export function mapSecret(document: unknown, at: Placed, _: string, context: CollectorContext): KubernetesObservation {
  const { type, data, stringData } = Secret.parse(document);
  const own = keyIdOf(context.fingerprint);
  const entry = (text: string, secret: string): KubernetesSecret["values"][string] => {
    const [, key, fingerprint] = FINGERPRINT.exec(text) ?? [];
    if (fingerprint === undefined) return { fingerprint: context.fingerprint(secret) };
    return key === own ? { fingerprint } : { fingerprint, ...(key !== undefined && { key }) };
  };
  // stringData wins over data under the same key (Secret, core/v1).
  const values: Record<string, KubernetesSecret["values"][string]> = {
    ...Object.fromEntries(Object.entries(data).map(([key, text]) => [key, entry(text, decoded(text))])),
    ...Object.fromEntries(Object.entries(stringData).map(([key, text]) => [key, entry(text, text)])),
  };
  for (const [key, text] of Object.entries({ ...decodedTexts(data), ...stringData })) {
    const credentials = DOCKER_CONFIG.has(key) ? registryCredentials(text) : undefined;
    if (!credentials) continue;
    // The same credential may stand in files that are written differently: what counts is each registry's own.
    delete values[key];
    for (const [registry, credential] of credentials)
      values[`credential of ${registry}`] = { fingerprint: context.fingerprint(credential) };
  }
  const argoCluster = argoClusterOf(at, { ...decodedTexts(data), ...stringData }, context);
  return { ...withoutNotes(at), kind: "kubernetes/secret", ...(type && { type }), values, ...argoCluster } satisfies KubernetesSecret;
}

/** Secrets, "Docker config Secrets": `.dockerconfigjson` holds `auths` by registry, the older `.dockercfg` is that map itself. */
const DOCKER_CONFIG: ReadonlySet<string> = new Set([".dockerconfigjson", ".dockercfg"]);

const Auths = z.record(
  z.string(),
  z.object({
    auth: z.string().nullish(),
    username: z.string().nullish(),
    password: z.string().nullish(),
    identitytoken: z.string().nullish(),
  }),
);

function registryCredentials(text: string): readonly (readonly [registry: string, credential: string])[] | undefined {
  const parsed = parsedJson(text);
  const auths = Auths.safeParse(isObject(parsed) && isObject(parsed["auths"]) ? parsed["auths"] : parsed);
  if (!auths.success || Object.keys(auths.data).length === 0) return undefined;
  const found = Object.entries(auths.data).map(([registry, { auth, username, password, identitytoken }]) => {
    const credential = identitytoken || (password ? `${username ?? ""}:${password}` : auth ? decoded(auth) : "");
    return [registry.replace(/^https?:\/\//, "").replace(/\/(v[12]\/?)?$/, ""), credential] as const;
  });
  return found.every(([, credential]) => credential !== "") ? found : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Source: Argo CD, "Declarative Setup", Clusters: `name` and `server` of a secret with this label; `config` holds the credential. */
function argoClusterOf(
  at: Placed,
  texts: Readonly<Record<string, string>>,
  { fingerprint }: CollectorContext,
): Pick<KubernetesSecret, "argoCluster"> {
  if (!isArgoCluster(at.labels)) return {};
  const plain = (key: string): object => {
    const text = texts[key];
    return text !== undefined && !FINGERPRINT.test(text) && isPlainNote(text, fingerprint) ? { [key]: text.trim() } : {};
  };
  return { argoCluster: { ...plain("name"), ...plain("server") } };
}

export const isArgoCluster = (labels: Readonly<Record<string, unknown>>): boolean => labels["argocd.argoproj.io/secret-type"] === "cluster";

/** What names a cluster of Argo CD and holds no credential itself: it may be read, and a live collection keeps it. */
export const ARGO_CLUSTER_KEYS: readonly string[] = ["name", "server"];

export const isPlainNote = (text: string, fingerprint: (secret: string) => string): boolean => redactNote(text, fingerprint) === text;

const decodedTexts = (data: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([key, text]) => [key, FINGERPRINT.test(text) ? text : decoded(text)]));

export function mapSealedSecret(document: unknown, at: Placed): KubernetesObservation {
  const { encryptedData, template } = SealedSecret.parse(document).spec;
  const values = Object.fromEntries(Object.keys(encryptedData).map((key) => [key, {}]));
  return {
    ...withoutNotes(at),
    kind: "kubernetes/secret",
    ...(template?.type && { type: template.type }),
    values,
  } satisfies KubernetesSecret;
}

export function mapExternalSecret(document: unknown, at: Placed): KubernetesObservation {
  const { secretStoreRef, target, data } = ExternalSecret.parse(document).spec;
  const store = secretStoreRef ? `${secretStoreRef.kind ?? "SecretStore"}/${secretStoreRef.name}` : "-";
  const values = Object.fromEntries(
    (data ?? []).map(({ secretKey, remoteRef }) => [secretKey, { remote: [store, remoteRef.key, remoteRef.property ?? "-"].join(" ") }]),
  );
  return { ...withoutNotes(at), name: target?.name || at.name, kind: "kubernetes/secret", values } satisfies KubernetesSecret;
}

export function mapConfigMap(document: unknown, at: Placed, _: string, context: CollectorContext): KubernetesObservation {
  const { data } = ConfigMap.parse(document);
  const redacted = Object.entries(data).map(([key, value]) => [key, redactValue(key, value, context.fingerprint)]);
  return { ...at, kind: "kubernetes/config-map", data: Object.fromEntries(redacted) } satisfies KubernetesConfigMap;
}

/** The value as text; one that is not UTF-8 keeps its base64 form, so that two different ones stay different. */
export function decoded(base64: string): string {
  const text = Buffer.from(base64, "base64").toString("utf8");
  return text.includes("\ufffd") ? base64.replace(/\s/g, "") : text;
}

const withoutNotes = (at: Placed): Placed => ({
  ...at,
  annotations: Object.fromEntries(KEPT_ANNOTATIONS.flatMap((key) => (at.annotations[key] ? [[key, at.annotations[key]]] : []))),
});
