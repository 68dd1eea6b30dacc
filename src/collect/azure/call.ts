// The question that a file answers: `GET https://dev.azure.com/acme/shop/_apis/distributedtask/environments`.

export interface Called {
  readonly organization: string;
  /** Absent: asked of the organization. */
  readonly project?: string;
  /** What follows `_apis/`. */
  readonly rest: string;
  readonly query: URLSearchParams;
}

/** `GET ADDRESS`, `az rest --uri ADDRESS`, with or without the host; undefined when it is something else. */
export function calledBy(call: string | undefined): Called | undefined {
  const words = (call ?? "").trim().split(/\s+/);
  const at = words[0] === "GET" ? 1 : words[0] === "az" && words[1] === "rest" ? words.findIndex((word) => /^--ur[il]$/.test(word)) + 1 : 0;
  const address = at > 0 ? words[at] : undefined;
  if (address === undefined) return undefined;
  const [path = "", query = ""] = address.replace(/^https?:\/\/[^/]+/, "").split("?");
  const parts = path.split("/").filter((part) => part !== "");
  const api = parts.indexOf("_apis");
  if (api < 1 || api > 2) return undefined;
  try {
    const [organization = "", project] = parts.slice(0, api).map((part) => decodeURIComponent(part));
    const rest = parts
      .slice(api + 1)
      .map((part) => decodeURIComponent(part))
      .join("/");
    return { organization, ...(project !== undefined && { project }), rest, query: new URLSearchParams(query) };
  } catch {
    return undefined;
  }
}

/** A file of a repository: `git/repositories/shop/items?path=/azure-pipelines.yml`. */
export function itemAsked(called: Called | undefined): { readonly repository: string; readonly path: string } | undefined {
  const repository = /^git\/repositories\/([^/]+)\/items$/.exec(called?.rest ?? "")?.[1];
  const path = called?.query.get("path") ?? called?.query.get("scopePath");
  return repository === undefined || path === null || path === undefined ? undefined : { repository, path: path.replace(/^\/+/, "") };
}

/** `azure:acme/shop`. Ids hold no blanks and no `#`, names of projects may. */
export const idOf = (organization: string, project?: string): string =>
  `azure:${encoded(organization)}${project === undefined ? "" : `/${encoded(project)}`}`;

const encoded = (name: string): string => name.replaceAll(/[\s#%]/g, (char) => encodeURIComponent(char));
