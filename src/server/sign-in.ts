// Where sign-in, the forges' ways in and notifications are put together for a server that runs, with the key that stands in the data folder.
import { secretIn } from "../app/gate/keys.ts";
import { AuthError } from "./auth/error.ts";
import { type SignIn, signIn } from "./auth/sign-in.ts";
import { githubApp } from "./forges/github-app.ts";
import { githubJobs, githubRoutes, type GithubWayIn } from "./forges/github.ts";
import { GITLAB_JOB, gitlabJobs, gitlabRoutes, type GitlabWayIn } from "./forges/gitlab.ts";
import { notifyJobs, WATCH_JOB } from "./notify/watch.ts";
import { Settings } from "./settings.ts";
import type { SignIn as ServedSignIn, StartOptions } from "./start.ts";

/** Read from a file, checked; without one people have accounts of this server's own, and no pipeline comes in. */
export function signInConfiguration(document: unknown, origin: string): Settings {
  const parsed = Settings.safeParse(document === undefined ? { origin } : document);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `/${path.join("/")} ${message}`);
  throw new AuthError("BAD_CONFIGURATION", `sign-in cannot be as configured: ${problems.join("; ")}`);
}

export interface ServerSignIn {
  readonly signIn: StartOptions["signIn"];
  /** Codes of the first start, once the server runs. */
  firstCodes(): ReturnType<SignIn["firstCodes"]>;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Parts = Parameters<StartOptions["signIn"]>[0];

/** What is not as the settings say stops the start: an AuthError BAD_CONFIGURATION. */
export function signInOf(settings: Settings, data: string, environment: Environment): ServerSignIn {
  let people: SignIn | undefined;
  return {
    signIn: async (parts) => {
      const { database, policy, now } = parts;
      const { githubApp: _app, gitlab: _gitlab, notifications: _notifications, ...configuration } = settings;
      const rootKey = secretIn(data, "sign-in.key");
      people = signIn({ configuration, kysely: database.kysely, directory: policy.directory, rootKey, environment, now });
      const { authenticate, check, routes } = people;
      const beside = besidePeople(settings, environment, parts);
      return { authenticate, check, ...beside, routes: [...routes, ...beside.routes] };
    },
    firstCodes: async () => people?.firstCodes(),
  };
}

/** The forges that ask, and whom the server tells. */
function besidePeople(
  settings: Settings,
  environment: Environment,
  parts: Parts,
): Required<Pick<ServedSignIn, "routes" | "jobs" | "recurring">> {
  const { notifications, origin } = settings;
  const { gate, database, now } = parts;
  const github = githubWay(settings, environment, parts);
  const gitlab = gitlabWay(settings, environment, parts);
  const tells = notifications.targets.length > 0;
  return {
    routes: [...(github ? [githubRoutes(github)] : []), ...(gitlab ? [gitlabRoutes(gitlab)] : [])],
    jobs: {
      ...(github && githubJobs(github)),
      ...(gitlab && gitlabJobs(gitlab)),
      ...(tells && notifyJobs({ notifications, gate, db: database.kysely, origin, environment, now })),
    },
    recurring: [...(gitlab ? [GITLAB_JOB] : []), ...(tells ? [WATCH_JOB] : [])],
  };
}

function needed(environment: Environment, name: string): string {
  const found = environment[name];
  if (!found) throw new AuthError("BAD_CONFIGURATION", `the environment has no ${name}, which the settings name`);
  return found;
}

function githubWay({ githubApp: app }: Settings, environment: Environment, { gate, database, now }: Parts): GithubWayIn | undefined {
  if (app === undefined) return undefined;
  const answers = githubApp(app, needed(environment, app.privateKeyFrom), now);
  return { app, webhookSecret: needed(environment, app.webhookSecretFrom), answers, gate, db: database.kysely, now };
}

function gitlabWay({ gitlab }: Settings, environment: Environment, { gate, database, now }: Parts): GitlabWayIn | undefined {
  if (gitlab === undefined) return undefined;
  const webhookToken = gitlab.webhookTokenFrom === undefined ? undefined : needed(environment, gitlab.webhookTokenFrom);
  return { gitlab, token: needed(environment, gitlab.tokenFrom), webhookToken, gate, db: database.kysely, now };
}
