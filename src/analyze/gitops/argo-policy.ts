// The policies of Argo CD's own interface, as written: who may do what to which Applications and projects.
import { globMatches, globsIntersect } from "../../lib/glob.ts";
import type { ArgoProject } from "../../model/observations/gitops.ts";
import type { KubernetesConfigMap } from "../../model/observations/kubernetes.ts";
import { inside, type Source } from "../../model/source.ts";

export interface PolicyLine {
  readonly subject: string;
  readonly resource: string;
  readonly action: string;
  readonly object: string;
  readonly isDenied: boolean;
  readonly text: string;
  readonly source: Source;
}

export interface Policies {
  /** Users, groups and tokens that some line names, each with all that it has by itself and by its roles. */
  readonly subjects: ReadonlyMap<string, readonly PolicyLine[]>;
  /** What everyone who signs in has. */
  readonly everyone: readonly PolicyLine[];
  /** Lines that cannot be decided here. */
  readonly unknown: readonly { readonly text: string; readonly source: Source }[];
}

/** `role:admin` is everything; `role:readonly` writes nothing (argo-cd assets/builtin-policy.csv). */
const ADMIN = "role:admin";

const isRole = (name: string): boolean => name.startsWith("role:");

/**
 * `p, SUBJECT, RESOURCE, ACTION, OBJECT, EFFECT` and `g, SUBJECT, ROLE` of policy.csv and every `policy.NAME.csv`, and of the roles of projects, whose
 * subject is `proj:PROJECT:ROLE` and whose groups hold it. Patterns are globs, in which `*` crosses `/`, unless `policy.matchMode` says regex.
 *
 * Source: Argo CD, "RBAC Configuration", RBAC Model Structure, Policy CSV Composition, Default Policy for Authenticated Users; "Projects", Project Roles.
 */
export function policiesOf(map: KubernetesConfigMap, projects: readonly ArgoProject[]): Policies {
  const read: Reading = { lines: [], roles: new Map(), unknown: [] };
  for (const [key, text] of Object.entries(map.data))
    if (/^policy(\..+)?\.csv$/.test(key)) for (const line of text.split("\n")) readLine(line, inside(map.source, "data", key), read);
  for (const { name, roles = [] } of projects)
    for (const role of roles) {
      for (const line of role.policies) readLine(line, role.source, read);
      for (const group of role.groups) addRole(read, group, `proj:${name}:${role.name}`);
    }
  // Regular expressions of a file are not tried: what they permit is not known.
  if (map.data["policy.matchMode"] === "regex" && read.lines.splice(0).length > 0)
    read.unknown.push({ text: "policy.matchMode is regex", source: inside(map.source, "data", "policy.matchMode") });
  const standing = map.data["policy.default"] ?? "";
  const named = new Set([...read.lines.map(({ subject }) => subject), ...read.roles.keys()]);
  return {
    subjects: new Map([...named].filter((each) => !isRole(each)).map((subject) => [subject, linesOf(subject, read, map.source)])),
    everyone: standing === "" ? [] : linesOf(standing, read, inside(map.source, "data", "policy.default")),
    unknown: read.unknown,
  };
}

interface Reading {
  readonly lines: PolicyLine[];
  readonly roles: Map<string, Set<string>>;
  readonly unknown: { readonly text: string; readonly source: Source }[];
}

const addRole = ({ roles }: Reading, subject: string, role: string): void =>
  void roles.set(subject, (roles.get(subject) ?? new Set()).add(role));

function readLine(line: string, source: Source, read: Reading): void {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return;
  const [type, ...parts] = text.split(",").map((part) => part.trim().replace(/^"(.*)"$/, "$1"));
  const [subject = "", resource = "", action = "", object = "", effect = "allow"] = parts;
  if (type === "g" && parts.length === 2) addRole(read, subject, resource);
  else if (type === "p" && (parts.length === 4 || parts.length === 5))
    read.lines.push({ subject, resource, action, object, isDenied: effect === "deny", text, source });
  else read.unknown.push({ text, source });
}

/** Roles hold roles. */
function linesOf(subject: string, read: Reading, source: Source): PolicyLine[] {
  const held = new Set([subject]);
  for (const each of held) for (const role of read.roles.get(each) ?? []) held.add(role);
  const own = read.lines.filter((line) => held.has(line.subject));
  const everything: PolicyLine = {
    subject,
    resource: "*",
    action: "*",
    object: "*",
    isDenied: false,
    text: `${subject} has ${ADMIN}`,
    source,
  };
  return held.has(ADMIN) ? [...own, everything] : own;
}

/** The line that allows it; a line that denies wins over any. */
export function allowed(lines: readonly PolicyLine[], resource: string, action: string, object: string): PolicyLine | undefined {
  const meets = (line: PolicyLine): boolean =>
    globMatches(line.resource, resource) && globMatches(line.action, action) && globMatches(line.object, object);
  return lines.some((line) => line.isDenied && meets(line)) ? undefined : lines.find((line) => !line.isDenied && meets(line));
}

/** The line that allows it for some new object of the project. One that denies everything in it wins. */
export function allowedNew(lines: readonly PolicyLine[], resource: string, project: string): PolicyLine | undefined {
  const meets = (line: PolicyLine): boolean => globMatches(line.resource, resource) && globMatches(line.action, "create");
  if (lines.some((line) => line.isDenied && meets(line) && globMatches(line.object, `${project}/*`))) return undefined;
  return lines.find((line) => !line.isDenied && meets(line) && globsIntersect(line.object, `${project}/*`));
}
