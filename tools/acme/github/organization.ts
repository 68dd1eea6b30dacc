// The organization on GitHub: members, teams, what Actions may do everywhere, and the machines that run jobs.
import { openFolder } from "../folder.ts";
import type { Files, Folder } from "../folder.ts";
import { ORG, REPOSITORIES } from "../names.ts";
import type { RepositoryName } from "../names.ts";
import { PEOPLE, TEAMS, login, membersOf } from "../people.ts";
import { number } from "../pseudo.ts";
import { FORGE_OWNER, ORG_ID, logins, owner, repository, secretName, team, user } from "./wire.ts";

const at = `/orgs/${ORG}`;
const counted = (key: string, items: readonly unknown[]): object => ({ total_count: items.length, [key]: items });

interface RunnerGroup {
  readonly name: string;
  readonly repositories: readonly RepositoryName[];
  /** Only these workflows may use it, at these refs; absent: any. */
  readonly workflows?: readonly string[];
  readonly runners: readonly { readonly name: string; readonly labels: readonly string[] }[];
}

/** FLAW 8: the machines that build every pull request of acme/payments deploy it to production too. Fixed: a group that only the deployment may use. */
const runnerGroups = (fixed: boolean): readonly RunnerGroup[] =>
  fixed
    ? [
        { name: "payments-builds", repositories: ["payments"], runners: [{ name: "payments-build-1", labels: ["payments-builds"] }] },
        {
          name: "payments-production",
          repositories: ["payments"],
          workflows: [`${ORG}/payments/.github/workflows/deploy.yml@refs/heads/main`],
          runners: [{ name: "payments-deploy-1", labels: ["payments-production"] }],
        },
      ]
    : [
        {
          name: "payments",
          repositories: ["payments"],
          runners: [
            { name: "payments-1", labels: ["payments"] },
            { name: "payments-2", labels: ["payments"] },
          ],
        },
      ];

const runner = (group: RunnerGroup, item: RunnerGroup["runners"][number]): object => ({
  id: number(`runner/${item.name}`, 4),
  runner_group_id: groupId(group),
  name: item.name,
  os: "linux",
  status: "online",
  busy: false,
  ephemeral: false,
  labels: [
    ...["self-hosted", "Linux", "X64"].map((name, id) => ({ id: id + 1, name, type: "read-only" })),
    ...item.labels.map((name) => ({ id: number(`label/${name}`, 5), name, type: "custom" })),
  ],
});

const groupId = (group: RunnerGroup): number => number(`runner-group/${group.name}`, 3);

function writeRunners(folder: Folder, groups: readonly RunnerGroup[]): void {
  const builtIn = {
    id: 1,
    name: "Default",
    visibility: "all",
    default: true,
    inherited: false,
    allows_public_repositories: false,
    restricted_to_workflows: false,
    selected_workflows: [],
    workflow_restrictions_read_only: false,
  };
  const own = groups.map((group) => ({
    id: groupId(group),
    name: group.name,
    visibility: "selected",
    default: false,
    selected_repositories_url: `https://api.github.com${at}/actions/runner-groups/${groupId(group)}/repositories`,
    runners_url: `https://api.github.com${at}/actions/runner-groups/${groupId(group)}/runners`,
    inherited: false,
    allows_public_repositories: false,
    restricted_to_workflows: group.workflows !== undefined,
    selected_workflows: group.workflows ?? [],
    workflow_restrictions_read_only: false,
  }));
  folder.answer(`GET ${at}/actions/runner-groups?per_page=100`, "runner-groups.json", counted("runner_groups", [builtIn, ...own]));
  folder.answer(`GET ${at}/actions/runner-groups/1/runners?per_page=100`, "runner-groups/1/runners.json", counted("runners", []));
  for (const group of groups) {
    const base = `${at}/actions/runner-groups/${groupId(group)}`;
    const file = `runner-groups/${groupId(group)}`;
    folder.answer(
      `GET ${base}/repositories?per_page=100`,
      `${file}/repositories.json`,
      counted("repositories", group.repositories.map(repository)),
    );
    folder.answer(
      `GET ${base}/runners?per_page=100`,
      `${file}/runners.json`,
      counted(
        "runners",
        group.runners.map((item) => runner(group, item)),
      ),
    );
  }
  folder.answer(
    `GET ${at}/actions/runners?per_page=100`,
    "runners.json",
    counted(
      "runners",
      groups.flatMap((group) => group.runners.map((item) => runner(group, item))),
    ),
  );
}

