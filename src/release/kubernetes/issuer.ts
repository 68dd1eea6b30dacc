// A Kubernetes token of one person for one time: a service account of its own, bound to a role that exists, and deleted with its binding.
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { z } from "zod";
import type { JsonObject } from "../../lib/json.ts";
import { messageOf, ReleaseError } from "../error.ts";
import type { Issuer, Order } from "../issuer.ts";

export const KubernetesRelease = z.strictObject({
  server: z.url({ protocol: /^https$/ }),
  /** A file with the cluster's certificate authority. */
  certificateAuthority: z.string().optional(),
  /** A file with the token that makes the accounts: as `permissions` says, and no more. */
  tokenFile: z.string(),
  namespace: z.string().regex(/^[a-z0-9-]{1,63}$/),
  role: z.strictObject({ kind: z.enum(["Role", "ClusterRole"]), name: z.string().min(1).max(253) }),
});
export type KubernetesRelease = z.infer<typeof KubernetesRelease>;

/**
 * The least that the issuer's own account needs, in its namespace. `bind` on the one role, so that it can give that role and no other
 * (Kubernetes, "Using RBAC Authorization", Restrictions on role binding creation or update).
 */
export const permissions = ({ role }: Pick<KubernetesRelease, "role">): readonly JsonObject[] => [
  { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["create", "delete"] },
  { apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] },
  { apiGroups: ["rbac.authorization.k8s.io"], resources: ["rolebindings"], verbs: ["create", "delete"] },
  {
    apiGroups: ["rbac.authorization.k8s.io"],
    resources: [role.kind === "Role" ? "roles" : "clusterroles"],
    resourceNames: [role.name],
    verbs: ["bind"],
  },
];

const Handle = z.strictObject({ namespace: z.string(), name: z.string() });
const TokenRequest = z.object({ status: z.object({ token: z.string(), expirationTimestamp: z.string() }) });
/** "expirationSeconds … may not specify a duration less than 10 minutes" (TokenRequest v1). */
const SHORTEST_SECONDS = 600;
const RBAC = "/apis/rbac.authorization.k8s.io/v1";

export function kubernetesIssuer(configuration: KubernetesRelease, now: () => Date = () => new Date()): Issuer {
  const { namespace, role } = configuration;
  const ask = asking(configuration);
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const bindings = `${RBAC}/namespaces/${namespace}/rolebindings`;
  return {
    kind: "kubernetes",
    handle: ({ id }) => ({ namespace, name: `bulkhead-${id}` }),
    issue: async (order, handle) => {
      const { name } = Handle.parse(handle);
      const metadata = { name, labels: { "app.kubernetes.io/managed-by": "bulkhead" }, annotations: annotationsOf(order) };
      await ask(
        "POST",
        accounts,
        "NOT_ISSUED",
        { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: false },
        [409],
      );
      const binding = {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", ...role },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
      };
      await ask("POST", bindings, "NOT_ISSUED", binding, [409]);
      const seconds = Math.max(SHORTEST_SECONDS, Math.ceil((order.until.getTime() - now().getTime()) / 1000));
      const wanted = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: seconds } };
      const { status } = TokenRequest.parse(await ask("POST", `${accounts}/${name}/token`, "NOT_ISSUED", wanted));
      return {
        secret: { token: status.token, server: configuration.server, namespace },
        validUntil: new Date(status.expirationTimestamp),
      };
    },
    // A token of a service account that is gone is valid no more ("Managing Service Accounts", Bound service account tokens).
    revoke: async (handle) => {
      const { name } = Handle.parse(handle);
      await ask("DELETE", `${bindings}/${name}`, "NOT_REVOKED", undefined, [404]);
      await ask("DELETE", `${accounts}/${name}`, "NOT_REVOKED", undefined, [404]);
    },
  };
}

const annotationsOf = ({ for: who, decision, until }: Order): JsonObject => ({
  "bulkhead.dev/for": who,
  "bulkhead.dev/entry": String(decision),
  "bulkhead.dev/until": until.toISOString(),
});

type Ask = (
  method: "POST" | "DELETE",
  path: string,
  code: "NOT_ISSUED" | "NOT_REVOKED",
  body?: JsonObject,
  alsoFine?: readonly number[],
) => Promise<unknown>;

const MOST_BYTES = 1_000_000;

function asking({ server, certificateAuthority, tokenFile }: KubernetesRelease): Ask {
  return (method, path, code, body, alsoFine = []) =>
    new Promise((answered, failed) => {
      const no = (why: string, cause?: unknown): void => failed(new ReleaseError(code, `Kubernetes: ${method} ${path}: ${why}`, { cause }));
      let ca: Buffer | undefined;
      let token: string;
      try {
        ca = certificateAuthority === undefined ? undefined : readFileSync(certificateAuthority);
        // Read each time: such tokens are renewed in place.
        token = readFileSync(tokenFile, "utf8").trim();
      } catch (cause) {
        return no(messageOf(cause), cause);
      }
      const text = body === undefined ? "" : JSON.stringify(body);
      const asked = request(
        new URL(path, server),
        {
          method,
          timeout: 15_000,
          headers: {
            authorization: `Bearer ${token}`,
            "content-type": "application/json",
            accept: "application/json",
            "content-length": Buffer.byteLength(text),
          },
          ...(ca && { ca }),
        },
        (answer) => {
          const chunks: Buffer[] = [];
          let size = 0;
          answer.on("data", (chunk: Buffer) => {
            size += chunk.length;
            if (size > MOST_BYTES) answer.destroy(new Error("the answer is too long"));
            else chunks.push(chunk);
          });
          answer.on("error", (cause) => no(cause.message, cause));
          answer.on("end", () => {
            const status = answer.statusCode ?? 0;
            if (alsoFine.includes(status)) return answered(undefined);
            if (status < 200 || status > 299) return no(`answers ${status}`);
            try {
              answered(JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown);
            } catch (cause) {
              no("answers no JSON", cause);
            }
          });
        },
      );
      asked.on("timeout", () => asked.destroy(new Error("no answer in time")));
      asked.on("error", (cause) => no(cause.message, cause));
      asked.end(text);
    });
}
