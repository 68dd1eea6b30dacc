// The subject of the tokens that GitHub issues to jobs: its default form, its immutable form, and what a repository made of it.
import { gapId } from "../../model/gap.ts";
import type { GithubOidcSubject } from "../../model/observations/github.ts";
import type { Pipeline, RepositoryFacts } from "./facts.ts";

export type SubjectForm =
  | { readonly kind: "default" }
  | { readonly kind: "immutable"; readonly prefix: string }
  | { readonly kind: "custom"; readonly keys: readonly string[]; readonly prefix: string }
  /** Not collected: `because` says so. The default form is what most repositories have. */
  | { readonly kind: "unknown"; readonly because: string };

const plainPrefix = (repository: RepositoryFacts): string => `repo:${repository.name}`;

/** `repo:OWNER@OWNER-ID/REPO@REPO-ID`; ids that were not collected match any, since they are the repository's own either way. */
function immutablePrefix(repository: RepositoryFacts, subject: GithubOidcSubject): string {
  if (subject.prefix !== undefined) return subject.prefix.startsWith("repo:") ? subject.prefix : `repo:${subject.prefix}`;
  const { organization, name, observed } = repository;
  return `repo:${organization}@${observed?.ownerId ?? "*"}/${name.slice(organization.length + 1)}@${observed?.id ?? "*"}`;
}

/**
 * A repository's own template, or with `use_default: false` and no keys the organization's ("repositories opt in to this configuration by setting
 * use_default to false"). Source: GitHub Docs, "OpenID Connect reference", Customizing the subject claims; Immutable subject claims.
 */
export function subjectForm(pipeline: Pipeline, repository: RepositoryFacts): SubjectForm {
  const all = pipeline.input.observations("github/oidc-subject");
  const own = all.find((subject) => subject.repository === repository.name);
  const organization = all.find((subject) => subject.repository === undefined && subject.organization === repository.organization);
  if (own === undefined) {
    if (repository.isAbsent("github/oidc")) return { kind: "default" };
    const gap = repository.gaps("github/oidc")[0];
    return { kind: "unknown", because: gap ? gapId(gap) : `github/oidc:${repository.id}` };
  }
  const immutable = own.immutableIds ?? organization?.immutableIds ?? own.prefix?.includes("@") ?? false;
  const prefix = immutable ? immutablePrefix(repository, own) : plainPrefix(repository);
  if (own.useDefault) return immutable ? { kind: "immutable", prefix } : { kind: "default" };
  const keys = own.claimKeys.length > 0 ? own.claimKeys : (organization?.claimKeys ?? []);
  return keys.length > 0 ? { kind: "custom", keys, prefix } : { kind: "unknown", because: `github/oidc:${repository.id}` };
}

export interface Claim {
  readonly value: string;
  readonly except?: readonly string[];
}

export type Claims = Readonly<Record<string, Claim>>;

const withPrefix = (prefix: string, claim: Claim): Claim => ({
  value: prefix + claim.value,
  ...(claim.except && { except: claim.except.map((one) => prefix + one) }),
});

/** The parts joined; of several parts with exceptions each exception stands alone, with anything in the other places. */
function joined(parts: readonly Claim[]): Claim {
  const except = parts.flatMap((part, at) =>
    (part.except ?? []).map((one) => parts.map((other, i) => (i === at ? one : other.value)).join(":")),
  );
  return { value: parts.map((part) => part.value).join(":"), ...(except.length > 0 && { except }) };
}

/** "Any `:` within the context value will be replaced with `%3A`." */
const escaped = (claim: Claim): Claim => ({
  value: claim.value.replaceAll(":", "%3A"),
  ...(claim.except && { except: claim.except.map((one) => one.replaceAll(":", "%3A")) }),
});

/** `context` is the part after the repository in the default form: `ref:refs/heads/main`, `pull_request`, `environment:production`. */
export function subjectOf(form: SubjectForm, repository: RepositoryFacts, context: Claim, claims: Claims): Claim {
  if (form.kind === "default" || form.kind === "unknown") return withPrefix(`${plainPrefix(repository)}:`, context);
  if (form.kind === "immutable") return withPrefix(`${form.prefix}:`, context);
  return joined(
    form.keys.map((key): Claim => {
      if (key === "repo" || key === "repository") return { value: key === "repo" ? form.prefix : `repository:${repository.name}` };
      if (key === "context") return context;
      const open = key.endsWith("workflow_ref") ? `${repository.name}/*` : "*";
      return withPrefix(`${key}:`, escaped(claims[key] ?? { value: open }));
    }),
  );
}

/** Every subject that a template which was not collected could make, as globs: it begins with one of the claims and names the repository or its owner. */
export const possibleSubjects = (repository: RepositoryFacts): readonly string[] => {
  const { name, organization } = repository;
  return [
    `repo:${name}`,
    `repo:${name}:*`,
    `repo:${organization}@*/${name.slice(organization.length + 1)}@*`,
    `repository:${name}*`,
    `repository_owner:${organization}`,
    `repository_owner:${organization}:*`,
    `job_workflow_ref:${name}/*`,
  ];
};