function writePeople(folder: Folder): void {
  const isOwner = (name: string): boolean => name === login(FORGE_OWNER);
  folder.answer(
    `GET ${at}/members?role=admin&per_page=100`,
    "members-admin.json",
    logins()
      .filter(isOwner)
      .map((name) => user(name)),
  );
  folder.answer(
    `GET ${at}/members?role=member&per_page=100`,
    "members-member.json",
    logins()
      .filter((name) => !isOwner(name))
      .map((name) => user(name)),
  );
  folder.answer(`GET ${at}/outside_collaborators?per_page=100`, "outside-collaborators.json", []);
  folder.answer(`GET ${at}/teams?per_page=100`, "teams.json", TEAMS.map(team));
  for (const slug of TEAMS) {
    const ids = PEOPLE.map((person) => person.id).filter((id) => membersOf(slug).includes(id));
    folder.answer(
      `GET ${at}/teams/${slug}/members?per_page=100`,
      `teams/${slug}/members.json`,
      ids.map((id) => user(login(id))),
    );
  }
  folder.answer(`GET ${at}/installations?per_page=100`, "installations.json", counted("installations", []));
}

function writeActions(folder: Folder): void {
  folder.answer(`GET ${at}/actions/permissions`, "actions/permissions.json", {
    enabled_repositories: "all",
    allowed_actions: "selected",
    selected_actions_url: `https://api.github.com${at}/actions/permissions/selected-actions`,
    sha_pinning_required: true,
  });
  folder.answer(`GET ${at}/actions/permissions/workflow`, "actions/workflow.json", {
    default_workflow_permissions: "read",
    can_approve_pull_request_reviews: false,
  });
  const website = `https://api.github.com${at}/actions/secrets/PREVIEW_BOT_TOKEN/repositories`;
  folder.answer(
    `GET ${at}/actions/secrets?per_page=100`,
    "actions/secrets.json",
    counted("secrets", [
      { ...secretName(at, "SONAR_TOKEN"), visibility: "private" },
      { ...secretName(at, "PREVIEW_BOT_TOKEN"), visibility: "selected", selected_repositories_url: website },
    ]),
  );
  folder.answer(
    `GET ${at}/actions/secrets/PREVIEW_BOT_TOKEN/repositories?per_page=100`,
    "actions/secrets/PREVIEW_BOT_TOKEN/repositories.json",
    counted("repositories", [repository("website")]),
  );
  folder.answer(`GET ${at}/actions/variables?per_page=30`, "actions/variables.json", counted("variables", []));
  folder.answer(`GET ${at}/actions/oidc/customization/sub`, "actions/oidc.json", { include_claim_keys: ["repo", "context"] });
}

export function writeGithubOrganization(files: Files, fixed: boolean): void {
  const folder = openFolder(files, `estate/github/${ORG}`, { system: "github", organization: ORG }, "the GitHub App bulkhead-collector", 2);
  folder.answer(`GET ${at}`, "organization.json", {
    ...owner,
    login: ORG,
    id: ORG_ID,
    name: "Acme",
    public_repos: 0,
    total_private_repos: REPOSITORIES.length,
    default_repository_permission: "read",
    members_can_create_repositories: false,
    members_can_fork_private_repositories: false,
    two_factor_requirement_enabled: true,
    plan: { name: "enterprise", space: 976_562_499, private_repos: 999_999, filled_seats: logins().length, seats: 40 },
  });
  folder.answer(`GET ${at}/repos?type=all&per_page=100`, "repositories.json", REPOSITORIES.map(repository));
  writePeople(folder);
  writeActions(folder);
  writeRunners(folder, runnerGroups(fixed));
  folder.answer(`GET ${at}/rulesets?per_page=100`, "rulesets.json", []);
  folder.close();
}
