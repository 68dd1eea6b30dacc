// Which playbook each job runs, with which inventory, on which hosts, and as whom: the target of a deployment that names no environment.
import type { AnsibleConfiguration, AnsiblePlay, AnsiblePlaybook, AwxJobTemplate } from "../../model/observations/ansible.ts";
import type { Source } from "../../model/source.ts";
import type { Task } from "../pipeline/model/task.ts";
import type { PlaneInput } from "../plane.ts";
import { type Command, commandsOf } from "./command.ts";
import { runId } from "./ids.ts";
import { inventoriesOf, type Inventory, namesPath } from "./inventories.ts";
import { hostsMatching } from "./patterns.ts";

/** Hosts that one run changes, and what is not known of it. */
export interface Run {
  readonly id: string;
  readonly project: string;
  readonly playbook: string;
  readonly label: string;
  readonly inventory: Inventory;
  readonly hosts: readonly Target[];
  /** Given: it may reach any host of the inventory, or others, and why. */
  readonly unknown: readonly string[];
  readonly vaults: readonly string[];
  readonly source: Source;
}

export interface Target {
  readonly name: string;
  /** It becomes root there, or comes as root. */
  readonly isRoot: boolean;
  readonly play: string;
  /** Given: only perhaps. */
  readonly because?: string | undefined;
}

export interface TaskRuns {
  readonly runs: readonly Run[];
  /** What a command names and the files do not hold. */
  readonly unresolved: readonly string[];
}

const NONE: TaskRuns = { runs: [], unresolved: [] };

const known = new WeakMap<Task, { readonly observations: PlaneInput["observations"]; readonly runs: TaskRuns }>();

export function runsOfTask(input: Pick<PlaneInput, "observations" | "charter" | "gaps">, task: Task): TaskRuns {
  const found = known.get(task);
  if (found?.observations === input.observations) return found.runs;
  const commands = task.actions.flatMap((action) => (/ansible/i.test(action.uses ?? action.text) ? commandsOf(action) : []));
  const runs = commands.length === 0 ? NONE : merged(commands.map((command) => runsOfCommand(input, task.project, command, task.source)));
  known.set(task, { observations: input.observations, runs });
  return runs;
}

const merged = (all: readonly TaskRuns[]): TaskRuns => ({
  runs: all.flatMap(({ runs }) => runs),
  unresolved: all.flatMap(({ unresolved }) => unresolved),
});

function runsOfCommand(input: PlaneInput, project: string, command: Command, source: Source): TaskRuns {
  const settings = input.observations("ansible/configuration").filter((one) => one.project === project);
  const written = command.inventories.length > 0 ? command.inventories : settings.flatMap((one) => one.inventories);
  const unresolved: string[] = [];
  if (written.length === 0) unresolved.push(`which inventory ${command.text} takes is not in the files`);
  const inventories = written.flatMap((one): readonly (readonly [Inventory, string | undefined])[] => {
    const named = inventoryNamed(input, project, one);
    if (named.length === 0) unresolved.push(`the inventory ${one} of ${command.text} was not collected`);
    return named;
  });
  const runs: Run[] = [];
  for (const playbook of command.playbooks) {
    const found = playbooksNamed(input, project, playbook);
    if (found.length === 0) unresolved.push(`the playbook ${playbook} of ${command.text} was not collected`);
    for (const [inventory, because] of inventories) {
      const of = { command, settings, because, source };
      if (found.length === 0) runs.push(runOfUnread(playbook, inventory, of));
      for (const one of found) runs.push(runOf(input, one, inventory, of));
    }
  }
  return { runs, unresolved };
}

/** Variables in a path may be anything that fits: every inventory that does is one that it may name. */
function inventoryNamed(input: PlaneInput, project: string, written: string): readonly (readonly [Inventory, string | undefined])[] {
  const own = inventoriesOf(input).filter((one) => one.project === project);
  if (written.includes(","))
    return [
      [
        adHoc(
          project,
          written.split(",").filter((name) => name !== ""),
        ),
        undefined,
      ],
    ];
  const open = /\$\{\{.*?\}\}|\$\{?\w+\}?|\$\(.*?\)/g;
  if (!written.includes("$"))
    return own
      .filter((one) => namesPath(written, one.root))
      .slice(0, 1)
      .map((one) => [one, undefined] as const);
  const clean = written
    .replaceAll(open, "\u0000")
    .replace(/^(?:\.\/)+/, "")
    .replace(/\/+$/, "");
  const parts = clean.split("\u0000").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const pattern = new RegExp(`(?:^|/)${parts.join("[^/]+")}$`);
  return own
    .filter((one) => pattern.test(one.root))
    .map((one) => [one, `which inventory ${written} is depends on a value that the files do not hold`] as const);
}

/** `-i web1.example.com,` lists hosts in the command. */
const adHoc = (project: string, names: readonly string[]): Inventory => ({
  project,
  root: names.join(","),
  label: `the hosts ${names.join(", ")}`,
  all: names,
  group: (name) => (name === "all" ? names : undefined),
  groupNames: ["all"],
  connection: () => ({}),
  source: { file: "" },
});

const playbooksNamed = (input: PlaneInput, project: string, written: string): readonly AnsiblePlaybook[] =>
  input
    .observations("ansible/playbook")
    .filter((one) => one.project === project && namesPath(written, one.path))
    .slice(0, 1);

interface Of {
  readonly command: Pick<Command, "limits" | "become" | "vaults">;
  readonly settings: readonly AnsibleConfiguration[];
  readonly because: string | undefined;
  readonly source: Source;
}

