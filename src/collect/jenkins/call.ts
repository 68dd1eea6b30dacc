// The question that a file answers: `GET /job/acme/job/shop/config.xml`, and how names become ids.

export interface Called {
  /** Full name of the folder or job; empty: the controller. */
  readonly of: string;
  /** What is asked of it: `config.xml`, `credentials/store/folder/domain/_/api/json`. */
  readonly rest: string;
  readonly query: URLSearchParams;
}

/** `GET PATH`, `POST PATH` and full addresses; undefined when it is something else. */
export function calledBy(call: string | undefined): Called | undefined {
  const [method, address] = (call ?? "").trim().split(/\s+/);
  if ((method !== "GET" && method !== "POST") || address === undefined) return undefined;
  const [path = "", query = ""] = address.replace(/^https?:\/\/[^/]+/, "").split("?");
  const parts = path.split("/").filter((part) => part !== "");
  const names: string[] = [];
  try {
    while (parts[0] === "job" && parts[1] !== undefined) names.push(decodeURIComponent(parts.splice(0, 2)[1] as string));
    return { of: names.join("/"), rest: parts.map((part) => decodeURIComponent(part)).join("/"), query: new URLSearchParams(query) };
  } catch {
    return undefined;
  }
}

/** A definition as a repository holds it: `git show origin/main:ci/Jenkinsfile`. */
export const fileShown = (call: string | undefined): string | undefined => /^git show [^\s:]+:(\S+)$/.exec((call ?? "").trim())?.[1];

/** `jenkins:ci/acme/shop`. Ids hold no blanks and no `#`, names of jobs may. */
export const idOf = (controller: string, name: string): string =>
  `jenkins:${controller}${name === "" ? "" : `/${name.replaceAll(/[\s#%]/g, (char) => encodeURIComponent(char))}`}`;
