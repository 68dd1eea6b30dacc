// The question that a file answers: `GET /repos/acme/shop/environments?per_page=100`.

export interface RestCall {
  /** Decoded parts of the path: `["repos", "acme", "shop", "environments"]`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** Undefined when the call is not a GET of the REST API. `gh api PATH` and full addresses are read too. */
export function parseCall(call: string | undefined): RestCall | undefined {
  const found = /^(?:GET\s+|gh\s+api\s+(?:-\S+\s+\S+\s+)*)(?:https:\/\/[^/\s]+(?:\/api\/v3)?)?\/?(\S+)/.exec(call ?? "");
  const address = found?.[1];
  if (address === undefined) return undefined;
  const [path = "", query = ""] = address.split("?");
  try {
    return {
      path: path
        .split("/")
        .filter((part) => part !== "")
        .map(decodeURIComponent),
      query: new URLSearchParams(query),
    };
  } catch {
    return undefined;
  }
}

/** Parts of the path that stand at `:names` of the pattern; undefined when it is another path. A last `*name` takes all that is left. */
export function matchPath(pattern: string, path: readonly string[]): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split("/").filter((part) => part !== "");
  const found: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith("*")) {
      found[part.slice(1)] = path.slice(index).join("/");
      return path.length > index ? found : undefined;
    }
    const value = path[index];
    if (value === undefined) return undefined;
    if (part.startsWith(":")) found[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return wanted.length === path.length ? found : undefined;
}
