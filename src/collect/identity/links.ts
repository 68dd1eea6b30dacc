// GitHub's own record of whose sign-in each account is bound to: external identities of SAML single sign-on, by GraphQL.
import { isObject, type JsonObject } from "../../lib/json.ts";
import { inside, type Source } from "../../model/source.ts";
import type { ObservationSink, ParsedFile } from "../collector.ts";
import { ExternalIdentity } from "./schema.ts";
import { identityGap } from "./topics.ts";

interface Found {
  readonly connection: JsonObject;
  readonly source: Source;
}

/** `data.organization.samlIdentityProvider.externalIdentities`, or the same under `data.enterprise.ownerInfo`. */
function connectionIn(document: unknown, file: string): Found | undefined {
  const paths = [
    ["data", "organization", "samlIdentityProvider", "externalIdentities"],
    ["data", "enterprise", "ownerInfo", "samlIdentityProvider", "externalIdentities"],
  ];
  for (const path of paths) {
    let at: unknown = document;
    for (const key of path) at = isObject(at) ? at[key] : undefined;
    if (isObject(at)) return { connection: at, source: inside({ file, pointer: "" }, ...path) };
  }
  return undefined;
}

export const isLinks = (document: unknown): boolean => connectionIn(document, "") !== undefined;

export function mapLinks(document: unknown, { path, scope }: ParsedFile, sink: ObservationSink): void {
  const found = connectionIn(document, path);
  if (found === undefined) return;
  const { connection, source } = found;
  const organization = scope?.organization ?? "";
  const list = (key: "edges" | "nodes"): readonly unknown[] => (Array.isArray(connection[key]) ? (connection[key] as unknown[]) : []);
  const nodes = [
    ...list("edges").map((edge, i) => [isObject(edge) ? edge["node"] : edge, inside(source, "edges", i, "node")] as const),
    ...list("nodes").map((node, i) => [node, inside(source, "nodes", i)] as const),
  ];
  for (const [node, at] of nodes) {
    const parsed = ExternalIdentity.safeParse(node);
    if (!parsed.success) {
      const why = parsed.error.issues[0]?.message ?? "not of the documented form";
      sink.gap(identityGap("identity/links", `${path}${at.pointer}`, `an external identity in ${path}`, why, at));
      continue;
    }
    const { user, samlIdentity, scimIdentity } = parsed.data;
    // Without a user the sign-in was invited, and no account of GitHub is bound to it.
    if (!user) continue;
    const names = [samlIdentity?.nameId, samlIdentity?.username, scimIdentity?.username];
    const addresses = new Set(names.flatMap((name) => (typeof name === "string" && name.includes("@") ? [name.toLowerCase()] : [])));
    for (const address of addresses)
      sink.observation({ kind: "identity/link", system: "github", organization, account: user.login, address, source: at });
  }
  const page = connection["pageInfo"];
  const total = connection["totalCount"];
  const isCut = (isObject(page) && page["hasNextPage"] === true) || (typeof total === "number" && total > nodes.length);
  if (isCut) {
    const why = "it is one page of several: collect all of them into one file (gh api graphql --paginate)";
    sink.gap(identityGap("identity/links", `github:${organization}`, `external identities of ${organization || "GitHub"}`, why, source));
  }
}
