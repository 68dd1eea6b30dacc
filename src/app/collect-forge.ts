// Live collection of a forge onto a disk: GitHub, GitLab, Jenkins and Azure DevOps alike, a folder for each owner.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type FetchOptions as AzureOptions, openAzure } from "../collect/azure/fetch.ts";
import { type FetchOptions as GithubOptions, openGithub } from "../collect/github/fetch.ts";
import { type FetchOptions as GitlabOptions, openGitlab } from "../collect/gitlab/fetch.ts";
import { type FetchOptions as JenkinsOptions, openJenkins } from "../collect/jenkins/fetch.ts";
import type { Sink } from "../collect/sink.ts";
import type { Result } from "../lib/result.ts";
import type { Scope } from "../model/manifest.ts";
import { CollectError } from "./collect.ts";
import { Draft, isWholeFolder, tellUnanswered, workingFolder } from "./draft.ts";

export { permissionsText as azurePermissions } from "../collect/azure/fetch-permissions.ts";
export { permissionsText as githubPermissions } from "../collect/github/fetch-permissions.ts";
export { permissionsText as gitlabPermissions } from "../collect/gitlab/fetch-permissions.ts";
export { permissionsText as jenkinsPermissions } from "../collect/jenkins/fetch-permissions.ts";

interface Forge {
  readonly caller: { readonly name: string; readonly server: string };
  readonly collect: (sink: Sink) => Promise<void>;
}

interface Collecting {
  /** The folder that holds `estate/`. */
  readonly output: string;
  /** Ask again what stands there already. */
  readonly refresh: boolean;
  readonly fingerprint: (secret: string) => string;
  readonly say: (line: string) => void;
}

export interface CollectGithubOptions extends GithubOptions, Collecting {
  readonly say: (line: string) => void;
}

/** How many calls were not answered; each is written down, becomes a gap, and stops nothing. Throws a CollectError when nothing can be asked. */
export const collectGithub = (options: CollectGithubOptions): Promise<number> =>
  collectForge(options, {
    folder: options.owner,
    scope: { system: "github", organization: options.owner },
    open: () => openGithub(options),
    refused: (why) =>
      `GitHub answers nothing: ${why}\n  Give a token in GITHUB_TOKEN or GH_TOKEN, and the address with --api where it is not github.com.`,
  });

export interface CollectGitlabOptions extends GitlabOptions, Collecting {
  readonly say: (line: string) => void;
}

export const collectGitlab = (options: CollectGitlabOptions): Promise<number> => {
  const owner = options.group ?? options.projects?.[0]?.split("/")[0] ?? "";
  return collectForge(options, {
    folder: owner,
    scope: { system: "gitlab", organization: owner },
    open: () => openGitlab(options),
    refused: (why) =>
      `GitLab answers nothing: ${why}\n  Give a token in GITLAB_TOKEN, and the address with --url where it is not gitlab.com.`,
  });
};

export interface CollectJenkinsOptions extends JenkinsOptions, Collecting {
  /** The controller's name in the charter. */
  readonly controller: string;
  readonly say: (line: string) => void;
}

export const collectJenkins = (options: CollectJenkinsOptions): Promise<number> =>
  collectForge(options, {
    folder: options.controller,
    scope: { system: "jenkins", organization: options.controller },
    open: () => openJenkins(options),
    refused: (why) =>
      `Jenkins answers nothing: ${why}\n  Give a user and its API token in JENKINS_USER and JENKINS_TOKEN, and the address with --url.`,
  });

export interface CollectAzureOptions extends AzureOptions, Collecting {
  readonly say: (line: string) => void;
}

export const collectAzure = (options: CollectAzureOptions): Promise<number> =>
  collectForge(options, {
    folder: options.organization,
    scope: { system: "azure", organization: options.organization },
    open: () => openAzure(options),
    refused: (why) =>
      `Azure DevOps answers nothing: ${why}\n  Give a token in AZURE_DEVOPS_EXT_PAT, and the address with --url where it is a server of yours.`,
  });

interface Target {
  /** Below `estate/SYSTEM`. */
  readonly folder: string;
  readonly scope: Scope;
  readonly open: () => Promise<Result<Forge, string>>;
  readonly refused: (why: string) => string;
}

async function collectForge({ output, refresh, fingerprint, say }: Collecting, { folder, scope, open, refused }: Target): Promise<number> {
  const place = join(output, "estate", scope.system, folder);
  if (!refresh && existsSync(place) && isWholeFolder(place)) {
    say(`${folder}  kept, it is whole; ask again with --refresh`);
    return 0;
  }
  const forge = await open();
  if (!forge.ok) throw new CollectError("REFUSED", refused(forge.error));
  const { caller, collect } = forge.value;
  say(`${folder}  asked as ${caller.name}`);
  const working = workingFolder(output, `collect-${scope.system}`);
  const keyId = fingerprint("the key of these fingerprints").slice(0, 16);
  const draft = new Draft(join(working.folder, folder), { ...caller, keyId }, refresh);
  if (draft.resumed > 0) say(`${folder}  goes on: ${draft.resumed} calls were answered before it was cut short`);
  await collect(draft);
  const placed = draft.putInPlace(place, scope);
  working.close();
  tellUnanswered(folder, placed, say);
  return placed.denied.length;
}
