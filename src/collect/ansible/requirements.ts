// requirements.yml → roles and collections that are fetched, and whether the name that is asked for can be moved to other content.
import { isObject, type JsonObject } from "../../lib/json.ts";
import type { AnsibleRequirement } from "../../model/observations/ansible.ts";
import { inside, type Source } from "../../model/source.ts";
import type { ObservationSink } from "../collector.ts";
import type { Placed } from "./path.ts";
import { Requirement } from "./schema.ts";
import { ansibleGap } from "./topics.ts";

const looksLikeOne = (item: unknown): boolean =>
  isObject(item) &&
  (typeof item["src"] === "string" ||
    (typeof item["name"] === "string" && Object.keys(item).every((key) => ["name", "version", "source", "type", "scm"].includes(key))));

/** A map with roles or collections, or the older list of roles. */
export function isRequirements(document: unknown): document is JsonObject | readonly JsonObject[] {
  if (Array.isArray(document))
    return document.length > 0 && document.every(looksLikeOne) && document.some((item: JsonObject) => "src" in item);
  if (!isObject(document)) return false;
  const lists = [document["roles"], document["collections"]].filter((list) => list !== undefined && list !== null);
  const isAlone = Object.keys(document).every((key) => key === "roles" || key === "collections");
  return (
    isAlone &&
    lists.length > 0 &&
    lists.every((list) => Array.isArray(list) && list.every((item) => typeof item === "string" || looksLikeOne(item)))
  );
}

const isCommit = (version: string | undefined): boolean => /^[0-9a-f]{40}$/i.test(version ?? "");
const isExact = (version: string | undefined): boolean => /^(?:==?)?v?\d+\.\d+\.\d+[\w.+-]*$/.test(version ?? "");
const gitOf = (text: string | undefined): string | undefined =>
  /^git\+|^git@|\.git(?:,|$)|^(?:https?|ssh|git):\/\//.test(text ?? "") ? text : undefined;

/**
 * Galaxy keeps a collection's published version as it is; a role is a tag or branch of its repository, and Git names other than a commit can be moved
 * (Galaxy User Guide, "Installing a collection from a git repository"; "Installing a specific version of a role").
 */
export function mapRequirements(document: JsonObject | readonly JsonObject[], placed: Placed, source: Source, sink: ObservationSink): void {
  const list = (what: AnsibleRequirement["what"], items: unknown, at: Source): void => {
    for (const [index, item] of (Array.isArray(items) ? items : []).entries()) {
      const parsed = Requirement.safeParse(item);
      if (!parsed.success) {
        sink.gap(
          ansibleGap("ansible/requirement", placed.project, `a ${what} of ${placed.path}`, "it has another form", inside(at, index)),
        );
        continue;
      }
      const wire = typeof parsed.data === "string" ? { name: parsed.data } : parsed.data;
      const git = gitOf(wire.src) ?? gitOf(wire.source) ?? gitOf(wire.name);
      const version = wire.version === undefined ? undefined : String(wire.version);
      const isFixed = isCommit(version) || (what === "collection" && git === undefined && isExact(version));
      sink.observation({
        kind: "ansible/requirement",
        ...placed,
        what,
        name: wire.name ?? wire.src ?? "unnamed",
        ...(git !== undefined && { git: git.replace(/^git\+/, "") }),
        ...(version !== undefined && { version }),
        isMovable: !isFixed,
        source: inside(at, index),
      });
    }
  };
  if (!isObject(document)) return list("role", document, source);
  list("role", document["roles"], inside(source, "roles"));
  list("collection", document["collections"], inside(source, "collections"));
}
