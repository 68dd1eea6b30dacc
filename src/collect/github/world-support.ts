// For tests: the example organization as questions and whole answers, with what its files leave out and a year of deployments.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { Manifest } from "../../model/manifest.ts";
import { keyOf, refusal, type World } from "./replay-support.ts";

const ESTATE = new URL("../../../examples/acme/estate/github/acme/", import.meta.url);
export const REPOSITORIES = ["payments", "platform-infrastructure", "shop", "website"] as const;

export const ownFile = (path: string): string => readFileSync(fileURLToPath(new URL(path, ESTATE)), "utf8");

/** The questions that the example's files answer. */
export function acmeWorld(): Map<string, Json> {
  const world = new Map<string, Json>();
  for (const folder of ["", ...REPOSITORIES.map((name) => `${name}/`)]) {
    const manifest = Manifest.parse(JSON.parse(ownFile(`${folder}manifest.json`)));
    for (const { call, file } of manifest.calls) {
      const [path = "", query = ""] = call.replace("GET ", "").split("?");
      const text = file === undefined ? undefined : ownFile(folder + file);
      if (text === undefined) continue;
      const key = keyOf(path, new URLSearchParams(query));
      const content = file?.endsWith(".json") ? (JSON.parse(text) as Json) : text;
      const isMore = new URLSearchParams(query).has("role") || !world.has(key);
      if (isMore) world.set(key, content);
    }
  }
  world.set("/orgs/acme/actions/permissions/selected-actions", {
    github_owned_allowed: true,
    verified_allowed: true,
    patterns_allowed: [],
  });
  for (const name of REPOSITORIES) complete(world, `/repos/acme/${name}`);
  return world;
}

/** What is asked for besides, with the answers that say that there is nothing more. */
function complete(world: Map<string, Json>, of: string): void {
  const repository = world.get(of);
  const files = [...world.keys()].filter((key) => key.startsWith(`${of}/contents/`)).map((key) => key.slice(`${of}/contents/`.length));
  const branch = isObject(repository) ? String(repository["default_branch"]) : "main";
  const put = (path: string, document: Json): void => void (world.has(of + path) || world.set(of + path, document));
  const blob = (path: string): JsonObject => ({
    path,
    mode: "100644",
    type: "blob",
    sha: "0".repeat(40),
    size: 1,
    url: "https://example.com/x",
  });
  put(`/git/trees/${branch}`, { sha: "0".repeat(40), truncated: false, tree: ["readme.md", ...files].map(blob) });
  put("/actions/permissions/fork-pr-contributor-approval", { approval_policy: "all_external_contributors" });
  put("/actions/permissions/fork-pr-workflows-private-repos", {
    run_workflows_from_fork_pull_requests: false,
    send_write_tokens_to_workflows: false,
    send_secrets_and_variables: false,
    require_approval_for_fork_pr_workflows: true,
  });
  put("/actions/organization-secrets", { total_count: 0, secrets: [] });
  put("/actions/organization-variables", { total_count: 0, variables: [] });
  put("/deployments", []);
  put(`/branches/${branch}/protection`, { ...refusal("Branch not protected"), status: "404" });
}

export interface Deployed {
  readonly id: number;
  readonly environment: string;
  readonly sha: string;
  readonly at: string;
  readonly state?: string;
  readonly run?: number;
}

/** Deployments, newest first, with what hangs on them. */
export function withHistory(world: Map<string, Json>, of: string, deployed: readonly Deployed[]): void {
  const list = deployed
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .map(({ id, environment, sha, at }): JsonObject => ({
      id,
      sha,
      ref: "main",
      environment,
      created_at: at,
      creator: { login: "ivan", id: 9 },
      payload: {},
    }));
  world.set(`${of}/deployments`, list);
  for (const sha of new Set(deployed.map((each) => each.sha)))
    world.set(
      `${of}/deployments sha=${sha}`,
      list.filter((each) => each["sha"] === sha),
    );
  for (const { id, at, state = "success", run } of deployed) {
    const log = run === undefined ? {} : { log_url: `https://github.com/acme/shop/actions/runs/${run}/job/1` };
    world.set(`${of}/deployments/${id}/statuses`, [{ id, state, created_at: at, description: "", ...log }]);
    if (run === undefined) continue;
    const person = (login: string): JsonObject => ({ login, id: 3, type: "User" });
    const times = { created_at: at, updated_at: at };
    const rest = { event: "push", head_branch: "main", head_sha: "0".repeat(40), path: ".github/workflows/deploy.yml" };
    world.set(`${of}/actions/runs/${run}`, { id: run, ...rest, ...times, actor: person("ivan"), triggering_actor: person("ivan") });
    world.set(`${of}/actions/runs/${run}/approvals`, [
      { state: "approved", comment: "ship correct-horse-5", environments: [{ id: 1, name: "production" }], user: person("rita") },
    ]);
  }
}

/** Every two commits, as one commit of the author between. */
export function compared(world: Map<string, Json>, of: string, base: string, head: string, author: string): void {
  const account = { login: author, id: 5, type: "User" };
  const signature = { name: author, email: `${author}@example.com`, date: "2026-01-01T00:00:00Z" };
  world.set(`${of}/compare/${base}...${head}`, {
    ...{ status: "ahead", ahead_by: 1, behind_by: 0, total_commits: 1 },
    commits: [
      { sha: head, commit: { message: "Change prices", author: signature, committer: signature }, author: account, committer: account },
    ],
    files: [{ filename: "prices.ts", patch: "+ const key = 'correct-horse-6';" }],
  });
}

export const worldOf = (map: ReadonlyMap<string, Json>): World => map;
