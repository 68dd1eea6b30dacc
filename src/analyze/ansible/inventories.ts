// Inventories as Ansible puts them together: the files of a folder, groups of groups, and the variables of hosts and groups from every place.
import type { AnsibleConnection, AnsibleInventory, AnsibleVariables, AnsibleVaulted } from "../../model/observations/ansible.ts";
import type { Source } from "../../model/source.ts";
import { once } from "../kubernetes/once.ts";
import type { PlaneInput } from "../plane.ts";
import type { Hosts } from "./patterns.ts";

export interface Inventory extends Hosts {
  readonly project: string;
  /** The folder or file that `-i` names. */
  readonly root: string;
  /** `inventory inventories/prod of acme/infra`. */
  readonly label: string;
  readonly connection: (host: string) => AnsibleConnection;
  /** Given: more hosts than the files hold, and why. */
  readonly unknown?: string;
  readonly source: Source;
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** Files of one folder are one inventory, since `-i FOLDER` takes them all; a file is one by itself too. */
export const inventoriesOf = once((input: PlaneInput): readonly Inventory[] => {
  const all = input.observations("ansible/inventory");
  const variables = input.observations("ansible/variables");
  const files = all.map((one) =>
    inventoryOf(one.project, one.path, [one, ...(one.plugin === undefined ? [] : listingsBeside(one, all))], variables),
  );
  const folders = [
    ...Map.groupBy(
      all.filter((one) => one.path.includes("/")),
      (one) => `${one.project}\n${folderOf(one.path)}`,
    ).values(),
  ]
    .filter((each) => !(each[0] as AnsibleInventory).project.startsWith("awx:"))
    .map((each) => inventoryOf((each[0] as AnsibleInventory).project, folderOf((each[0] as AnsibleInventory).path), each, variables));
  return [...files, ...folders];
});

/** Hosts that a plugin made are in what was listed, where that was stored beside its settings. */
const listingsBeside = (one: AnsibleInventory, all: readonly AnsibleInventory[]): readonly AnsibleInventory[] =>
  all.filter((each) => each.isListed === true && each.project === one.project && folderOf(each.path) === folderOf(one.path));

function inventoryOf(project: string, root: string, parts: readonly AnsibleInventory[], variables: readonly AnsibleVariables[]): Inventory {
  const members = membersOf(parts);
  const names = [
    ...new Set(parts.flatMap((part) => [...part.hosts.map((host) => host.name), ...part.groups.flatMap((group) => group.hosts)])),
  ];
  const first = parts[0] as AnsibleInventory;
  const beside = first.path === root ? folderOf(root) : root;
  const own = variables.filter((one) => one.project === project && one.of !== "file" && (one.beside === beside || one.beside === ""));
  const isListed = parts.some((part) => part.isListed === true);
  const plugins = isListed ? [] : parts.flatMap((part) => part.plugin ?? []);
  return {
    project,
    root,
    label: `inventory ${root} of ${project}`,
    all: names,
    group: (name) => (name === "all" ? names : members.get(name)),
    groupNames: ["all", ...members.keys()],
    connection: (host) => connectionOf(host, parts, members, own),
    ...(plugins.length > 0 && { unknown: `${plugins.join(" and ")} makes hosts of ${root} that no file holds` }),
    source: first.source,
  };
}

function membersOf(parts: readonly AnsibleInventory[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, { hosts: string[]; children: string[] }>();
  for (const { groups: own } of parts)
    for (const { name, hosts, children } of own) {
      const known = groups.get(name) ?? { hosts: [], children: [] };
      groups.set(name, { hosts: [...known.hosts, ...hosts], children: [...known.children, ...children] });
    }
  // A group that is a child of another, and stands nowhere else, is there all the same.
  for (const { children } of [...groups.values()])
    for (const child of children) if (!groups.has(child)) groups.set(child, { hosts: [], children: [] });
  const below = (name: string): readonly string[] => {
    const seen = new Set([name]);
    for (const at of seen) for (const child of groups.get(at)?.children ?? []) seen.add(child);
    return [...new Set([...seen].flatMap((each) => groups.get(each)?.hosts ?? []))];
  };
  return new Map([...groups.keys()].filter((name) => name !== "all").map((name) => [name, below(name)]));
}

/** Groups of a host, `all` first: later ones win over it, and the host's own over all (Ansible, "Using variables", precedence). */
function connectionOf(
  host: string,
  parts: readonly AnsibleInventory[],
  members: ReadonlyMap<string, readonly string[]>,
  variables: readonly AnsibleVariables[],
): AnsibleConnection {
  const isOf = (group: string): boolean => group === "all" || members.get(group)?.includes(host) === true;
  const groups = parts.flatMap((part) => part.groups.filter((group) => isOf(group.name)));
  const files = variables.filter((one) => (one.of === "host" ? one.name === host : isOf(one.name)));
  const layers: readonly AnsibleConnection[] = [
    ...groups.filter((group) => group.name === "all").map((group) => group.vars),
    ...files.filter((one) => one.name === "all" && one.of === "group").map((one) => one.vars),
    ...groups.filter((group) => group.name !== "all").map((group) => group.vars),
    ...files.filter((one) => one.name !== "all" && one.of === "group").map((one) => one.vars),
    ...parts.flatMap((part) => part.hosts.filter((one) => one.name === host).map(({ name: _, source: __, ...rest }) => rest)),
    ...files.filter((one) => one.of === "host").map((one) => one.vars),
  ];
  return Object.assign({}, ...layers) as AnsibleConnection;
}

/** What is encrypted for which hosts of an inventory. */
export function vaultedFor(
  input: PlaneInput,
  inventory: Inventory,
): readonly { readonly vaulted: AnsibleVaulted; readonly hosts: readonly string[]; readonly path: string }[] {
  const beside = [inventory.root, folderOf(inventory.root), ""];
  return input
    .observations("ansible/variables")
    .filter((one) => one.project === inventory.project && one.of !== "file" && beside.includes(one.beside))
    .flatMap((one) => {
      const hosts = one.of === "host" ? inventory.all.filter((name) => name === one.name) : (inventory.group(one.name) ?? []);
      return hosts.length === 0 ? [] : one.vaulted.map((vaulted) => ({ vaulted, hosts, path: one.path }));
    });
}

/** A path as a command writes it, seen from a folder that the files do not tell. */
export const namesPath = (written: string, path: string): boolean => {
  const clean = written.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "");
  return clean !== "" && (path === clean || path.endsWith(`/${clean}`) || clean.endsWith(`/${path}`));
};
