// Each answer of the REST API: which call asks it, and what its items become.
import type { z } from "zod";
import { isObject } from "../../lib/json.ts";
import type { AzureObservation } from "../../model/observations/azure.ts";
import { inside, type Source } from "../../model/source.ts";
import type { ObservationSink } from "../collector.ts";
import { type Called, idOf } from "./call.ts";
import * as map from "./map.ts";
import * as schema from "./schema.ts";
import { azureGap, type Topic } from "./topics.ts";

export interface Shape {
  readonly name: string;
  readonly topic: Topic;
  /** As it is asked, below `https://dev.azure.com/`. */
  readonly example: string;
  readonly path: RegExp;
  readonly isList: boolean;
  /** What an empty list answers is told apart by what it was asked about. */
  readonly about?: (called: Called) => string;
  readonly read: (item: unknown, of: map.Of, source: Source) => readonly AzureObservation[] | string;
}

const with_ =
  <T>(wire: z.ZodType<T>, mapper: (item: T, of: map.Of, source: Source) => readonly AzureObservation[]): Shape["read"] =>
  (item, of, source) => {
    const parsed = wire.safeParse(item);
    if (parsed.success) return mapper(parsed.data, of, source);
    const issue = parsed.error.issues[0];
    return `${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? "it has another form"}`;
  };

const shape = (
  name: string,
  topic: Topic,
  example: string,
  path: RegExp,
  read: Shape["read"],
  isList = true,
  about?: Shape["about"],
): Shape => ({
  name,
  topic,
  example,
  path,
  isList,
  read,
  ...(about && { about }),
});

const resource = (called: Called): string =>
  `#${(called.query.get("resourceType") ?? "").toLowerCase()}/${called.query.get("resourceId") ?? ""}`;

export const SHAPES: readonly Shape[] = [
  shape("project", "azure/project", "ORG/_apis/projects/PROJECT", /^projects\/[^/]+$/, with_(schema.Project, map.project), false),
  shape(
    "repositories",
    "azure/repository",
    "ORG/PROJECT/_apis/git/repositories",
    /^git\/repositories$/,
    with_(schema.Repository, map.repository),
  ),
  shape(
    "pipelines",
    "azure/definition",
    "ORG/PROJECT/_apis/build/definitions?includeAllProperties=true",
    /^build\/definitions$/,
    with_(schema.Definition, map.definition),
  ),
  shape(
    "environments",
    "azure/environment",
    "ORG/PROJECT/_apis/distributedtask/environments",
    /^(?:distributedtask|pipelines)\/environments$/,
    with_(schema.Environment, map.environment),
  ),
  shape(
    "checks",
    "azure/check",
    "ORG/PROJECT/_apis/pipelines/checks/configurations?resourceType=environment&resourceId=ID&$expand=settings",
    /^pipelines\/checks\/configurations$/,
    with_(schema.Check, map.check),
    true,
    resource,
  ),
  shape(
    "pipeline permissions",
    "azure/permission",
    "ORG/PROJECT/_apis/pipelines/pipelinepermissions/environment/ID",
    /^pipelines\/pipelinepermissions\/[^/]+\/[^/]+$/i,
    with_(schema.Permission, map.permission),
    false,
  ),
  shape(
    "service connections",
    "azure/connection",
    "ORG/PROJECT/_apis/serviceendpoint/endpoints",
    /^serviceendpoint\/endpoints$/,
    with_(schema.Connection, map.connection),
  ),
  shape(
    "variable groups",
    "azure/variable-group",
    "ORG/PROJECT/_apis/distributedtask/variablegroups",
    /^distributedtask\/variablegroups$/,
    with_(schema.VariableGroup, map.variableGroup),
  ),
  shape(
    "agent queues",
    "azure/queue",
    "ORG/PROJECT/_apis/distributedtask/queues",
    /^distributedtask\/queues$/,
    with_(schema.Queue, map.queue),
  ),
  shape(
    "branch policies",
    "azure/branch-policy",
    "ORG/PROJECT/_apis/policy/configurations",
    /^policy\/configurations$/,
    with_(schema.Policy, map.policy),
  ),
  shape(
    "settings",
    "azure/settings",
    "ORG/PROJECT/_apis/build/generalsettings",
    /^build\/generalsettings$/,
    with_(schema.Settings, map.settings),
    false,
  ),
  shape("users", "azure/member", "ORG/_apis/graph/users (host vssps.dev.azure.com)", /^graph\/users$/i, with_(schema.User, map.user)),
  shape("groups", "azure/member", "ORG/_apis/graph/groups (host vssps.dev.azure.com)", /^graph\/groups$/i, with_(schema.Group, map.group)),
  shape(
    "memberships",
    "azure/member",
    "ORG/_apis/graph/memberships/GROUP?direction=down (host vssps.dev.azure.com)",
    /^graph\/memberships\/[^/]+$/i,
    with_(schema.Membership, map.membership),
    true,
    (called) => `#${called.rest.split("/").at(-1) ?? ""}`,
  ),
  shape(
    "identities",
    "azure/access",
    "ORG/_apis/identities?descriptors=… (host vssps.dev.azure.com)",
    /^identities$/i,
    with_(schema.Identity, map.identity),
  ),
  shape(
    "access control lists",
    "azure/access",
    "ORG/_apis/accesscontrollists/NAMESPACE?includeExtendedInfo=true",
    /^accesscontrollists\/[^/]+$/i,
    with_(schema.AccessList, map.accessList),
    true,
    (called) => `#${called.rest.split("/")[1]?.toLowerCase() ?? ""}`,
  ),
  shape(
    "deployments",
    "azure/deployment",
    "ORG/PROJECT/_apis/distributedtask/environments/ID/environmentdeploymentrecords",
    /^(?:distributedtask|pipelines)\/environments\/[^/]+\/environmentdeploymentrecords$/,
    with_(schema.DeploymentRecord, map.deployment),
    true,
    (called) => `#environment/${called.rest.split("/")[2] ?? ""}`,
  ),
  shape("runs", "azure/deployment", "ORG/PROJECT/_apis/build/builds", /^build\/builds$/, with_(schema.Run, map.run)),
];

export const shapeOf = (called: Called | undefined): Shape | undefined => called && SHAPES.find((one) => one.path.test(called.rest));

export function mapAnswer(found: Shape, document: unknown, called: Called, source: Source, sink: ObservationSink): void {
  const { organization, project = "" } = called;
  const subject = idOf(organization, called.project);
  const bad = (why: string, at: Source): void =>
    sink.gap(azureGap(found.topic, subject, `${found.name} of ${project || organization}`, why, at));
  const value = isObject(document) ? document["value"] : undefined;
  if (found.isList !== Array.isArray(value) || !isObject(document))
    return bad("the answer has not the form that Azure DevOps documents", source);
  const items: readonly unknown[] = found.isList ? (value as readonly unknown[]) : [document];
  for (const [index, item] of items.entries()) {
    // An identity that nobody knows is null in its place (REST API, "Identities - Read Identities").
    if (item === null) continue;
    const at = found.isList ? inside(source, "value", index) : source;
    const read = found.read(item, { organization, project, called }, at);
    if (typeof read === "string") bad(read, at);
    else for (const one of read) sink.observation(one);
  }
  const of = `${organization}${called.project === undefined ? "" : `/${project}`}${found.about?.(called) ?? ""}`;
  sink.observation({ kind: "azure/answered", organization, what: found.name, of, source });
}
