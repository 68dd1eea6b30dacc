// The keys of declared issuers: fetched, kept for minutes, and refused rather than trusted beyond that.
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import { boundedFetch } from "../../outgoing/bounded-fetch.ts";
import { AuthError } from "../error.ts";

/** A key that its issuer withdrew is trusted at most this long. */
const FRESH_MS = 600_000;
/** An unknown `kid`, which an attacker can choose, makes the server ask the issuer at most once in this time. */
const COOLDOWN_MS = 30_000;
/** After a failure nobody asks again for this long, so that a flood of tokens does not become a flood on the issuer. */
const FAILURE_COOLDOWN_MS = 2_000;
const BOUNDS = { timeoutMs: 5_000, maxBytes: 512_000 };

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

export interface KeySource {
  readonly issuer: string;
  readonly keys?: string | undefined;
}

/** The keys of one issuer. Throws a bad configuration for addresses that are not https, other than on this machine itself. */
export function issuerKeys(source: KeySource): JWTVerifyGetKey {
  const issuer = secureUrl(source.issuer);
  const given = source.keys === undefined ? undefined : secureUrl(source.keys);
  let failedUntil = 0;
  let found: Promise<JWTVerifyGetKey> | undefined;
  const fetchOnce = async (url: string | URL, init: RequestInit): Promise<Response> => {
    if (Date.now() < failedUntil) throw new Error(`${issuer.host} did not answer a moment ago`);
    try {
      const { status, body } = await boundedFetch(new URL(url), init, BOUNDS);
      if (status !== 200) throw new Error(`${issuer.host} answers ${status}`);
      return new Response(Buffer.from(body), { status });
    } catch (cause) {
      failedUntil = Date.now() + FAILURE_COOLDOWN_MS;
      throw cause;
    }
  };
  const locate = async (): Promise<JWTVerifyGetKey> => {
    const keys = given ?? (await discover(source.issuer, fetchOnce));
    return createRemoteJWKSet(keys, {
      cacheMaxAge: FRESH_MS,
      cooldownDuration: COOLDOWN_MS,
      timeoutDuration: BOUNDS.timeoutMs,
      [customFetch]: (url, init) => fetchOnce(url, init),
    });
  };
  return async (header, token) => {
    found ??= locate().catch((cause: unknown) => {
      found = undefined;
      throw cause;
    });
    return (await found)(header, token);
  };
}

/** OpenID Connect Discovery 1.0, section 4.3: the document's issuer must be the one that was asked. */
async function discover(issuer: string, ask: (url: URL, init: RequestInit) => Promise<Response>): Promise<URL> {
  const response = await ask(new URL(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`), {
    headers: { accept: "application/json" },
  });
  const document = Discovery.parse(await response.json());
  if (document.issuer !== issuer) throw new Error(`the discovery document of ${issuer} is of ${document.issuer}`);
  return secureUrl(document.jwks_uri);
}

/** Keys that came over an open wire are anybody's. Only this machine itself may be asked without TLS. */
function secureUrl(text: string): URL {
  const url = new URL(text);
  const isLoopback = /^(127(\.\d+){3}|localhost|\[::1\])$/.test(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback)) return url;
  throw new AuthError("BAD_CONFIGURATION", `${text} is not an https address`);
}
