// A pipeline's own token → which job holds it and what that job may ask. No secret is shared: the forge signs, its published keys verify.
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";
import { globMatches } from "../../../lib/glob.ts";
import { hashOf, sha256 } from "../../../lib/hash.ts";
import { AuthError } from "../error.ts";
import type { OnceOnly } from "../once-only.ts";
import { factsOf, type PipelineFacts } from "./claims.ts";
import type { PipelineAction, PipelineIssuer, PipelineRule } from "./configuration.ts";
import { issuerKeys } from "./issuer-keys.ts";

/** A forge's token is a few kilobytes; what is larger is not read. */
const MAX_TOKEN_CHARACTERS = 16_384;

export interface PipelineIdentity extends PipelineFacts {
  readonly kind: "pipeline";
  readonly issuer: string;
  readonly tokenId: string;
  readonly expires: Date;
  readonly use: PipelineIssuer["use"];
  readonly rules: readonly PipelineRule[];
}

export interface PipelineVerifier {
  /** Throws an AuthError. */
  verify(token: string): Promise<PipelineIdentity>;
}

/** One verifier for a server: it keeps the keys of every declared issuer. */
export function pipelineVerifier(issuers: readonly PipelineIssuer[], now: () => Date): PipelineVerifier {
  const known = new Map<string, { readonly issuer: PipelineIssuer; readonly keys: JWTVerifyGetKey }>();
  for (const issuer of issuers) {
    if (known.has(issuer.issuer)) throw new AuthError("BAD_CONFIGURATION", `issuer ${issuer.issuer} is declared twice`);
    known.set(issuer.issuer, { issuer, keys: issuerKeys(issuer) });
  }
  return {
    verify: async (token) => {
      if (token.length > MAX_TOKEN_CHARACTERS) throw bad("the token is too long");
      // Unverified so far: it chooses which issuer's keys must have signed, and nothing else.
      const declared = known.get(claimedIssuer(token));
      if (declared === undefined) throw bad("no issuer of that name is declared");
      const payload = await verified(token, declared.issuer, declared.keys, now());
      return identityOf(declared.issuer, payload);
    },
  };
}

function claimedIssuer(token: string): string {
  try {
    const { kid, typ } = decodeProtectedHeader(token);
    // Without `kid` every key of the issuer would be tried; and another kind of token of the same issuer is no job's token (RFC 8725, section 3.11).
    if (typeof kid !== "string" || kid === "") throw bad("the token names no key");
    if (typ !== undefined && typ.toUpperCase() !== "JWT") throw bad("the token is of another type");
    return decodeJwt(token).iss ?? "";
  } catch (cause) {
    throw cause instanceof AuthError ? cause : bad("the token cannot be read", cause);
  }
}

async function verified(token: string, issuer: PipelineIssuer, keys: JWTVerifyGetKey, now: Date): Promise<JWTPayload> {
  try {
    // Header members that lead to keys (jku, jwk, x5u, x5c) are not looked at: keys come from the declared issuer alone.
    const { payload } = await jwtVerify(token, keys, {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms: issuer.algorithms,
      clockTolerance: issuer.toleranceSeconds,
      maxTokenAge: issuer.maximumAgeMinutes * 60,
      requiredClaims: ["iss", "aud", "exp", "iat", "jti", "sub"],
      currentDate: now,
    });
    // A token for several audiences can be shown to us by any of them.
    if (Array.isArray(payload.aud) && payload.aud.length > 1) throw bad("the token is for several audiences");
    return payload;
  } catch (cause) {
    throw refusalOf(cause);
  }
}

function refusalOf(cause: unknown): AuthError {
  if (cause instanceof AuthError) return cause;
  if (cause instanceof errors.JWTExpired) return new AuthError("EXPIRED", "the token expired", { cause });
  if (cause instanceof errors.JWTClaimValidationFailed) return bad(`the token's ${cause.claim} does not hold`, cause);
  const isOfToken =
    cause instanceof errors.JWSSignatureVerificationFailed ||
    cause instanceof errors.JOSEAlgNotAllowed ||
    cause instanceof errors.JOSENotSupported ||
    cause instanceof errors.JWKSNoMatchingKey ||
    cause instanceof errors.JWKSMultipleMatchingKeys ||
    cause instanceof errors.JWTInvalid ||
    cause instanceof errors.JWSInvalid;
  if (isOfToken) return bad("the token is not signed by a key of its issuer", cause);
  return new AuthError("UNREACHABLE", "the issuer's keys cannot be had", { cause });
}

function identityOf(issuer: PipelineIssuer, payload: JWTPayload): PipelineIdentity {
  const facts = factsOf(issuer.system, payload);
  if (facts === undefined) throw bad("the token lacks a claim that says which job it is of");
  const rules = issuer.rules.filter((rule) => isOf(rule, facts));
  if (rules.length === 0) throw new AuthError("FORBIDDEN", "no rule lets this job ask anything");
  return {
    ...facts,
    kind: "pipeline",
    issuer: issuer.issuer,
    tokenId: payload.jti as string,
    expires: new Date((payload.exp as number) * 1000),
    use: issuer.use,
    rules,
  };
}

function isOf(rule: PipelineRule, facts: PipelineFacts): boolean {
  const isAny = (patterns: readonly string[] | undefined, text: string | undefined): boolean =>
    patterns === undefined || (text !== undefined && patterns.some((pattern) => globMatches(pattern, text)));
  return (
    globMatches(rule.repository, facts.repository) &&
    (rule.repositoryId === undefined || rule.repositoryId === facts.repositoryId) &&
    isAny(rule.refs, facts.ref) &&
    isAny(rule.environments, facts.environment) &&
    isAny(rule.workflows, facts.workflow) &&
    rule.events.includes(facts.event)
  );
}

/** Whether the job may do this toward that environment of the charter. */
export const pipelineMay = (identity: PipelineIdentity, action: PipelineAction, environment: string): boolean =>
  identity.rules.some(({ may, to }) => may.includes(action) && to.some((pattern) => globMatches(pattern, environment)));

export interface ClaimedSource {
  readonly repository: string;
  readonly commit: string;
  readonly run?: string | undefined;
}

/** What a job says of its source must be what its token proves: a job of one repository asks nothing for another. */
export function sourceProblem(identity: PipelineIdentity, source: ClaimedSource): string | undefined {
  if (source.repository !== identity.project && source.repository !== identity.repository)
    return `the token is of ${identity.project}, the request names ${source.repository}`;
  if (source.commit !== identity.commit) return `the token is of commit ${identity.commit}, the request names ${source.commit}`;
  if (source.run !== undefined && source.run !== identity.run)
    return `the token is of run ${identity.run}, the request names ${source.run}`;
  return undefined;
}

/** Spends the token for a request that changes something. The same token, or the same request under it, is refused the second time. */
export async function spendToken(
  once: OnceOnly,
  identity: PipelineIdentity,
  request: { readonly route: string; readonly body: unknown },
): Promise<void> {
  const what = identity.use === "once" ? "" : hashOf(request);
  const key = sha256(["pipeline", identity.issuer, identity.tokenId, what].join("\n"));
  // Kept past its expiry by more than any tolerance, or its last seconds could be played twice.
  const until = new Date(identity.expires.getTime() + 300_000);
  if (!(await once.take(key, until))) throw new AuthError("REPLAYED", "the token was used before");
}

const bad = (why: string, cause?: unknown): AuthError => new AuthError("BAD_CREDENTIAL", why, cause === undefined ? {} : { cause });
