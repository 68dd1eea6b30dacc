// Which of the server's settings hold for a repository: every entry that matches, the later over the earlier, key by key.
import type { AtlantisRepoEntry, AtlantisServer } from "../../../model/observations/atlantis.ts";
import type { Source } from "../../../model/source.ts";

export interface Settings {
  readonly planRequirements: readonly string[];
  readonly applyRequirements: readonly string[];
  readonly workflow: string;
  readonly allowedOverrides: readonly string[];
  readonly allowCustomWorkflows: boolean;
  /** Base branches that pull requests may have; undefined: any. */
  readonly bases?: readonly string[];
  /** A pattern of base branches that also takes names which somebody may choose. */
  readonly looseBase?: string;
  readonly source: Source;
}

const isPattern = (text: string): boolean => text.length > 1 && text.startsWith("/") && text.endsWith("/");

/** Patterns find anywhere in the text, as Go's MatchString does: `/main/` takes `not-main` too. Threat: nested repetition takes forever. */
export function matches(pattern: string, text: string): boolean | undefined {
  if (!isPattern(pattern)) return pattern === text;
  const body = pattern.slice(1, -1);
  if (body.length > 200 || /[*+}]\)[*+{]/.test(body)) return undefined;
  try {
    return new RegExp(body).test(text);
  } catch {
    return undefined;
  }
}

/** `^main$`, `^(main|release)$`: names and no more. Undefined: the pattern takes names that somebody may choose. */
export function namesIn(pattern: string): readonly string[] | undefined {
  if (!isPattern(pattern)) return undefined;
  const body = /^\^\(?(?:\?:)?([\w./|-]+)\)?\$$/.exec(pattern.slice(1, -1))?.[1];
  return body === undefined || (/[.]/.test(body) && !/\\/.test(body) && /[*+?]/.test(body)) ? undefined : body.split("|");
}

/** "id": host, organization and name, as the forge writes them; the host of GitHub is github.com unless it is an instance of one's own. */
function isMeant(entry: AtlantisRepoEntry, repository: string): boolean {
  const [system = "", name = ""] = [repository.slice(0, repository.indexOf(":")), repository.slice(repository.indexOf(":") + 1)];
  const own = `${system}.com/${name}`;
  const found = matches(entry.id, own);
  return found ?? true;
}

/**
 * "repos always contains a first element with the Atlantis default config": nothing is required, nothing may be overridden. "If multiple entries match,
 * the last one wins for each key" (Atlantis, "Server Side Repo Config", Reference, Repo).
 */
export function settingsFor(server: AtlantisServer, repository: string): Settings {
  const start: Settings = {
    planRequirements: [],
    applyRequirements: [],
    workflow: "default",
    allowedOverrides: [],
    allowCustomWorkflows: false,
    source: server.source,
  };
  return server.repos
    .filter((entry) => isMeant(entry, repository))
    .reduce<Settings>((before, entry) => {
      const bases = entry.branch === undefined || entry.branch === "/.*/" ? undefined : namesIn(entry.branch);
      const { bases: _, looseBase: __, ...rest } = before;
      const based =
        entry.branch === undefined
          ? before
          : {
              ...rest,
              ...(bases !== undefined && { bases }),
              ...(bases === undefined && entry.branch !== "/.*/" && { looseBase: entry.branch }),
            };
      return {
        ...based,
        planRequirements: entry.planRequirements ?? before.planRequirements,
        applyRequirements: entry.applyRequirements ?? before.applyRequirements,
        workflow: entry.workflow ?? before.workflow,
        allowedOverrides: entry.allowedOverrides ?? before.allowedOverrides,
        allowCustomWorkflows: entry.allowCustomWorkflows ?? before.allowCustomWorkflows,
        source: entry.source,
      };
    }, start);
}
