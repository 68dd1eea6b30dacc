// Playbooks and lists of tasks → plays with what decides where they run and as whom.
import { asList, isObject, type Json, type JsonObject } from "../../lib/json.ts";
import type { AnsiblePlay, AnsiblePlaybook } from "../../model/observations/ansible.ts";
import { inside, type Source } from "../../model/source.ts";
import { isTrue, vaultedIn } from "./connection.ts";
import { Play } from "./schema.ts";

const IMPORTS = ["import_playbook", "ansible.builtin.import_playbook", "ansible.legacy.import_playbook"] as const;

const importOf = (item: JsonObject): string | undefined => {
  const named = IMPORTS.map((key) => item[key]).find((value) => typeof value === "string");
  // Before Ansible 2.12, `include` at the level of plays was the same.
  return typeof named === "string" ? named : typeof item["include"] === "string" && !("hosts" in item) ? item["include"] : undefined;
};

const isPlay = (item: JsonObject): boolean => typeof item["hosts"] === "string" || Array.isArray(item["hosts"]);

export const isPlaybook = (document: unknown): document is readonly JsonObject[] =>
  Array.isArray(document) &&
  document.length > 0 &&
  document.every((item) => isObject(item) && (isPlay(item) || importOf(item) !== undefined)) &&
  document.some((item: JsonObject) => isPlay(item) || IMPORTS.some((key) => key in item));

const BLOCKS = ["block", "rescue", "always", "tasks", "pre_tasks", "post_tasks", "handlers"] as const;
const MODULE =
  /^(?:\w+\.\w+\.\w+|apt|yum|dnf|copy|template|file|service|systemd|command|shell|raw|script|user|group|get_url|git|debug|set_fact|assert|fail|wait_for|stat|lineinfile|package|include_tasks|import_tasks|include_role|import_role|include_vars|meta|unarchive|cron|uri|pip|block)$/;

/** Tasks are told by a module that every item has; two words such as `name` and `command` are not enough without one of Ansible's own. */
export const isTaskList = (document: unknown, path: string): document is readonly JsonObject[] =>
  /(?:^|\/)(?:tasks|handlers)\//.test(path) &&
  Array.isArray(document) &&
  document.length > 0 &&
  document.every(
    (item) =>
      isObject(item) &&
      Object.keys(item).some((key) => MODULE.test(key) || key === "include" || key === "action" || key === "local_action"),
  );

interface InTasks {
  readonly become: boolean;
  readonly delegates: readonly string[];
}

/** Every task, in blocks too: whether one becomes another user, and whom tasks are handed to. `local_action` is delegate_to: localhost. */
export function inTasks(value: unknown): InTasks {
  const delegates = new Set<string>();
  let become = false;
  const visit = (tasks: unknown): void => {
    for (const task of asList(tasks as Json)) {
      if (!isObject(task)) continue;
      if (typeof task["delegate_to"] === "string") delegates.add(task["delegate_to"]);
      if (isTrue(task["become"])) become = true;
      for (const key of BLOCKS) if (key in task) visit(task[key]);
    }
  };
  visit(value);
  return { become, delegates: [...delegates] };
}

const roleName = (role: Json): string | undefined => {
  if (typeof role === "string") return role;
  if (!isObject(role)) return undefined;
  const name = role["role"] ?? role["name"];
  return typeof name === "string" ? name : undefined;
};

/** A play, or why it has not the form of one. */
function playOf(item: JsonObject, source: Source): AnsiblePlay | string {
  const parsed = Play.safeParse(item);
  if (!parsed.success) return `${parsed.error.issues[0]?.path.join(".") ?? ""}: ${parsed.error.issues[0]?.message ?? "another form"}`;
  const play = parsed.data;
  const below = inTasks([item]);
  const hosts = asList(play.hosts).join(",");
  return {
    name: play.name ?? hosts,
    hosts,
    become: isTrue(play.become) || below.become || asList(play.roles).some((role) => isObject(role) && isTrue(role["become"])),
    ...(play.become_user !== undefined && { becomeUser: play.become_user }),
    ...((play.remote_user ?? play.user) !== undefined && { user: (play.remote_user ?? play.user) as string }),
    ...(play.connection !== undefined && { connection: play.connection }),
    ...(play.serial !== undefined && { serial: JSON.stringify(play.serial) }),
    roles: asList(play.roles as Json[] | undefined).flatMap((role) => roleName(role) ?? []),
    delegates: below.delegates,
    varsFiles: asList(play.vars_files as Json[] | undefined)
      .flatMap((file) => asList(file as Json))
      .filter((file) => typeof file === "string"),
    vaulted: vaultedIn(item, source),
    source,
  };
}

export interface ReadPlaybook {
  readonly parts: AnsiblePlaybook["parts"];
  readonly problems: readonly { readonly why: string; readonly source: Source }[];
}

export function readPlaybook(document: readonly JsonObject[], source: Source): ReadPlaybook {
  const parts: AnsiblePlaybook["parts"][number][] = [];
  const problems: { why: string; source: Source }[] = [];
  for (const [index, item] of document.entries()) {
    const at = inside(source, index);
    const imports = importOf(item);
    if (imports !== undefined) {
      // `import_playbook: site.yml vars=…` has its parameters after the path.
      parts.push({ imports: imports.split(/\s/)[0] as string, source: at });
      continue;
    }
    const play = playOf(item, at);
    if (typeof play === "string") problems.push({ why: play, source: at });
    else parts.push({ play });
  }
  return { parts, problems };
}
