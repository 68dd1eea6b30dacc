// What a denied call leaves unseen.
import type { Gap } from "../../model/gap.ts";
import type { Scope } from "../../model/manifest.ts";
import { withinOf } from "./asked.ts";
import { matchPath, parseCall } from "./call.ts";
import { SHAPES } from "./shapes.ts";
import { githubGap } from "./topics.ts";

/**
 * One gap, scoped as tightly as the call. A protection that is not there (`404 Branch not protected`) is an answer and not a gap. Every other 404
 * is one: the API answers it too when the token may not see (REST API, "Troubleshooting", 404 Not Found for an existing resource).
 */
export function denied(call: string, error: string, scope: Scope): readonly Gap[] {
  if (/branch not protected/i.test(error)) return [];
  const path = parseCall(call)?.path ?? [];
  for (const shape of SHAPES) {
    for (const pattern of shape.paths) {
      const parts = matchPath(pattern, path);
      if (parts === undefined) continue;
      const owner = parts["repo"] !== undefined ? `${parts["owner"]}/${parts["repo"]}` : (parts["org"] ?? "");
      const subject = `github:${owner}${withinOf((name) => parts[name])}`;
      return [githubGap(shape.topic, subject, `${shape.name} of ${subject.slice("github:".length)}`, error)];
    }
  }
  const workflow = matchPath("/repos/:owner/:repo/contents/*path", path);
  if (workflow !== undefined) {
    const subject = `github:${workflow["owner"]}/${workflow["repo"]}/${workflow["path"]}`;
    return [githubGap("github/workflow", subject, subject.slice("github:".length), error)];
  }
  const tree = matchPath("/repos/:owner/:repo/git/trees/*tree", path) ?? matchPath("/repos/:owner/:repo/contents", path);
  if (tree !== undefined) {
    const of = `${tree["owner"]}/${tree["repo"]}`;
    return [githubGap("github/workflow", `github:${of}`, `workflows of ${of}`, error)];
  }
  const of = scope.repository ?? scope.organization ?? "";
  return [githubGap("github/other", `github:${of}:${call}`, call, error)];
}
