// The question that a file answers: `GET /projects/acme%2Fshop/protected_branches?per_page=100`.

export interface Called {
  readonly kind: "projects" | "groups" | "runners" | "other";
  /** Path of the project or group, or its number as text. */
  readonly of: string;
  /** What is asked of it: `protected_branches`, `repository/files/ci/build.yml/raw`. */
  readonly rest: string;
  readonly query: URLSearchParams;
}

/** `GET PATH`, `glab api PATH` and full addresses; undefined when it is something else. */
export function calledBy(call: string | undefined): Called | undefined {
  const words = (call ?? "").trim().split(/\s+/);
  const address = words[0] === "GET" ? words[1] : words[0] === "glab" && words[1] === "api" ? words.at(-1) : undefined;
  if (address === undefined) return undefined;
  const [path = "", query = ""] = address
    .replace(/^https?:\/\/[^/]+/, "")
    .replace(/^\/?(?:api\/v4\/)?/, "")
    .split("?");
  const [kind, of, ...rest] = path.split("/");
  if ((kind !== "projects" && kind !== "groups" && kind !== "runners") || of === undefined) return undefined;
  try {
    return { kind, of: decodeURIComponent(of), rest: rest.map(decodeURIComponent).join("/"), query: new URLSearchParams(query) };
  } catch {
    return undefined;
  }
}

/** The file of the repository that a call asks for: `GET /projects/ID/repository/files/PATH/raw`. */
export const fileAsked = (called: Called | undefined): string | undefined =>
  /^repository\/files\/(.+?)(?:\/raw)?$/.exec(called?.rest ?? "")?.[1];
