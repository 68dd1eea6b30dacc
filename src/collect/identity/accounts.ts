// Accounts elsewhere that a directory or a personnel file names: attributes under which organizations keep a login of GitHub or GitLab.
import type { DeclaredAccounts } from "../../model/observations/identity.ts";

/** `githubUsername`, `git_hub_login`, `extension_0123abcd_gitlabUser`: no provider has an attribute for it, so each organization chose one. */
const NAMED = /^(?:extension_[0-9a-f]+_)?(git_?hub|git_?lab)_?(?:user_?name|user|login|account|handle|id)?$/i;

/** From the attributes of one account, nested sets of them as well (Google's customSchemas, SCIM's extensions). */
export function accountsIn(attributes: Readonly<Record<string, unknown>>): DeclaredAccounts {
  const found = { github: new Set<string>(), gitlab: new Set<string>() };
  for (const [key, value] of Object.entries(attributes)) {
    const system = NAMED.exec(key.replaceAll(/[\s-]/g, "_"))?.[1]?.replace("_", "").toLowerCase();
    if (system !== "github" && system !== "gitlab") continue;
    for (const login of typeof value === "string" ? value.split(/[;,\s]+/) : []) {
      const name = login.replace(/^@|^https?:\/\/[^/]+\//, "");
      if (name !== "") found[system].add(name);
    }
  }
  return { github: [...found.github], gitlab: [...found.gitlab] };
}
