// The canonical ids of what GitLab holds.

export const projectId = (project: string): string => `gitlab:${project}`;
export const userId = (username: string): string => `gitlab:@${username}`;
export const changeId = (project: string): string => `gitlab:${project}#change`;
export const forkId = (project: string): string => `gitlab:${project}#fork`;
export const refId = (project: string, kind: "branch" | "tag", name: string): string => `gitlab:${project}#${kind}/${name}`;
export const unreviewedRunId = (project: string): string => `gitlab:${project}#run/unreviewed`;
export const forkRunId = (project: string): string => `gitlab:${project}#run/fork`;

/** A branch may be called `fork` or as a tag is: the full name keeps the runs apart. */
export const runId = (project: string, kind: "branch" | "tag", name: string): string =>
  `gitlab:${project}#run/${kind === "tag" ? `refs/tags/${name}` : name === "unreviewed" || name === "fork" ? `refs/heads/${name}` : name}`;

export const environmentId = (project: string, name: string): string => `gitlab:${project}#environment/${name}`;
export const inEnvironmentId = (run: string, environment: string): string => `${run}/environment/${environment}`;
export const guardId = (project: string, of: string): string => `gitlab:${project}#guard/${of}`;
export const variableId = (of: string, key: string, environments: string): string =>
  `gitlab:${of}#${environments === "*" ? "" : `environment/${environments}/`}secret/${key}`;
export const deployKeyId = (project: string, title: string, id: number): string => `gitlab:${project}#deploy-key/${title} (${id})`;
export const runnerId = (project: string, type: string, id: number): string =>
  type === "project_type" ? `gitlab:${project}#runner/${id}` : `gitlab:#runner/${id}`;
export const jobId = (project: string, path: string, parents: readonly string[], name: string): string =>
  `gitlab:${project}/${path}#job/${[...parents, name].join("/")}`;
export const includeId = (project: string, ref: string | undefined): string => `gitlab:${project}@${ref ?? "HEAD"}`;
