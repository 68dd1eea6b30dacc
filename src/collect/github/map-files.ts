// Which workflow and action files a repository has, so that one which was not collected is missed.
import type { Asked } from "./asked.ts";
import { CODE_OWNERS } from "./code-owners.ts";
import { Tree } from "./schema-history.ts";

/** Where GitHub looks for workflows, and files that a step can run as an action (Docs, "Workflow syntax"; "Metadata syntax", file name). */
export const isRunnable = (path: string): boolean =>
  /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path) || /(?:^|\/)action\.ya?ml$/.test(path);

/** What is kept of a repository's list of files. */
export const isRead = (path: string): boolean => isRunnable(path) || CODE_OWNERS.includes(path);

export function files(asked: Asked): void {
  const { repository, source } = asked;
  const found = asked.whole(Tree);
  if (repository === undefined || !found) return;
  // "If truncated is true in the response then the number of items in the tree array exceeded our maximum limit" ("Git trees").
  if (found.truncated)
    asked.gap("github/workflow", asked.subject, `files of ${repository}`, "there are more files than GitHub lists at once");
  for (const { path, type } of found.tree)
    if (type === "blob" && isRunnable(path)) asked.put({ kind: "github/part", part: "file-listed", repository, path, source });
  if (!found.truncated && !found.tree.some(({ path }) => CODE_OWNERS.includes(path)))
    asked.put({ kind: "github/code-owners", repository, entries: [], source });
  if (!found.truncated) asked.put({ kind: "github/answered", what: "files", subject: asked.subject, source });
}
