// Whose a file is and where it stands there: by the call of a manifest, else by the scope and the folder that is named like the project.
import type { ParsedFile } from "../collector.ts";

export interface Placed {
  /** `acme/infra`. */
  readonly project: string;
  readonly path: string;
}

/** Asked of a forge: `GET /repos/acme/infra/contents/site.yml?ref=main`, `GET /projects/acme%2Finfra/repository/files/site.yml/raw`. */
function byCall(call: string | undefined): Placed | undefined {
  const github = /^GET (?:https?:\/\/[^/]+)?\/repos\/([^/]+\/[^/]+)\/contents\/([^?]+)/.exec(call ?? "");
  if (github) return { project: github[1] as string, path: decoded(github[2] as string) };
  const gitlab = /^GET (?:https?:\/\/[^/]+)?(?:\/api\/v4)?\/projects\/([^/]+)\/repository\/files\/([^/?]+)/.exec(call ?? "");
  return gitlab ? { project: decoded(gitlab[1] as string), path: decoded(gitlab[2] as string) } : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Undefined: nothing says whose it is. */
export function placeOf(file: ParsedFile): Placed | undefined {
  const asked = byCall(file.call);
  if (asked !== undefined) return asked;
  const project = file.scope?.project ?? file.scope?.repository;
  if (project === undefined) return undefined;
  const folder = `${project}/`;
  const at = file.path.lastIndexOf(folder);
  return { project, path: at >= 0 ? file.path.slice(at + folder.length) : file.path };
}
