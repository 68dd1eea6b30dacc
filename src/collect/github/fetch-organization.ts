// What is asked of an organization: its repositories, people, teams, apps, rulesets, settings of Actions, secrets by name, and runners.
import type { JsonObject } from "../../lib/json.ts";
import { eachOf } from "../rest-asking.ts";
import { type Asker, part } from "./fetch.ts";

/** The repositories that it shows to whoever asks. */
export async function collectOrganization({ asking, owner, concurrency }: Asker): Promise<readonly JsonObject[]> {
  const organization = `/orgs/${part(owner)}`;
  const list = (path: string, key?: string, perPage = 100): Promise<readonly JsonObject[] | undefined> =>
    asking.list(`${organization}${path}${path.includes("?") ? "&" : "?"}per_page=${perPage}`, key === undefined ? {} : { key });
  await asking.one(organization);
  const repositories = await list("/repos?type=all");
  await list("/members?role=admin");
  await list("/members?role=member");
  await list("/outside_collaborators");
  const teams = (await list("/teams")) ?? [];
  await eachOf(teams, concurrency, async ({ slug }) => void (await list(`/teams/${part(String(slug))}/members`)));
  await list("/installations", "installations");
  const rulesets = (await list("/rulesets")) ?? [];
  await eachOf(rulesets, concurrency, async ({ id }) => void (await asking.one(`${organization}/rulesets/${String(id)}`)));
  const actions = await asking.one(`${organization}/actions/permissions`);
  if (actions?.["allowed_actions"] === "selected") await asking.one(`${organization}/actions/permissions/selected-actions`);
  await asking.one(`${organization}/actions/permissions/workflow`);
  await asking.one(`${organization}/actions/oidc/customization/sub`);
  // A page of variables holds at most 30 (REST API, "Variables").
  for (const [noun, perPage] of [["secrets", 100] as const, ["variables", 30] as const])
    for (const { name, visibility } of (await list(`/actions/${noun}`, noun, perPage)) ?? [])
      if (visibility === "selected") await list(`/actions/${noun}/${part(String(name))}/repositories`, "repositories");
  await list("/actions/runners", "runners");
  for (const { id, visibility } of (await list("/actions/runner-groups", "runner_groups")) ?? []) {
    if (visibility === "selected") await list(`/actions/runner-groups/${String(id)}/repositories`, "repositories");
    await list(`/actions/runner-groups/${String(id)}/runners`, "runners");
  }
  return repositories ?? [];
}
