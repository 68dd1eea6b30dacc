// The canonical ids of what Jenkins holds: `jenkins:CONTROLLER/FOLDER/JOB`.

/** Ids hold no blanks and no `#`, names of jobs may. */
const encoded = (name: string): string => name.replaceAll(/[\s#%]/g, (char) => encodeURIComponent(char));

export const projectId = (controller: string, name: string): string => `jenkins:${controller}${name === "" ? "" : `/${encoded(name)}`}`;
export const userId = (user: string): string => `jenkins:@${user}`;
export const changeId = (project: string): string => `${project}#change`;
export const forkId = (project: string): string => `${project}#fork`;
export const refId = (project: string, branch: string): string => `${project}#branch/${branch}`;
/** The job's own settings: what a script that stands in them is content of. */
export const definitionId = (project: string): string => `${project}#definition`;
export const unreviewedRunId = (project: string): string => `${project}#run/unreviewed`;
export const forkRunId = (project: string): string => `${project}#run/fork`;
export const runId = (project: string, branch: string): string =>
  `${project}#run/${/^(?:unreviewed|fork|definition)$/.test(branch) ? `refs/heads/${branch}` : branch}`;
export const definitionRunId = (project: string): string => `${project}#run/definition`;
export const environmentId = (project: string, name: string): string => `${project}#environment/${name}`;
export const inEnvironmentId = (run: string, environment: string): string => `${run}/environment/${environment}`;
export const guardId = (project: string, of: string): string => `${project}#guard/${of}`;
export const credentialId = (owner: string, id: string): string => `${owner}#secret/${id}`;
export const agentId = (controller: string, name: string): string => `jenkins:${controller}#agent/${name}`;
export const stageId = (project: string, path: string, stages: readonly string[]): string => `${project}/${path}#job/${stages.join("/")}`;
export const libraryId = (controller: string, name: string, version: string): string => `jenkins:${controller}#library/${name}@${version}`;
