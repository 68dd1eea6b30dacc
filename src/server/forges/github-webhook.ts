// GitHub's word that a deployment waits for us: signed with a secret, taken once, and no older than a day.
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { sha256 } from "../../lib/hash.ts";
import { AuthError } from "../auth/error.ts";
import type { OnceOnly } from "../auth/once-only.ts";

const OLDEST_MS = 24 * 3_600_000;
/** Longer than the oldest that is taken: what is forgotten here is too old there. */
const REMEMBERED_MS = 2 * OLDEST_MS;
const AHEAD_MS = 300_000;

/** GitHub Docs, "Webhook events and payloads", deployment_protection_rule; the fields used. */
const Requested = z.object({
  action: z.literal("requested"),
  environment: z.string().min(1),
  deployment_callback_url: z.url(),
  deployment: z.object({
    id: z.int(),
    sha: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
    ref: z.string(),
    created_at: z.iso.datetime({ offset: true }),
  }),
  repository: z.object({ id: z.int(), full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/) }),
  installation: z.object({ id: z.int() }),
});

export interface WaitingDeployment {
  readonly repository: string;
  readonly repositoryId: number;
  readonly installation: number;
  readonly environment: string;
  readonly commit: string;
  readonly run: string;
  readonly at: string;
}

export interface Delivery {
  readonly signature: string | undefined;
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly body: Buffer;
}

/** Undefined for what does not concern us. Throws an AuthError for what is not GitHub's, is too old, or was taken before. */
export async function readDelivery(secret: string, delivery: Delivery, once: OnceOnly, now: Date): Promise<WaitingDeployment | undefined> {
  if (!isSigned(secret, delivery)) throw new AuthError("BAD_CREDENTIAL", "the delivery is not signed with the webhook's secret");
  if (delivery.event !== "deployment_protection_rule") return undefined;
  const requested = Requested.safeParse(jsonOf(delivery.body));
  if (!requested.success)
    throw new AuthError("FORBIDDEN", `the delivery has another form: ${requested.error.issues[0]?.path.join("/") ?? ""}`);
  const { data } = requested;
  // GitHub signs no time. The deployment's own is in what is signed, and an old one is not decided again.
  const age = now.getTime() - Date.parse(data.deployment.created_at);
  if (age > OLDEST_MS || age < -AHEAD_MS) throw new AuthError("EXPIRED", "the deployment is of another day");
  const run = runIn(data.deployment_callback_url, data.repository.full_name);
  if (run === undefined) throw new AuthError("FORBIDDEN", "the address to answer at is not of the repository's run");
  // The id stands in an unsigned header, so that the body, which is signed and names the deployment, is remembered too.
  const keys = [sha256(delivery.body), ...(delivery.id === undefined ? [] : [delivery.id])].map((part) =>
    sha256(`github delivery\n${part}`),
  );
  for (const key of keys)
    if (!(await once.take(key, new Date(now.getTime() + REMEMBERED_MS)))) throw new AuthError("REPLAYED", "the delivery was taken before");
  return {
    repository: data.repository.full_name,
    repositoryId: data.repository.id,
    installation: data.installation.id,
    environment: data.environment,
    commit: data.deployment.sha,
    run,
    at: now.toISOString(),
  };
}

/** GitHub Docs, "Validating webhook deliveries": HMAC-SHA256 over the body as it came, compared in constant time. */
function isSigned(secret: string, { signature, body }: Delivery): boolean {
  const given = /^sha256=([0-9a-f]{64})$/.exec(signature ?? "")?.[1];
  return given !== undefined && timingSafeEqual(createHmac("sha256", secret).update(body).digest(), Buffer.from(given, "hex"));
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Only the run is taken from the address: where the answer goes is ours to know. */
const runIn = (url: string, repository: string): string | undefined => {
  const [, path, run] = /\/repos\/([^/]+\/[^/]+)\/actions\/runs\/(\d+)\/deployment_protection_rule$/.exec(new URL(url).pathname) ?? [];
  return path?.toLowerCase() === repository.toLowerCase() ? run : undefined;
};
