// What GITHUB_TOKEN may do. Source: GitHub Docs, "Workflow syntax", `permissions`, Defining access for the GITHUB_TOKEN scopes.
import { isObject } from "../../lib/json.ts";
import { at, checkKnown, isAbsent, members, type Node, refuse, text } from "./reader.ts";

/** Source for those not on the page yet: the schema of actions/languageservices, workflow-parser, `permissions-mapping`. */
const SCOPES: ReadonlySet<string> = new Set(
  "actions artifact-metadata attestations checks code-quality contents copilot-requests deployments discussions drives id-token issues models packages pages pull-requests repository-projects security-events statuses vulnerability-alerts".split(
    " ",
  ),
);
/** Scopes without `read`, and without `write` (same schema). */
const WRITE_ONLY: ReadonlySet<string> = new Set(["id-token", "copilot-requests"]);
const READ_ONLY: ReadonlySet<string> = new Set(["models", "vulnerability-alerts"]);

/** `read-all` and `write-all` written out. Scopes that a map does not name are `none`: "all of those that are not specified are set to no access". */
export function permissionsOf(node: Node): Readonly<Record<string, string>> | undefined {
  if (isAbsent(node)) return undefined;
  const { value } = node;
  if (value === "read-all") return every((scope) => (WRITE_ONLY.has(scope) ? "none" : "read"));
  if (value === "write-all") return every((scope) => (READ_ONLY.has(scope) ? "read" : "write"));
  if (!isObject(value)) return refuse(node, "permissions are read-all, write-all or a map of scopes");
  return Object.fromEntries(members(node, "scopes").map(([scope, member]) => [scope, levelOf(at(node, scope), scope, member)]));
}

const every = (level: (scope: string) => string): Readonly<Record<string, string>> =>
  Object.fromEntries([...SCOPES].map((scope) => [scope, level(scope)]));

function levelOf(node: Node, scope: string, member: Node): string {
  checkKnown(node, SCOPES, scope, "scope of GITHUB_TOKEN");
  const level = text(member) ?? "";
  if (!/^(?:read|write|none)$/.test(level)) refuse(member, `a scope is read, write or none, not ${JSON.stringify(level)}`);
  return level;
}
