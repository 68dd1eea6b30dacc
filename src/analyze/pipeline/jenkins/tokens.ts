// The id tokens that builds get by the plugin oidc-provider: what a cloud's trust policy is matched against.
import type { JenkinsCredential } from "../../../model/observations/jenkins.ts";
import { fact, type IdentityToken } from "../../../model/rule.ts";
import type { Run } from "./contexts.ts";
import type { JobFacts } from "./facts.ts";

/** `https://ci.example.com/` → `ci.example.com`. */
const hostOf = (url: string): string => url.replace(/^https?:\/\//, "").replace(/\/+$/, "");

const pathOf = (name: string): string =>
  name
    .split("/")
    .map((part) => `job/${encodeURIComponent(part)}/`)
    .join("");

/** The name of a branch is one part of the address: its slashes are escaped (Branch API). What an author chooses ends the pattern, slash included. */
const branchPart = (branch: string): string =>
  branch.endsWith("*") ? `job/${branch}` : `job/${encodeURIComponent(branch).replaceAll("%2F", "%252F")}/`;

/**
 * "sub: … the URL of the job"; the issuer is the controller's address with `oidc`, or the folder's for a credential in a folder; the audience is the
 * credential's (plugins.jenkins.io, "OpenID Connect Provider", Claims). Templates of claims that an administrator writes are not read.
 */
export function tokenOf(facts: JobFacts, credential: JenkinsCredential, run: Run, holder: string, how: string): readonly IdentityToken[] {
  const { url } = facts.controller.observed;
  if (url === undefined || credential.token === undefined) return [];
  const base = url.replace(/\/*$/, "/") + pathOf(facts.name);
  const { branch } = run;
  const subject = branch === undefined ? base : base + branchPart(branch);
  const except = run.except.map((name) => base + branchPart(name));
  const folder = credential.of === undefined ? "" : `/${pathOf(credential.of)}`.replace(/\/$/, "");
  const issuer = credential.token.issuer ?? `${hostOf(url)}${folder}/oidc`;
  return [
    {
      issuer: hostOf(issuer),
      claims: {
        sub: { value: subject, ...(except.length > 0 && { except }) },
        aud: { value: credential.token.audience ?? "*" },
        build_number: { value: "*" },
      },
      holder: fact("act-as", holder),
      how,
      source: credential.source,
    },
  ];
}
