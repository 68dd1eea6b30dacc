// Inventories in their three forms → hosts and groups: INI, YAML, and the settings of a plugin that makes hosts elsewhere.
import { isObject, type JsonObject } from "../../lib/json.ts";
import type { AnsibleConnection, AnsibleHost, AnsibleInventoryGroup } from "../../model/observations/ansible.ts";
import { inside, type Source } from "../../model/source.ts";
import { connectionOf } from "./connection.ts";
import { type Line, type Section, sectionsOf, settingOf, wordsOf } from "./ini.ts";
import { expand } from "./ranges.ts";

type Fingerprint = (secret: string) => string;

export interface Contents {
  readonly hosts: readonly AnsibleHost[];
  readonly groups: readonly AnsibleInventoryGroup[];
  readonly problems: readonly { readonly why: string; readonly source: Source }[];
}

type Group = { readonly source: Source; readonly hosts: string[]; readonly children: string[]; vars: AnsibleConnection };

function building() {
  const hosts = new Map<string, AnsibleHost>();
  const groups = new Map<string, Group>();
  const problems: { why: string; source: Source }[] = [];
  const group = (name: string, source: Source): Group => {
    const known = groups.get(name) ?? { source, hosts: [], children: [], vars: {} };
    groups.set(name, known);
    return known;
  };
  /** A host that stands twice is one host, with the variables of both. */
  const add = (written: string, into: string, vars: AnsibleConnection, source: Source): void => {
    const names = expand(written);
    if (names === undefined) return void problems.push({ why: `${written} is no host name and no range that was understood`, source });
    const members = group(into, source).hosts;
    for (const name of names) {
      const known = hosts.get(name);
      hosts.set(name, { ...known, ...vars, name, source: known?.source ?? source });
      members.push(name);
    }
  };
  const contents = (): Contents => ({
    hosts: [...hosts.values()],
    groups: [...groups].map(([name, { source, ...rest }]) => ({ name, ...rest, source })),
    problems,
  });
  return { group, add, problems, contents };
}

/** `web1:2222` has its port after the name; ranges and IPv6 addresses have colons of their own. */
const withoutPort = (name: string): string => (/^[^[\]:]+:\d+$/.test(name) ? name.slice(0, name.lastIndexOf(":")) : name);

const isWord = (word: string): boolean => /^[^\s=]+$/.test(word);
const isAssignment = (word: string): boolean => /^[A-Za-z_]\w*=/.test(word);

function isHostLine({ text }: Line): boolean {
  const [host, ...rest] = wordsOf(text);
  return host !== undefined && isWord(host) && rest.every(isAssignment);
}

const partOf = (section: Section): "hosts" | "children" | "vars" | undefined => {
  const kind = /:(\w+)$/.exec(section.name)?.[1];
  return kind === undefined ? "hosts" : kind === "children" || kind === "vars" ? kind : undefined;
};

/**
 * Whether text is an inventory: every line fits its section, and something says that it is Ansible's: a `:children` or `:vars` section, a connection
 * variable, a range, or (`isLikely`) where it stands.
 */
