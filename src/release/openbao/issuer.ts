// A dynamic secret of OpenBao (or Vault, whose API it keeps): made by its engine under a lease, and revoked by the lease's id.
import { readFileSync } from "node:fs";
import { z } from "zod";
import { messageOf, ReleaseError } from "../error.ts";
import type { Issuer } from "../issuer.ts";

export const OpenbaoRelease = z.strictObject({
  address: z.url({ protocol: /^https?$/ }),
  /** A file with the token. Its policy: read on the path, and update on sys/leases/revoke and sys/leases/lookup. */
  tokenFile: z.string(),
  /** `database/creds/emergency`. */
  path: z.string().regex(/^[\w-]+(\/[\w.-]+)+$/),
});
export type OpenbaoRelease = z.infer<typeof OpenbaoRelease>;

const Handle = z.strictObject({ path: z.string(), lease: z.string().optional() });
const Leased = z.object({ lease_id: z.string().min(1), lease_duration: z.int().nonnegative(), data: z.record(z.string(), z.unknown()) });

/** The lease's id is known only once it is made (OpenBao API, "/sys/leases"), so issuing completes the handle. */
export function openbaoIssuer({ address, tokenFile, path }: OpenbaoRelease, now: () => Date = () => new Date()): Issuer {
  const ask = async (method: string, to: string, code: "NOT_ISSUED" | "NOT_REVOKED", body?: object): Promise<unknown> => {
    try {
      const answer = await fetch(new URL(`/v1/${to}`, address), {
        method,
        headers: { "x-vault-token": readFileSync(tokenFile, "utf8").trim(), "content-type": "application/json" },
        redirect: "error",
        signal: AbortSignal.timeout(15_000),
        ...(body && { body: JSON.stringify(body) }),
      });
      if (!answer.ok && answer.status !== 404) throw new Error(`answers ${answer.status}`);
      return answer.status === 204 || answer.status === 404 ? undefined : await answer.json();
    } catch (cause) {
      throw new ReleaseError(code, `OpenBao: ${method} ${to}: ${messageOf(cause)}`, { cause });
    }
  };
  return {
    kind: "openbao",
    handle: () => ({ path }),
    issue: async () => {
      const leased = Leased.parse(await ask("GET", path, "NOT_ISSUED"));
      return {
        secret: Object.fromEntries(Object.entries(leased.data).map(([name, value]) => [name, String(value)])),
        validUntil: new Date(now().getTime() + leased.lease_duration * 1000),
        handle: { path, lease: leased.lease_id },
      };
    },
    revoke: async (handle) => {
      const { path: at, lease } = Handle.parse(handle);
      if (lease === undefined)
        throw new ReleaseError(
          "NOT_REVOKED",
          `OpenBao: a lease of ${at} may have been made whose id is not known; revoke them: bao lease revoke -prefix ${at}`,
        );
      await ask("PUT", "sys/leases/revoke", "NOT_REVOKED", { lease_id: lease, sync: true });
    },
  };
}
