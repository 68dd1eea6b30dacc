// The canonical ids of what Azure DevOps holds: `azure:ORGANIZATION/PROJECT`.

/** Ids hold no blanks and no `#`, names may. */
const encoded = (name: string): string => name.replaceAll(/[\s#%]/g, (char) => encodeURIComponent(char));

export const organizationId = (organization: string): string => `azure:${encoded(organization)}`;
export const projectId = (organization: string, project: string): string => `azure:${encoded(organization)}/${encoded(project)}`;
export const userId = (name: string): string => `azure:@${name.toLowerCase()}`;
/** `of`: the id of the project, or of the organization's collection. */
export const buildServiceId = (organization: string, of: string): string => `azure:${encoded(organization)}#bot/build-service-${of}`;
export const changeId = (project: string): string => `${project}#change`;
export const forkId = (project: string): string => `${project}#fork`;
export const refId = (project: string, repository: string, branch: string): string => `${project}#branch/${encoded(repository)}/${branch}`;

/** A run of a pipeline: `#run/deploy/main`. */
export const runId = (project: string, pipeline: string, content: string): string => `${project}#run/${encoded(pipeline)}/${content}`;
export const environmentId = (project: string, name: string): string => `${project}#environment/${name}`;
export const inEnvironmentId = (run: string, environment: string): string => `${run}/environment/${environment}`;
export const withResourceId = (run: string, type: string, name: string): string => `${run}/${type}/${encoded(name)}`;
export const guardId = (project: string, of: string): string => `${project}#guard/${of}`;
export const secretId = (project: string, of: string, name: string): string => `${project}#${of}secret/${encoded(name)}`;
export const poolId = (organization: string, name: string): string => `azure:${encoded(organization)}#pool/${encoded(name)}`;
export const jobId = (project: string, repository: string, path: string, stage: string, job: string): string =>
  `${project}/${encoded(repository)}/${path}#job/${[stage, job].filter((part) => part !== "").join("/")}`;
export const templateId = (repository: string, ref: string): string => `azure:template/${encoded(repository)}@${ref}`;
