// The answers this collector reads: the calls they answer, what they look like without one, and what they say.
import type { z } from "zod";
import { isObject } from "../../lib/json.ts";
import type { GitlabObservation } from "../../model/observations/gitlab.ts";
import type { Source } from "../../model/source.ts";
import type { Called } from "./call.ts";
import * as map from "./map.ts";
import * as history from "./map-history.ts";
import * as schema from "./schema.ts";
import * as past from "./schema-history.ts";
import type { Topic } from "./topics.ts";

export interface Shape {
  readonly name: string;
  /** Below `/projects/ID` or `/groups/ID`; empty: the project itself. */
  readonly path: RegExp;
  readonly in: "projects" | "groups" | "both" | "runners";
  readonly topic: Topic;
  readonly isList: boolean;
  /** Whether an answer without a call is one of these, by an item of the list or by the whole. */
  readonly looks: (item: Readonly<Record<string, unknown>>) => boolean;
  readonly read: (item: unknown, of: string, source: Source, called?: Called) => GitlabObservation | string;
}

const has =
  (...keys: readonly string[]) =>
  (item: Readonly<Record<string, unknown>>): boolean =>
    keys.every((key) => key in item);

/** The observation, or why the item does not fit. */
const with_ =
  <T extends z.ZodType>(
    form: T,
    give: (item: z.infer<T>, of: string, source: Source, called?: Called) => GitlabObservation,
  ): Shape["read"] =>
  (item, of, source, called) => {
    const parsed = form.safeParse(item);
    if (parsed.success) return give(parsed.data, of, source, called);
    const issue = parsed.error.issues[0];
    return issue === undefined ? "it has another form" : `${issue.path.join(".")}: ${issue.message}`;
  };

const list = (name: string, path: RegExp, where: Shape["in"], topic: Topic, looks: Shape["looks"], read: Shape["read"]): Shape => ({
  name,
  path,
  in: where,
  topic,
  isList: true,
  looks,
  read,
});

/** A single answer that only its call tells apart. */
const one = (name: string, path: RegExp, where: Shape["in"], topic: Topic, read: Shape["read"]): Shape => ({
  name,
  path,
  in: where,
  topic,
  isList: false,
  looks: () => false,
  read,
});

export const SHAPES: readonly Shape[] = [
  {
    name: "project",
    path: /^$/,
    in: "projects",
    topic: "gitlab/project",
    isList: false,
    looks: has("path_with_namespace", "default_branch"),
    read: with_(schema.Project, map.project),
  },
  list("members", /^members(?:\/all)?$/, "both", "gitlab/member", has("username", "access_level"), with_(schema.Member, map.member)),
  list(
    "protected branches",
    /^protected_branches$/,
    "projects",
    "gitlab/protected-branch",
    has("push_access_levels", "merge_access_levels"),
    with_(schema.ProtectedBranch, map.protectedBranch),
  ),
  list(
    "protected tags",
    /^protected_tags$/,
    "projects",
    "gitlab/protected-tag",
    has("create_access_levels"),
    with_(schema.ProtectedTag, map.protectedTag),
  ),
  list(
    "protected environments",
    /^protected_environments$/,
    "both",
    "gitlab/protected-environment",
    has("deploy_access_levels"),
    with_(schema.ProtectedEnvironment, map.protectedEnvironment),
  ),
  list(
    "environments",
    /^environments$/,
    "projects",
    "gitlab/environment",
    has("slug", "tier", "external_url"),
    with_(schema.Environment, map.environment),
  ),
  {
    name: "approval settings",
    path: /^approvals$/,
    in: "projects",
    topic: "gitlab/approval",
    isList: false,
    looks: has("merge_requests_author_approval"),
    read: with_(schema.ApprovalSettings, map.approvalSettings),
  },
  list(
    "approval rules",
    /^approval_rules$/,
    "projects",
    "gitlab/approval",
    has("rule_type", "approvals_required"),
    with_(schema.ApprovalRule, map.approvalRule),
  ),
  list(
    "variables",
    /^variables$/,
    "both",
    "gitlab/variable",
    has("variable_type", "environment_scope", "protected"),
    with_(schema.Variable, map.variable),
  ),
  list("deploy keys", /^deploy_keys$/, "projects", "gitlab/deploy-key", has("title", "can_push"), with_(schema.DeployKey, map.deployKey)),
  list("runners", /^runners$/, "projects", "gitlab/runner", has("runner_type", "description"), with_(schema.Runner, map.runner)),
  one("runner", /^$/, "runners", "gitlab/runner", with_(schema.RunnerDetails, map.runnerDetails)),
  list("files", /^repository\/tree$/, "projects", "gitlab/include", () => false, with_(schema.FileListed, map.fileListed)),
  list("projects", /^projects$/, "groups", "gitlab/project", () => false, with_(schema.ProjectListed, map.projectListed)),
  list(
    "deployments",
    /^deployments$/,
    "projects",
    "gitlab/deployment",
    has("sha", "deployable", "environment"),
    with_(past.Deployment, history.deployment),
  ),
  one("deployment", /^deployments\/\d+$/, "projects", "gitlab/deployment", with_(past.Deployment, history.deployment)),
  list(
    "merge requests of a deployment",
    /^deployments\/\d+\/merge_requests$/,
    "projects",
    "gitlab/deployment",
    () => false,
    with_(past.MergeRequest, history.mergeRequest),
  ),
  one(
    "approvals of a merge request",
    /^merge_requests\/\d+\/approvals$/,
    "projects",
    "gitlab/deployment",
    with_(past.MergeRequestApprovals, history.mergeRequestApprovals),
  ),
  one("comparison", /^repository\/compare$/, "projects", "gitlab/deployment", with_(past.Comparison, history.comparison)),
];

/** The shape of a document that no call explains. */
export const shapeByLook = (document: unknown): Shape | undefined => {
  const first: unknown = Array.isArray(document) ? document[0] : document;
  return isObject(first) ? SHAPES.find((shape) => shape.isList === Array.isArray(document) && shape.looks(first)) : undefined;
};
