// An export of AWX or Automation Controller (`awx export`) → job templates with their projects, and inventories.
import { isObject, type JsonObject } from "../../lib/json.ts";
import type { AnsibleConnection, AwxJobTemplate } from "../../model/observations/ansible.ts";
import { inside, type Source } from "../../model/source.ts";
import type { ObservationSink } from "../collector.ts";
import { connectionOf } from "./connection.ts";
import { AwxInventory, AwxProject, JobTemplate } from "./schema.ts";
import { ansibleGap } from "./topics.ts";

type Fingerprint = (secret: string) => string;

const LISTS = ["job_templates", "projects", "inventory"] as const;

/** Lists of resources, each of which names itself by its natural key. */
export const isExport = (document: unknown): document is JsonObject =>
  isObject(document) &&
  LISTS.some(
    (list) =>
      Array.isArray(document[list]) && (document[list] as readonly unknown[]).some((item) => isObject(item) && "natural_key" in item),
  );

const listOf = (document: JsonObject, name: string): readonly unknown[] => (Array.isArray(document[name]) ? document[name] : []);

export function mapExport(document: JsonObject, source: Source, sink: ObservationSink, fingerprint: Fingerprint): void {
  const projects = listOf(document, "projects").flatMap((item) => AwxProject.safeParse(item).data ?? []);
  for (const [index, item] of listOf(document, "job_templates").entries()) {
    const at = inside(source, "job_templates", index);
    const parsed = JobTemplate.safeParse(item);
    if (parsed.success) sink.observation(templateOf(parsed.data, projects, at));
    else sink.gap(ansibleGap("ansible/job-template", source.file, "a job template", parsed.error.issues[0]?.message ?? "another form", at));
  }
  for (const [index, item] of listOf(document, "inventory").entries()) {
    const at = inside(source, "inventory", index);
    const parsed = AwxInventory.safeParse(item);
    if (parsed.success) inventoryOf(parsed.data, at, sink, fingerprint);
    else sink.gap(ansibleGap("ansible/inventory", source.file, "an inventory", parsed.error.issues[0]?.message ?? "another form", at));
  }
}

function templateOf(template: JobTemplate, projects: readonly AwxProject[], source: Source): AwxJobTemplate {
  const project = projects.find((one) => one.name === template.project?.name);
  const branch = template.scm_branch || project?.scm_branch;
  const asks = (["inventory", "limit", "variables", "scm_branch", "credential"] as const)
    .filter((what) => template[`ask_${what}_on_launch`] === true)
    .map((what) => (what === "scm_branch" ? "branch" : what));
  return {
    kind: "ansible/job-template",
    organization: template.project?.organization?.name ?? template.inventory?.organization?.name ?? "Default",
    name: template.name,
    playbook: template.playbook,
    ...(template.inventory && { inventory: template.inventory.name }),
    ...(template.limit && { limit: template.limit }),
    become: template.become_enabled === true,
    isCheck: template.job_type === "check",
    ...(project?.scm_url && { scm: { url: project.scm_url, ...(branch && { branch }) } }),
    credentials: (template.related?.credentials ?? []).map(({ name, credential_type }) => ({
      name,
      kind: credential_type?.kind ?? credential_type?.name ?? "unknown",
    })),
    asks,
    source,
  };
}

function varsOf(variables: unknown, fingerprint: Fingerprint): AnsibleConnection {
  if (isObject(variables)) return connectionOf(variables, fingerprint);
  if (typeof variables !== "string" || !variables.trimStart().startsWith("{")) return {};
  try {
    const read: unknown = JSON.parse(variables);
    return isObject(read) ? connectionOf(read, fingerprint) : {};
  } catch {
    return {};
  }
}

/** Its project is `awx:ORGANIZATION`, its path its name: so job templates find it. */
function inventoryOf({ name, organization, related }: AwxInventory, source: Source, sink: ObservationSink, fingerprint: Fingerprint): void {
  const hosts = (related?.hosts ?? []).map((host, index) => ({
    ...varsOf(host.variables, fingerprint),
    name: host.name,
    source: inside(source, "related", "hosts", index),
  }));
  const groups = (related?.groups ?? []).map((group, index) => ({
    name: group.name,
    hosts: (group.related?.hosts ?? []).map((one) => one.name),
    children: (group.related?.children ?? []).map((one) => one.name),
    vars: {},
    source: inside(source, "related", "groups", index),
  }));
  const sources = related?.inventory_sources ?? [];
  const project = `awx:${organization?.name ?? "Default"}`;
  sink.observation({
    kind: "ansible/inventory",
    project,
    path: name,
    hosts,
    groups,
    ...(sources.length > 0 && { plugin: sources.map((one) => one.name).join(", ") }),
    source,
  });
}
