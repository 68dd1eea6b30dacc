// Pure: one resource of an answer → one observation.
import type { z } from "zod";
import type { TerraformCloudObservation, TfcAccess } from "../../model/observations/terraform-cloud.ts";
import type { Source } from "../../model/source.ts";
import * as schema from "./schema.ts";

/** What the answer tells beside the resource. */
export interface About {
  readonly organization: string | undefined;
  /** Id of the workspace or set that was asked about. */
  readonly of: string | undefined;
  /** User names by id, from what is included. */
  readonly users: ReadonlyMap<string, string>;
  readonly source: Source;
}

type Give = (item: unknown, about: About) => TerraformCloudObservation | string;

const with_ =
  <T extends z.ZodType>(form: T, give: (wire: z.infer<T>, about: About) => TerraformCloudObservation | string): Give =>
  (item, about) => {
    const parsed = form.safeParse(item);
    if (parsed.success) return give(parsed.data, about);
    const issue = parsed.error.issues[0];
    return issue === undefined ? "it has another form" : `${issue.path.join(".")}: ${issue.message}`;
  };

const NAMELESS = "nothing says which organization it is of: give the input a scope with organization";

/** Forges by the provider's name (`github_app`, `gitlab_hosted`) or the address of the repository. */
function repositoryOf(vcs: NonNullable<schema.Workspace["attributes"]["vcs-repo"]>): string | undefined {
  const told = `${vcs["service-provider"] ?? ""} ${vcs["repository-http-url"] ?? ""}`;
  const forge = /github/i.test(told) ? "github" : /gitlab/i.test(told) ? "gitlab" : undefined;
  return forge && `${forge}:${vcs.identifier}`;
}

function workspace(
  { id, attributes, relationships }: schema.Workspace,
  { organization, source }: About,
): TerraformCloudObservation | string {
  const of = relationships?.organization?.data?.id ?? organization;
  if (of === undefined) return NAMELESS;
  const vcs = attributes["vcs-repo"];
  const repository = vcs ? repositoryOf(vcs) : undefined;
  const project = relationships?.project?.data?.id;
  return {
    kind: "terraform-cloud/workspace",
    organization: of,
    name: attributes.name,
    id,
    ...(project !== undefined && { project }),
    autoApply: attributes["auto-apply"],
    autoApplyRunTrigger: attributes["auto-apply-run-trigger"] === true,
    execution: attributes["execution-mode"] ?? "remote",
    speculative: vcs ? attributes["speculative-enabled"] !== false : false,
    ...(vcs && {
      vcs: {
        ...(repository !== undefined && { repository }),
        identifier: vcs.identifier,
        ...(vcs.branch && { branch: vcs.branch }),
        ...(vcs["tags-regex"] && { tags: vcs["tags-regex"] }),
      },
    }),
    source,
  };
}

function team({ id, attributes, relationships }: schema.Team, { organization, users, source }: About): TerraformCloudObservation | string {
  const of = relationships?.organization?.data?.id ?? organization;
  if (of === undefined) return NAMELESS;
  const ids = relationships?.users?.data;
  const names = ids?.map((user) => users.get(user.id));
  const members = names?.every((name) => name !== undefined) ? (names as readonly string[]) : undefined;
  const access = attributes["organization-access"];
  return {
    kind: "terraform-cloud/team",
    organization: of,
    id,
    name: attributes.name,
    ...(members && { members }),
    managesWorkspaces: attributes.name === "owners" || access?.["manage-workspaces"] === true || access?.["manage-projects"] === true,
    source,
  };
}

/** Fixed sets of permissions (HCP Terraform, "Permissions", Fixed Permission Sets): read, plan, write, admin; custom ones say what they hold. */
function runsOf(access: string, custom: "read" | "plan" | "apply" | undefined): TfcAccess["runs"] {
  if (access === "custom") return custom ?? "read";
  return access === "read" ? "read" : access === "plan" ? "plan" : "apply";
}

/** By the type that JSON:API writes. */
export const TYPES: Readonly<Record<string, { readonly what: string; readonly give: Give }>> = {
  workspaces: { what: "workspaces", give: with_(schema.Workspace, workspace) },
  projects: {
    what: "projects",
    give: with_(schema.Project, ({ id, attributes, relationships }, { organization, source }) => {
      const of = relationships?.organization?.data?.id ?? organization;
      return of === undefined ? NAMELESS : { kind: "terraform-cloud/project", organization: of, id, name: attributes.name, source };
    }),
  },
  teams: { what: "teams", give: with_(schema.Team, team) },
  "team-workspaces": {
    what: "team access",
    give: with_(schema.TeamWorkspace, ({ attributes: { access, runs }, relationships }, { source }) => ({
      kind: "terraform-cloud/access",
      team: relationships.team.data.id,
      of: relationships.workspace.data.id,
      runs: runsOf(access, runs),
      isAdmin: access === "admin",
      source,
    })),
  },
  "team-projects": {
    what: "team project access",
    give: with_(schema.TeamProject, ({ attributes, relationships }, { source }) => ({
      kind: "terraform-cloud/access",
      team: relationships.team.data.id,
      of: relationships.project.data.id,
      runs: runsOf(attributes.access, attributes["workspace-access"]?.runs),
      isAdmin: attributes.access === "admin" || attributes.access === "maintain",
      source,
    })),
  },
  "run-triggers": {
    what: "run triggers",
    give: with_(schema.RunTrigger, ({ relationships }, { source }) => ({
      kind: "terraform-cloud/run-trigger",
      workspace: relationships.workspace.data.id,
      after: relationships.sourceable.data.id,
      source,
    })),
  },
  vars: {
    what: "variables",
    give: with_(schema.Variable, ({ attributes, relationships }, { of, source }) => {
      const set = relationships?.varset?.data?.id ?? (of?.startsWith("varset-") ? of : undefined);
      const owner = relationships?.configurable?.data?.id ?? relationships?.workspace?.data?.id ?? of;
      if (set === undefined && owner === undefined) return "nothing says which workspace it is of: store the answer under a manifest";
      return {
        kind: "terraform-cloud/variable",
        key: attributes.key,
        category: attributes.category,
        isSensitive: attributes.sensitive,
        ...(set !== undefined ? { set } : { workspace: owner as string }),
        source,
      };
    }),
  },
  varsets: {
    what: "variable sets",
    give: with_(schema.VariableSet, ({ id, attributes, relationships }, { organization, source }) => {
      const of = relationships?.organization?.data?.id ?? organization;
      if (of === undefined) return NAMELESS;
      const ids = (list: { data?: readonly { id: string }[] | null | undefined } | undefined): readonly string[] =>
        (list?.data ?? []).map((one) => one.id);
      return {
        kind: "terraform-cloud/variable-set",
        organization: of,
        id,
        name: attributes.name,
        isGlobal: attributes.global,
        workspaces: ids(relationships?.workspaces),
        projects: ids(relationships?.projects),
        source,
      };
    }),
  },
};
