// The collections of `bulkhead start`: what a login is asked for, with what it may read said before.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { collectGithub, collectGitlab, collectJenkins } from "../app/collect-forge.ts";
import { collectAws, CollectError } from "../app/collect.ts";
import { collectKubernetes } from "../app/collect-kubernetes.ts";
import { leastFor } from "../app/start/least.ts";
import type { Login, Machine } from "../app/start/logins.ts";
import { asList } from "../lib/json.ts";
import { daysAgo, fingerprinting, say, sayAgain } from "./collecting.ts";
import type { Asker } from "./start-ask.ts";

/** The address of the working copy's origin: whose repositories are meant. */
function remoteOf(folder: string): string | undefined {
  for (const at of [folder, "."]) {
    try {
      return execFileSync("git", ["-C", at, "config", "--get", "remote.origin.url"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        timeout: 5_000,
      }).trim();
    } catch {
      continue;
    }
  }
  return undefined;
}

export const machine = (folder: string): Machine => ({
  environment: process.env,
  home: homedir(),
  hasProgram: (name) => (process.env["PATH"] ?? "").split(delimiter).some((path) => path !== "" && existsSync(join(path, name))),
  remote: remoteOf(folder),
});

const progress = (name: string) =>
  process.stderr.isTTY
    ? { progress: ({ asked, answered }: { asked: number; answered: number }) => sayAgain(`${name}  ${answered} of ${asked} calls`) }
    : {};

/** Asks, and collects if the answer is yes. What cannot be asked is said, and stops nothing. */
export async function collectWith(login: Login, folder: string, asker: Asker): Promise<void> {
  const { lines, whole } = leastFor(login.system);
  asker.note([...lines, `whole: ${whole}`].join("\n"), `${login.words} would be asked for:`);
  if (!(await asker.agrees(login.system, `Collect with ${login.words}? Reads only.`))) return;
  try {
    await COLLECT[login.system](login, folder, asker);
  } catch (error) {
    if (!(error instanceof CollectError)) throw error;
    say(error.message);
  }
}

const common = (output: string) => ({ output, refresh: false, fingerprint: fingerprinting(), say });

const named = (value: unknown): readonly string[] =>
  asList(value as string | readonly string[] | undefined).filter((one) => typeof one === "string" && one !== "");

/** From the file of answers, else asked for, else what is usual. */
async function chosen(login: Login, asker: Asker, key: string, asks: string): Promise<readonly string[]> {
  const told = named(asker.told(login.system)[key]);
  if (told.length > 0) return told;
  const options = login.choices.map((value) => ({ value, label: value }));
  if (login.choices.length === 1 && login.usual.length === 1) return login.usual;
  const kind = login.choices.length > 1 ? "many" : "text";
  const answer = await asker.ask({
    id: `${login.system}-${key}`,
    asks,
    kind,
    ...(kind === "many" && { options }),
    usual: kind === "many" ? login.usual : (login.usual[0] ?? ""),
    because: "what is logged in now",
  });
  return [answer].flat().filter((one) => one !== "");
}

const COLLECT: Readonly<Record<Login["system"], (login: Login, folder: string, asker: Asker) => Promise<void>>> = {
  async aws(login, folder, asker) {
    const profiles = login.choices.length === 0 ? [undefined] : await chosen(login, asker, "profile", "Which AWS profiles?");
    const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
    const regions = named(asker.told("aws")["regions"]);
    for (const profile of profiles)
      await collectAws({
        ...common(folder),
        ...(profile !== undefined && { profile }),
        ...(regions.length > 0 && { regions }),
        homeRegion: regions[0] ?? AWS_REGION ?? AWS_DEFAULT_REGION ?? "us-east-1",
        concurrency: 8,
        ...(process.stderr.isTTY && {
          progress: ({ folder: name, asked, answered }) => sayAgain(`${name}  ${answered} of ${asked} calls`),
        }),
      });
  },
  async kubernetes(login, folder, asker) {
    for (const context of await chosen(login, asker, "contexts", "Which contexts?")) {
      // The cluster's name is a folder's name too.
      const cluster = context.replaceAll(/[^\w@.+-]+/g, "-").replace(/^[^\w@]+/, "") || "cluster";
      say(`${cluster}  asking the cluster`);
      await collectKubernetes({ ...common(folder), context, cluster, concurrency: 4, chunkSize: 500, ...progress(cluster) });
    }
  },
  async github(login, folder, asker) {
    const token = process.env["GITHUB_TOKEN"] || process.env["GH_TOKEN"] || tokenOfGh();
    const api = process.env["GITHUB_API_URL"] || "https://api.github.com";
    for (const owner of await chosen(login, asker, "organization", "Which GitHub organization?"))
      if (token === undefined) say("gh gave no token: run  gh auth login");
      else await collectGithub({ ...common(folder), api, token, owner, since: daysAgo(90), concurrency: 4, ...progress(owner) });
  },
  async gitlab(login, folder, asker) {
    const token = process.env["GITLAB_TOKEN"] ?? "";
    const url = process.env["CI_SERVER_URL"] || "https://gitlab.com";
    for (const group of await chosen(login, asker, "group", "Which GitLab group?"))
      await collectGitlab({ ...common(folder), url, token, group, since: daysAgo(90), concurrency: 4, ...progress(group) });
  },
  async jenkins(login, folder, asker) {
    const { JENKINS_USER: user = "", JENKINS_TOKEN: token = "" } = process.env;
    for (const url of await chosen(login, asker, "url", "Which controller?")) {
      const controller = URL.parse(url)?.hostname;
      if (controller === undefined) say(`${url}  is no address`);
      else await collectJenkins({ ...common(folder), url, user, token, controller, concurrency: 4, ...progress(controller) });
    }
  },
};

/** Asked for after consent alone; kept in memory, and given to the collection and nobody else. */
function tokenOfGh(): string | undefined {
  try {
    return (
      execFileSync("gh", ["auth", "token"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 10_000 }).trim() || undefined
    );
  } catch {
    return undefined;
  }
}
