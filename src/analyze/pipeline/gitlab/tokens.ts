// The tokens that GitLab issues to jobs (`id_tokens`): what a cloud's trust policy is matched against.
import { fact, type IdentityToken } from "../../../model/rule.ts";
import type { Source } from "../../../model/source.ts";
import type { ProjectFacts } from "./facts.ts";

type Claim = IdentityToken["claims"][string];

const ANY: Claim = { value: "*" };

const except = (patterns: readonly string[]): { readonly except?: readonly string[] } => (patterns.length > 0 ? { except: patterns } : {});

export interface Issued {
  readonly holder: string;
  readonly kind: "branch" | "tag";
  /** `*` for what an author names. */
  readonly ref: string;
  readonly without: readonly string[];
  readonly isProtected: boolean;
  /** Absent: the token is asked for in no environment. */
  readonly environment?: { readonly name: string; readonly isProtected: boolean } | undefined;
  readonly how: string;
  readonly source: Source;
}

/**
 * "sub: project_path:{group}/{project}:ref_type:{type}:ref:{branch_name}"; the audience is what the job asks for (Docs, "OpenID Connect (OIDC)
 * Authentication Using ID Tokens", Token payload). The issuer is the address of the instance. A job that is triggered through a user's own
 * pipeline carries that user's name, so those claims are the holder's choice.
 */
export function tokenOf(facts: ProjectFacts, issued: Issued): IdentityToken {
  const { holder, kind, ref, isProtected, environment, how, source } = issued;
  // No name of a ref holds a colon (git-check-ref-format, rule 4), so none can bring a second `:ref:` into the subject.
  const without = ref.includes("*") ? [...issued.without, "*:*"] : issued.without;
  const { name, observed } = facts;
  const namespace = name.slice(0, name.lastIndexOf("/"));
  const subject = `project_path:${name}:ref_type:${kind}:ref:`;
  const path = (one: string): string => `refs/${kind === "tag" ? "tags" : "heads"}/${one}`;
  const claims: Record<string, Claim> = {
    sub: { value: subject + ref, ...except(without.map((one) => subject + one)) },
    aud: ANY,
    project_path: { value: name },
    namespace_path: { value: namespace },
    ref: { value: ref, ...except(without) },
    ref_type: { value: kind },
    ref_path: { value: path(ref), ...except(without.map(path)) },
    ref_protected: { value: String(isProtected) },
    user_login: ANY,
    user_email: ANY,
    pipeline_source: ANY,
    runner_environment: ANY,
    ...(observed?.id !== undefined && { project_id: { value: String(observed.id) } }),
    ...(observed?.visibility && { project_visibility: { value: observed.visibility } }),
    ...(environment && {
      environment: { value: environment.name },
      environment_protected: { value: String(environment.isProtected) },
      deployment_tier: ANY,
    }),
  };
  return { issuer: observed?.host ?? "gitlab.com", claims, holder: fact("act-as", holder), how, source };
}

/** A job as written asks for the tokens that it declares, for the audiences that it names. */
export const tokensOfJob = (facts: ProjectFacts, issued: Issued, audiences: readonly string[]): readonly IdentityToken[] => {
  const token = tokenOf(facts, issued);
  return audiences.map((audience) => ({ ...token, claims: { ...token.claims, aud: { value: audience.includes("$") ? "*" : audience } } }));
};

/** In an environment that the job names first, which nothing protects. */
export function tokenInNewEnvironment(facts: ProjectFacts, issued: Issued, taken: readonly string[]): IdentityToken {
  const token = tokenOf(facts, { ...issued, environment: { name: "*", isProtected: false } });
  return { ...token, claims: { ...token.claims, environment: { value: "*", ...except(taken) } } };
}
