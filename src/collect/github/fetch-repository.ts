// What is asked of a repository: who has access, how branches and environments are protected, settings of Actions, secrets by name, and its workflows.
import { isObject, type JsonObject } from "../../lib/json.ts";
import { eachOf } from "../rest-asking.ts";
import { type Asker, part } from "./fetch.ts";
import { CODE_OWNERS } from "./code-owners.ts";
import { isRunnable } from "./map-files.ts";

type List = (path: string, key?: string, perPage?: number) => Promise<readonly JsonObject[] | undefined>;

export async function collectRepository(asker: Asker, name: string, repository: JsonObject): Promise<void> {
  const { asking, owner } = asker;
  const of = `/repos/${part(owner)}/${part(name)}`;
  const list: List = (path, key, perPage = 100) =>
    asking.list(`${of}${path}${path.includes("?") ? "&" : "?"}per_page=${perPage}`, key === undefined ? {} : { key });
  const isOwned = isObject(repository["owner"]) && repository["owner"]["type"] === "Organization";
  const branch = String(repository["default_branch"]);
  await list("/collaborators?affiliation=all");
  if (isOwned) await list("/teams");
  await list("/keys");
  await branches(asker, of, branch, list);
  for (const { id } of (await list("/rulesets?includes_parents=true")) ?? [])
    await asking.one(`${of}/rulesets/${String(id)}?includes_parents=true`);
  await environments(asker, of, list);
  await actions(asker, of, repository, isOwned, list);
  await files(asker, of, branch);
}

/** Protection is asked of the branches that have any, and of the default one, which may have none. */
async function branches({ asking, concurrency }: Asker, of: string, branch: string, list: List): Promise<void> {
  const found = await list("/branches?protected=true");
  const names = [...new Set([branch, ...(found ?? []).map(({ name }) => String(name))])];
  // Branches have slashes, and are written as they are but for what has a meaning in an address.
  const path = (name: string): string => name.split("/").map(part).join("/");
  await eachOf(names, concurrency, async (name) => void (await asking.one(`${of}/branches/${path(name)}/protection`)));
}

async function environments({ asking }: Asker, of: string, list: List): Promise<void> {
  for (const environment of (await list("/environments", "environments")) ?? []) {
    const at = `/environments/${part(String(environment["name"]))}`;
    const policy = environment["deployment_branch_policy"];
    if (isObject(policy) && policy["custom_branch_policies"] === true) await list(`${at}/deployment-branch-policies`, "branch_policies");
    await asking.one(`${of}${at}/deployment_protection_rules`);
    await list(`${at}/secrets`, "secrets");
    await list(`${at}/variables`, "variables", 30);
  }
}

async function actions({ asking }: Asker, of: string, repository: JsonObject, isOwned: boolean, list: List): Promise<void> {
  const permissions = await asking.one(`${of}/actions/permissions`);
  if (permissions?.["allowed_actions"] === "selected") await asking.one(`${of}/actions/permissions/selected-actions`);
  await asking.one(`${of}/actions/permissions/workflow`);
  // Which of the two there is depends on who may fork it (GitHub Docs, "Managing GitHub Actions settings for a repository").
  const isPublic = repository["private"] === false && repository["visibility"] !== "internal";
  await asking.one(`${of}/actions/permissions/${isPublic ? "fork-pr-contributor-approval" : "fork-pr-workflows-private-repos"}`);
  await asking.one(`${of}/actions/oidc/customization/sub`);
  await list("/actions/secrets", "secrets");
  await list("/actions/variables", "variables", 30);
  if (isOwned) {
    await list("/actions/organization-secrets", "secrets");
    await list("/actions/organization-variables", "variables", 30);
  }
  await list("/actions/runners", "runners");
}

/** As they are, so that a line of a finding is the line that the repository shows. */
const RAW = { Accept: "application/vnd.github.raw+json" };

async function files({ asking, concurrency }: Asker, of: string, branch: string): Promise<void> {
  const tree = (await asking.one(`${of}/git/trees/${part(branch)}?recursive=1`))?.["tree"];
  const all = (Array.isArray(tree) ? (tree as readonly unknown[]) : []).flatMap((entry) =>
    isObject(entry) && entry["type"] === "blob" ? [String(entry["path"])] : [],
  );
  const owners = CODE_OWNERS.find((path) => all.includes(path));
  await eachOf([...all.filter(isRunnable), ...(owners === undefined ? [] : [owners])], concurrency, async (path) => {
    await asking.text(`${of}/contents/${path.split("/").map(part).join("/")}?ref=${part(branch)}`, RAW);
  });
}
