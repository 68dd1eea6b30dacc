// What is asked of a pipeline's definition: its file, and the files that it includes, as far as they stand in projects that the token may read.
import { parseAllDocuments } from "yaml";
import { isObject, type JsonObject } from "../../lib/json.ts";
import { type Asker, part } from "./fetch.ts";

interface Place {
  readonly project: string;
  readonly path: string;
  readonly ref: string;
}

/** "The maximum number of included files" (Docs, "GitLab CI/CD instance configuration"): 150 by default. */
const MOST_FILES = 200;

export async function collectDefinition({ asking }: Asker, name: string, project: JsonObject): Promise<void> {
  const configured =
    typeof project["ci_config_path"] === "string" && project["ci_config_path"] !== "" ? project["ci_config_path"] : ".gitlab-ci.yml";
  const branch = typeof project["default_branch"] === "string" ? project["default_branch"] : "";
  // A definition in another project or at an address is not followed: which file it is stands in the gap that the collector gives.
  if (branch === "" || /^https?:|@/.test(configured)) return;
  const seen = new Set<string>();
  const waiting: Place[] = [{ project: name, path: configured, ref: branch }];
  for (let place = waiting.shift(); place !== undefined && seen.size < MOST_FILES; place = waiting.shift()) {
    const key = `${place.project} ${place.path}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const paths = place.path.includes("*") ? await matching(asking, place) : [place.path];
    for (const path of paths) {
      const text = await asking.text(`/projects/${part(place.project)}/repository/files/${part(path)}/raw?ref=${part(place.ref)}`, {});
      if (text !== undefined) waiting.push(...includesIn(text, { ...place, path }));
    }
  }
}

/** `include: local` with `*` or `**`: all that match (Docs, "include:local", wildcards). */
async function matching(asking: Asker["asking"], { project, path, ref }: Place): Promise<readonly string[]> {
  const folder = path
    .slice(0, path.indexOf("*"))
    .replace(/[^/]*$/, "")
    .replace(/\/$/, "");
  const query = new URLSearchParams({ ...(folder !== "" && { path: folder }), recursive: "true", ref, per_page: "100" });
  const tree = (await asking.list(`/projects/${part(project)}/repository/tree?${query.toString()}`)) ?? [];
  const form = new RegExp(
    `^${path
      .split(/(\*\*\/?|\*)/)
      .map((each) => (each.startsWith("**") ? ".*" : each === "*" ? "[^/]*" : RegExp.escape(each)))
      .join("")}$`,
  );
  return tree.flatMap((entry) => (entry["type"] === "blob" && form.test(String(entry["path"])) ? [String(entry["path"])] : []));
}

/** Paths with variables, remote files and templates of GitLab are gaps that the collector gives. */
function includesIn(text: string, from: Place): readonly Place[] {
  const parsed = parseAllDocuments(text, { logLevel: "silent", uniqueKeys: false });
  const documents = (Array.isArray(parsed) ? parsed : []).filter((each) => each.errors.length === 0).map((each): unknown => each.toJS());
  return documents.filter(isObject).flatMap((document) => {
    const triggers = Object.values(document).flatMap((job) =>
      isObject(job) && isObject(job["trigger"]) ? [job["trigger"]["include"]] : [],
    );
    return [document["include"], ...triggers].flatMap((each) => [each].flat()).flatMap((each) => placesOf(each, from));
  });
}

function placesOf(include: unknown, from: Place): readonly Place[] {
  const at = (project: string, path: unknown, ref: string): readonly Place[] =>
    typeof path !== "string" || /\$/.test(path) ? [] : [{ project, path: path.replace(/^\//, ""), ref }];
  if (typeof include === "string") return /^https?:/.test(include) ? [] : at(from.project, include, from.ref);
  if (!isObject(include)) return [];
  if (include["local"] !== undefined) return at(from.project, include["local"], from.ref);
  const { project, ref, component } = include;
  if (typeof project === "string" && !project.includes("$"))
    return [include["file"]].flat().flatMap((file) => at(project, file, typeof ref === "string" && !ref.includes("$") ? ref : "HEAD"));
  // A component of the project itself, as it stands (Docs, "CI/CD components", Use a component).
  const own = typeof component === "string" ? /^\$CI_SERVER_FQDN\/(?:\$CI_PROJECT_PATH|(.+))\/([^/@]+)@/.exec(component) : null;
  if (!own || (own[1] ?? from.project) !== from.project) return [];
  return [`templates/${own[2]}.yml`, `templates/${own[2]}/template.yml`].map((path) => ({ project: from.project, path, ref: from.ref }));
}
