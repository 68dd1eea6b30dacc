// The logins that are there already: what `bulkhead start` can offer to collect with. Finds out that they exist; reads no secret.
import { existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { isObject } from "../../lib/json.ts";

export const SYSTEMS = ["aws", "kubernetes", "github", "gitlab", "jenkins"] as const;
export type System = (typeof SYSTEMS)[number];

export interface Login {
  readonly system: System;
  /** `AWS profile audit`: what it would be collected with. */
  readonly words: string;
  /** Names to choose from: profiles, contexts, owners. */
  readonly choices: readonly string[];
  /** Those that are used unless somebody says otherwise. */
  readonly usual: readonly string[];
}

export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Whether a program is there: its name → whether it can be run. */
  readonly hasProgram: (name: string) => boolean;
  /** Address of the repository that the folder is a working copy of. */
  readonly remote: string | undefined;
}

/** A file that is too large to be one of these is none. */
const LARGEST = 4 * 2 ** 20;

const textOf = (path: string): string | undefined => {
  try {
    return existsSync(path) && statSync(path).size <= LARGEST ? readFileSync(path, "utf8") : undefined;
  } catch {
    return undefined;
  }
};

export const findLogins = (machine: Machine): readonly Login[] =>
  [aws(machine), kubernetes(machine), github(machine), gitlab(machine), jenkins(machine)].filter((login) => login !== undefined);

/** Profiles stand in sections of two files (AWS SDKs and Tools Reference Guide, "Shared config and credentials files"); keys may stand in variables. */
function aws({ environment, home }: Machine): Login | undefined {
  const config = textOf(environment["AWS_CONFIG_FILE"] ?? join(home, ".aws", "config")) ?? "";
  const credentials = textOf(environment["AWS_SHARED_CREDENTIALS_FILE"] ?? join(home, ".aws", "credentials")) ?? "";
  const sections = (text: string, form: RegExp): readonly string[] => [...text.matchAll(form)].map((match) => (match[1] ?? "").trim());
  const profiles = [
    ...new Set([...sections(config, /^\[\s*(?:profile\s+)?([^\]\s]+)\s*\]/gm), ...sections(credentials, /^\[\s*([^\]\s]+)\s*\]/gm)]),
  ].filter((name) => !/^(?:sso-session|services)$/.test(name));
  const hasKeys = environment["AWS_ACCESS_KEY_ID"] !== undefined || environment["AWS_WEB_IDENTITY_TOKEN_FILE"] !== undefined;
  if (!hasKeys && profiles.length === 0) return undefined;
  const named = environment["AWS_PROFILE"];
  if (hasKeys && named === undefined) return { system: "aws", words: "the AWS credentials of the environment", choices: [], usual: [] };
  const usual = named ?? (profiles.includes("default") ? "default" : (profiles[0] as string));
  return { system: "aws", words: `AWS profile ${usual}`, choices: profiles, usual: [usual] };
}

/** KUBECONFIG may list several files (Kubernetes Docs, "Organizing Cluster Access Using kubeconfig Files"). */
function kubernetes({ environment, home }: Machine): Login | undefined {
  const files = (environment["KUBECONFIG"] ?? join(home, ".kube", "config")).split(delimiter).filter((path) => path !== "");
  const contexts: string[] = [];
  let current: string | undefined;
  for (const file of files) {
    const read = kubeconfig(textOf(file));
    if (read === undefined) continue;
    contexts.push(...read.contexts.filter((name) => !contexts.includes(name)));
    current ??= read.current;
  }
  if (contexts.length === 0) return undefined;
  const usual = current !== undefined && contexts.includes(current) ? current : (contexts[0] as string);
  return { system: "kubernetes", words: `kubeconfig context ${usual}`, choices: contexts, usual: [usual] };
}

function kubeconfig(text: string | undefined): { readonly contexts: readonly string[]; readonly current?: string } | undefined {
  if (text === undefined) return undefined;
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: 0 });
  } catch {
    return undefined;
  }
  if (!isObject(document)) return undefined;
  const list: unknown = document["contexts"];
  const contexts = (Array.isArray(list) ? list : []).flatMap((one: unknown) =>
    isObject(one) && typeof one["name"] === "string" ? [one["name"]] : [],
  );
  const current = document["current-context"];
  return { contexts, ...(typeof current === "string" && current !== "" && { current }) };
}

const ownerOf = (remote: string | undefined, host: RegExp): string | undefined =>
  remote !== undefined && host.test(remote) ? /[:/]([^/:]+)\/[^/]+?(?:\.git)?$/.exec(remote)?.[1] : undefined;

function github({ environment, home, hasProgram, remote }: Machine): Login | undefined {
  const owner = ownerOf(remote, /github\.com[:/]/);
  const usual = owner === undefined ? [] : [owner];
  const named = environment["GITHUB_TOKEN"] ? "GITHUB_TOKEN" : environment["GH_TOKEN"] ? "GH_TOKEN" : undefined;
  if (named !== undefined) return { system: "github", words: `the GitHub token of ${named}`, choices: usual, usual };
  const hosts = join(environment["GH_CONFIG_DIR"] ?? join(environment["XDG_CONFIG_HOME"] ?? join(home, ".config"), "gh"), "hosts.yml");
  if (!existsSync(hosts) || !hasProgram("gh")) return undefined;
  return { system: "github", words: "the GitHub login of gh (gh auth token)", choices: usual, usual };
}

function gitlab({ environment, remote }: Machine): Login | undefined {
  if (!environment["GITLAB_TOKEN"]) return undefined;
  const owner = ownerOf(remote, /gitlab/);
  const usual = owner === undefined ? [] : [owner];
  return { system: "gitlab", words: "the GitLab token of GITLAB_TOKEN", choices: usual, usual };
}

/** An address is needed beside user and token: Jenkins has no usual one. JENKINS_URL is what its own command line takes. */
function jenkins({ environment }: Machine): Login | undefined {
  const { JENKINS_USER: user, JENKINS_TOKEN: token, JENKINS_URL: url } = environment;
  if (!user || !token || !url) return undefined;
  return { system: "jenkins", words: `user ${user} of JENKINS_USER at ${url}`, choices: [url], usual: [url] };
}
