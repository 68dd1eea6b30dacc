// The Ansible collector: inventories, variables, playbooks, settings and requirements of a project, and exports of AWX → observations.
import { isObject } from "../../lib/json.ts";
import type { Source } from "../../model/source.ts";
import type { Collector, CollectorContext, ObservationSink, ParsedFile } from "../collector.ts";
import { isExport, mapExport } from "./awx.ts";
import { configurationOf, isConfiguration } from "./configuration.ts";
import { connectionOf, vaultedIn, vaultIdOf } from "./connection.ts";
import { type Contents, isIniInventory, isListing, isYamlInventory, readListing, pluginOf, readIni, readYaml } from "./inventory.ts";
import { type Placed, placeOf } from "./path.ts";
import { inTasks, isPlaybook, isTaskList, readPlaybook } from "./playbook.ts";
import { isRequirements, mapRequirements } from "./requirements.ts";
import { ansibleGap } from "./topics.ts";

export const collector: Collector = {
  system: "ansible",
  reads: [
    "Inventories in INI and YAML, with ranges, groups of groups, and variables of hosts and groups; settings of inventory plugins",
    "group_vars, host_vars and files of variables: how hosts are reached, and which vault encrypts what",
    "Playbooks and task lists: hosts, become, delegate_to, imports, roles",
    "ansible.cfg: inventories, vault passwords by their ids, keys; requirements.yml: roles and collections",
    "Exports of AWX and Automation Controller (awx export): job templates, projects, inventories",
  ],
  permissions: [
    "to read the repository; no password and no key: what a vault encrypts is never decrypted",
    "AWX: awx export --job_templates --projects --inventory as an auditor of the system (role System Auditor)",
  ],
  cannotSee: [
    "hosts of dynamic inventories, scripts and plugins (A1, P1): collect what ansible-inventory --list prints",
    "what roles and modules do on a host (P4)",
    "what a vault holds, and who knows its password (B5)",
    "who may launch a job template, and workflows with approvals of AWX (P2)",
  ],
  recognize,
  map,
  denied: (call, error, scope) => [ansibleGap("ansible/inventory", scope.project ?? call, call, error)],
};

const isOurs = (file: ParsedFile): boolean =>
  file.scope === undefined || ["ansible", "github", "gitlab", "azure", "jenkins"].includes(file.scope.system);

const VARIABLES = /(?:^|\/)(group_vars|host_vars)\/(?:([^/]+)\/.+|([^/]+?))(?:\.(?:ya?ml|json))?$/;

/** A folder of inventories, or a file called so: what makes a bare list of hosts an inventory. */
const isLikely = (file: ParsedFile): boolean =>
  /(?:^|\/)(?:inventor\w*|hosts)(?:\/[^/]*)*(?:\.(?:ini|cfg))?$/.test(file.path) && !VARIABLES.test(file.path);

function recognize(document: unknown, file: ParsedFile): string | undefined {
  if (!isOurs(file)) return undefined;
  if (typeof document === "string") return recognizeText(document, file);
  if (isPlaybook(document)) return "playbook";
  if (isTaskList(document, file.path)) return "task list";
  if (isExport(document)) return "AWX export";
  if (isRequirements(document)) return "requirements";
  if (!isObject(document)) return undefined;
  if (isListing(document)) return "listing";
  if (VARIABLES.test(file.path)) return "variables";
  if (isYamlInventory(document)) return "inventory";
  if (pluginOf(document) !== undefined) return "inventory plugin";
  return Object.values(document).some((value) => typeof value === "string" && vaultIdOf(value) !== undefined) ? "variables" : undefined;
}

function recognizeText(text: string, file: ParsedFile): string | undefined {
  if (vaultIdOf(text) !== undefined) return "vault";
  if (file.format !== "text" || file.path.endsWith(".csv")) return undefined;
  if (isConfiguration(text)) return "configuration";
  return isIniInventory(text, isLikely(file)) ? "inventory" : undefined;
}

function map(document: unknown, index: number, file: ParsedFile, sink: ObservationSink, { fingerprint }: CollectorContext): void {
  const what = recognize(document, file);
  const isText = file.format === "text";
  const source: Source = isText ? { file: file.path } : { file: file.path, ...(index > 0 && { document: index }), pointer: "" };
  if (what === "AWX export" && isObject(document)) return mapExport(document, source, sink, fingerprint);
  const placed = placeOf(file);
  if (placed === undefined) {
    const why = "nothing says which project it is from: give the input a scope with project: ORG/NAME";
    return sink.gap(ansibleGap("ansible/scope", file.path, `the ${what} ${file.path}`, why, source));
  }
  const about = { ...placed, source };
  if (what === "inventory") {
    const contents =
      typeof document === "string"
        ? readIni(document, file.path, fingerprint)
        : isObject(document)
          ? readYaml(document, source, fingerprint)
          : undefined;
    if (contents) inventory(contents, about, sink);
  } else if (what === "listing" && isObject(document)) inventory(readListing(document, source, fingerprint), about, sink, true);
  else if (what === "inventory plugin")
    sink.observation({ kind: "ansible/inventory", ...about, hosts: [], groups: [], plugin: pluginOf(document) as string });
  else if (what === "configuration" && typeof document === "string") sink.observation(configurationOf(document, about));
  else if (what === "requirements" && isRequirements(document)) mapRequirements(document, placed, source, sink);
  else if (what === "task list") sink.observation({ kind: "ansible/tasks", ...about, ...inTasks(document) });
  else if (what === "playbook" && isPlaybook(document)) {
    const { parts, problems } = readPlaybook(document, source);
    for (const { why, source: at } of problems)
      sink.gap(ansibleGap("ansible/playbook", placed.project, `a play of ${placed.path}`, why, at));
    sink.observation({ kind: "ansible/playbook", ...about, parts });
  } else variables(document, about, sink, fingerprint);
}

type About = Placed & { readonly source: Source };

function inventory({ hosts, groups, problems }: Contents, about: About, sink: ObservationSink, isListed = false): void {
  for (const { why, source } of problems)
    sink.gap(ansibleGap("ansible/inventory", `${about.project}/${about.path}`, `inventory ${about.path} of ${about.project}`, why, source));
  sink.observation({ kind: "ansible/inventory", ...about, hosts, groups, ...(isListed && { isListed }) });
}

function variables(document: unknown, about: About, sink: ObservationSink, fingerprint: (secret: string) => string): void {
  const found = VARIABLES.exec(about.path);
  const name = found?.[2] ?? found?.[3] ?? about.path;
  sink.observation({
    kind: "ansible/variables",
    ...about,
    of: found === null ? "file" : found[1] === "group_vars" ? "group" : "host",
    name: name.replace(/\.(?:ya?ml|json)$/, ""),
    beside: found === null ? "" : about.path.slice(0, about.path.lastIndexOf(`${found[1] as string}/`)).replace(/\/$/, ""),
    vars: isObject(document) ? connectionOf(document, fingerprint) : {},
    vaulted: vaultedIn(document, about.source),
  });
}
