// Addresses of Git repositories and chart registries → the ids under which other planes know them.
/**
 * `ORG/REPO` of a repository of github.com, in each form in which Git takes its address; undefined for any other.
 *
 * Source: GitHub Docs, "About remote repositories" (HTTPS and SSH forms), "Using SSH over the HTTPS port" (ssh.github.com); git-clone(1), Git URLs.
 */
export function githubRepository(url: string): string | undefined {
  const text = url.trim();
  const found =
    /^(?:https?|git):\/\/(?:[^@/]*@)?(?:www\.)?github\.com(?::\d+)?\/([^/]+)\/([^/?#]+?)(?:\.git)?\/?$/i.exec(text) ??
    /^ssh:\/\/(?:[^@/]*@)?(?:ssh\.)?github\.com(?::\d+)?\/([^/]+)\/([^/?#]+?)(?:\.git)?\/?$/i.exec(text) ??
    /^(?:[^@/:]+@)?(?:ssh\.)?github\.com:\/?([^/]+)\/([^/?#]+?)(?:\.git)?\/?$/i.exec(text);
  return found ? `${found[1]}/${found[2]}` : undefined;
}

/** ARN of the ECR repository that an `oci://` address, or a chart repository's, names. */
export function ecrRepository(url: string, chart?: string): string | undefined {
  const found = /^(?:oci:\/\/|https:\/\/)?(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/?([^:@]*?)\/?$/.exec(url.trim());
  if (!found) return undefined;
  const [, account, region, path] = found;
  const name = [path, chart].filter((part) => part !== undefined && part !== "").join("/");
  return name === "" ? undefined : `arn:aws:ecr:${region}:${account}:repository/${name}`;
}

export type Revision =
  | { readonly type: "default" }
  | { readonly type: "branch"; readonly name: string }
  /** A tag, or the newest of the tags that a range of versions takes in. */
  | { readonly type: "tag"; readonly name: string }
  | { readonly type: "commit" };

const isVersion = (text: string): boolean => /^v?\d+(\.\d+)*([-+][\w.-]+)?$/.test(text);
const isRange = (text: string): boolean => /[*<>=~^|\s]|(?:^|\.)[xX](?:\.|$)/.test(text);

/**
 * What Argo CD takes a revision for: nothing and HEAD are the default branch, 40 digits a commit, a range of versions the newest tag in it. A name that
 * looks like a version is taken for a tag, and any other for a branch.
 *
 * Source: Argo CD, "Tracking and Deployment Strategies", Git.
 */
export function revisionOf(text: string | undefined): Revision {
  if (text === undefined || text === "" || text === "HEAD") return { type: "default" };
  if (/^[0-9a-f]{40}$/i.test(text)) return { type: "commit" };
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/.exec(text) ?? [];
  if (kind === "heads") return { type: "branch", name: name as string };
  if (kind === "tags") return { type: "tag", name: name as string };
  return isVersion(text) || isRange(text) ? { type: "tag", name: text } : { type: "branch", name: text };
}

/**
 * Which of the members counts, and what holds without any: `commit` is fixed, `name` is a reference in full, a range takes the newest tag, and without
 * a reference the branch is master.
 *
 * Source: Flux, "Git Repositories", Reference: "Reference is an optional field to set the branch, tag, semver or commit"; it "defaults to master".
 */
export function fluxRevision(reference: {
  readonly branch?: string;
  readonly tag?: string;
  readonly semver?: string;
  readonly commit?: string;
  readonly name?: string;
}): Revision {
  if (reference.commit) return { type: "commit" };
  if (reference.name) return revisionOf(reference.name);
  if (reference.semver) return { type: "tag", name: reference.semver };
  if (reference.tag) return { type: "tag", name: reference.tag };
  return { type: "branch", name: reference.branch ?? "master" };
}
