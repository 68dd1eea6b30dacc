// The question that a file answers: `GET /repos/acme/shop/environments?per_page=100`.

export interface RestCall {
  /** Decoded parts of the path: `["repos", "acme", "shop", "environments"]`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** Undefined when the call is not a GET of the REST API. `gh api PATH` and full addresses are read too. */
export function parseCall(call: string | undefined): RestCall | undefined {
  const address = addressOf((call ?? "").trim().split(/\s+/));
  if (address === undefined) return undefined;
  const [path = "", query = ""] = address.replace(/^https:\/\/[^/]+(?:\/api\/v3)?(?=\/)/, "").split("?");
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

function addressOf([first, second, ...rest]: readonly string[]): string | undefined {
  if (first === "GET") return second;
  if (first !== "gh" || second !== "api") return undefined;
  const method = rest[rest.findIndex((word) => word === "-X" || word === "--method") + 1];
  if (/^(?:POST|PUT|PATCH|DELETE)$/i.test(method ?? "")) return undefined;
  return rest.find((word) => /^(?:https:\/\/|\/?(?:repos|orgs)\/)/.test(word));
}

/**
 * Parts of the path that stand at `:names` of the pattern; undefined when it is another path. A last `*name` takes all that is left, `+name` one
 * part or more: branches have slashes, and clients write them as they are.
 */
export function matchPath(pattern: string, path: readonly string[]): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split("/").filter((part) => part !== "");
  const found: Record<string, string> = {};
  let next = 0;
  for (const [index, part] of wanted.entries()) {
    const left = path.length - next;
    const taken = part.startsWith("*") ? left : part.startsWith("+") ? left - (wanted.length - index - 1) : 1;
    if (taken < 1 || left < 1) return undefined;
    const value = path.slice(next, next + taken).join("/");
    next += taken;
    if (/^[:*+]/.test(part)) found[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return next === path.length ? found : undefined;
}