export function isIniInventory(text: string, isLikely: boolean): boolean {
  if (text.length > 4_000_000 || !/^\s*(?:[[#;]|[\w.-]+(?:\s|$))/.test(text)) return false;
  const sections = sectionsOf(text);
  if (sections.every((section) => section.name === "" && !isLikely)) return false;
  const fits = sections.every((section) => {
    const part = partOf(section);
    if (part === undefined || /\s/.test(section.name)) return false;
    return section.lines.every((line) => (part === "vars" ? settingOf(line.text) !== undefined : isHostLine(line)));
  });
  return fits && (isLikely || sections.some((section) => partOf(section) !== "hosts") || /\bansible_\w+\s*=|\[\w+:\w+\]\S/.test(text));
}

/** Source: ansible.builtin.ini inventory plugin, notes and examples. */
export function readIni(text: string, file: string, fingerprint: Fingerprint): Contents {
  const builder = building();
  for (const section of sectionsOf(text)) {
    const at: Source = { file, line: section.number };
    const name = section.name.replace(/:\w+$/, "");
    const part = partOf(section);
    if (part === "children") for (const line of section.lines) builder.group(name, at).children.push(wordsOf(line.text)[0] as string);
    else if (part === "vars") {
      const vars = Object.fromEntries(section.lines.flatMap((line) => [settingOf(line.text) ?? []].filter((one) => one.length === 2)));
      const group = builder.group(name, at);
      group.vars = { ...group.vars, ...connectionOf(vars, fingerprint) };
    } else {
      if (name !== "") builder.group(name, at);
      for (const line of section.lines) {
        const [host = "", ...rest] = wordsOf(line.text);
        const vars = Object.fromEntries(rest.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]));
        builder.add(withoutPort(host), name === "" ? "ungrouped" : name, connectionOf(vars, fingerprint), { file, line: line.number });
      }
    }
  }
  return builder.contents();
}

const MEMBERS: ReadonlySet<string> = new Set(["hosts", "children", "vars"]);

const isGroup = (value: unknown): boolean =>
  value === null ||
  (isObject(value) &&
    Object.entries(value).every(
      ([key, member]) => MEMBERS.has(key) && (member === null || isObject(member) || (key === "hosts" && typeof member === "string")),
    ));

/** Groups at the top, each with hosts, children and vars alone. */
export const isYamlInventory = (document: unknown): document is JsonObject =>
  isObject(document) &&
  Object.keys(document).length > 0 &&
  Object.values(document).every(isGroup) &&
  Object.values(document).some((group) => isObject(group) && ("hosts" in group || "children" in group)) &&
  // The plane of a cluster writes no such thing: neither kinds nor versions stand among groups.
  !("kind" in document || "apiVersion" in document);

export function readYaml(document: JsonObject, source: Source, fingerprint: Fingerprint): Contents {
  const builder = building();
  const read = (name: string, value: unknown, at: Source): void => {
    const group = builder.group(name, at);
    if (!isObject(value)) return;
    const { hosts, children, vars } = value as { hosts?: unknown; children?: unknown; vars?: unknown };
    if (typeof hosts === "string") builder.add(hosts, name, {}, inside(at, "hosts"));
    for (const [host, own] of isObject(hosts) ? Object.entries(hosts) : [])
      builder.add(withoutPort(host), name, connectionOf(isObject(own) ? own : {}, fingerprint), inside(at, "hosts", host));
    if (isObject(vars)) group.vars = { ...group.vars, ...connectionOf(vars, fingerprint) };
    for (const [child, below] of isObject(children) ? Object.entries(children) : []) {
      group.children.push(child);
      if (isGroup(below)) read(child, below, inside(at, "children", child));
      else builder.problems.push({ why: `${child} is no group`, source: inside(at, "children", child) });
    }
  };
  for (const [name, value] of Object.entries(document)) read(name, value, inside(source, name));
  return builder.contents();
}

/** Plugins that make an inventory (Ansible, "Index of all inventory plugins"), with or without their collection. */
const PLUGINS =
  /(?:^|\.)(?:aws_ec2|aws_rds|azure_rm|gcp_compute|openstack|vmware_vm_inventory|vmware_vms|nb_inventory|nb_device_inventory|constructed|advanced_host_list|host_list|generator|script|toml|docker_(?:containers|machine|swarm)|hcloud|linode|proxmox|scaleway|digitalocean|vultr|foreman|satellite|controller|tower|k8s|openshift|kubevirt|now|cobbler|lxd|nmap|gitlab_runners|terraform_(?:state|provider)|stackpath_compute|virtualbox|icinga2|online|opennebula|xen_orchestra)$/;

export const pluginOf = (document: unknown): string | undefined => {
  const plugin = isObject(document) ? document["plugin"] : undefined;
  return typeof plugin === "string" && PLUGINS.test(plugin) ? plugin : undefined;
};

/** What `ansible-inventory --list` prints: groups with lists of hosts and children, and the variables of hosts under `_meta`. */
export const isListing = (document: unknown): document is JsonObject =>
  isObject(document) && isObject(document["_meta"]) && isObject(document["_meta"]["hostvars"]);

export function readListing(document: JsonObject, source: Source, fingerprint: Fingerprint): Contents {
  const builder = building();
  const meta = isObject(document["_meta"]) && isObject(document["_meta"]["hostvars"]) ? document["_meta"]["hostvars"] : {};
  const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((one) => typeof one === "string") : []);
  for (const [name, value] of Object.entries(document)) {
    if (name === "_meta") continue;
    const at = inside(source, name);
    const group = builder.group(name, at);
    if (!isObject(value)) continue;
    group.children.push(...texts(value["children"]));
    for (const host of texts(value["hosts"])) {
      const vars = meta[host];
      builder.add(host, name, connectionOf(isObject(vars) ? vars : {}, fingerprint), at);
    }
  }
  return builder.contents();
}