/** What stands in for a playbook that was not read: any host of the inventory, as root. */
function runOfUnread(playbook: string, inventory: Inventory, { because, source }: Of): Run {
  const why = because ?? `playbook ${playbook} was not collected`;
  return {
    id: runId(inventory.project, playbook, inventory.root),
    project: inventory.project,
    playbook,
    label: `${playbook} with ${inventory.label}`,
    inventory,
    hosts: inventory.all.map((name) => ({ name, isRoot: true, play: playbook, because: why })),
    unknown: [why],
    vaults: [],
    source,
  };
}

export function runOf(input: PlaneInput, playbook: AnsiblePlaybook, inventory: Inventory, { command, settings, because, source }: Of): Run {
  const { plays, unread } = playsOf(input, playbook);
  const limited = limitedTo(command.limits, inventory);
  const unknown = [...unread, ...(inventory.unknown === undefined ? [] : [inventory.unknown]), ...limited.unknown];
  const hosts = new Map<string, Target>();
  for (const play of plays) {
    if (play.connection === "local") continue;
    const found = hostsMatching(play.hosts, inventory);
    if (found.unknown !== undefined) unknown.push(found.unknown);
    const doubt = because ?? found.unknown ?? limited.unknown[0];
    for (const name of [...found.hosts, ...delegatesOf(play, inventory)]) {
      if (!limited.has(name) || inventory.connection(name).connection === "local") continue;
      const isRoot = isRootOn(play, inventory, name, command.become || settings.some((one) => one.become));
      const earlier = hosts.get(name);
      if (
        earlier === undefined ||
        (earlier.because !== undefined && doubt === undefined) ||
        (!earlier.isRoot && isRoot && doubt === undefined)
      )
        hosts.set(name, { name, isRoot, play: play.name, because: doubt });
    }
  }
  return {
    id: runId(inventory.project, playbook.path, inventory.root),
    project: inventory.project,
    playbook: playbook.path,
    label: `${playbook.path} with ${inventory.label}`,
    inventory,
    hosts: [...hosts.values()],
    unknown: because === undefined ? unknown : [because, ...unknown],
    vaults: [...new Set([...command.vaults, ...settings.flatMap((one) => one.vaults)].map((one) => one.id))],
    source,
  };
}

/** A task is handed to a host by its name; one that a value decides could be any. */
const delegatesOf = (play: AnsiblePlay, inventory: Inventory): readonly string[] =>
  play.delegates.flatMap((name) => (name.includes("{{") ? [] : inventory.all.filter((host) => host === name)));

function isRootOn(play: AnsiblePlay, inventory: Inventory, host: string, becomes: boolean): boolean {
  const vars = inventory.connection(host);
  const user = vars.user ?? play.user;
  const becomesUser = (vars.become ?? (play.become || becomes)) && (play.becomeUser ?? "root") === "root";
  return becomesUser || user === "root";
}

function limitedTo(
  limits: readonly string[],
  inventory: Inventory,
): { readonly has: (name: string) => boolean; readonly unknown: readonly string[] } {
  if (limits.length === 0) return { has: () => true, unknown: [] };
  const isOpen = (limit: string): boolean => /\$/.test(limit);
  const open = limits.find(isOpen);
  if (open !== undefined) return { has: () => true, unknown: [`what --limit ${open} leaves is not in the files`] };
  const found = hostsMatching(limits.join(":"), inventory);
  const names = new Set(found.hosts);
  return { has: (name) => names.has(name), unknown: found.unknown === undefined ? [] : [found.unknown] };
}

/** Plays in order, those of imported playbooks where they are imported. */
function playsOf(
  input: PlaneInput,
  playbook: AnsiblePlaybook,
): { readonly plays: readonly AnsiblePlay[]; readonly unread: readonly string[] } {
  const unread: string[] = [];
  const seen = new Set<AnsiblePlaybook>();
  const visit = (one: AnsiblePlaybook): readonly AnsiblePlay[] => {
    if (seen.has(one)) return [];
    seen.add(one);
    return one.parts.flatMap((part): readonly AnsiblePlay[] => {
      if ("play" in part) return [part.play];
      const folder = one.path.slice(0, one.path.lastIndexOf("/") + 1);
      const next = input
        .observations("ansible/playbook")
        .find((each) => each.project === one.project && each.path === normal(folder + part.imports));
      if (next === undefined) unread.push(`the playbook ${part.imports}, which ${one.path} imports, was not collected`);
      return next === undefined ? [] : visit(next);
    });
  };
  return { plays: visit(playbook), unread };
}

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** The run of a job template: its inventory by name, its playbook in the repository that its project is taken from. */
export function runOfTemplate(input: PlaneInput, template: AwxJobTemplate, project: string | undefined): TaskRuns {
  if (template.isCheck) return NONE;
  const inventory = inventoriesOf(input).find((one) => one.project === `awx:${template.organization}` && one.root === template.inventory);
  if (inventory === undefined) {
    const why =
      template.inventory === undefined ? "whoever launches it names the inventory" : `inventory ${template.inventory} was not exported`;
    return { runs: [], unresolved: [`which hosts job template ${template.name} reaches: ${why}`] };
  }
  const asked = template.asks.filter((what) => what === "inventory" || what === "limit" || what === "variables");
  const command = { limits: template.limit === undefined ? [] : [template.limit], become: template.become, vaults: [] };
  const of: Of = { command, settings: [], because: undefined, source: template.source };
  const [playbook] = project === undefined ? [] : playbooksNamed(input, project, template.playbook);
  const run = playbook === undefined ? runOfUnread(template.playbook, inventory, of) : runOf(input, playbook, inventory, of);
  const open = asked.length === 0 ? [] : [`whoever launches ${template.name} chooses ${asked.join(" and ")}`];
  return { runs: [{ ...run, unknown: [...run.unknown, ...open] }], unresolved: [] };
}
