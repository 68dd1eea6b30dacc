// Identity providers and personnel files: who is who, who is in which group, who is still here.
import type { Gap } from "../../model/gap.ts";
import type { Scope } from "../../model/manifest.ts";
import type { Collector } from "../collector.ts";
import { isPersonnelFile, mapPersonnelFile } from "./employees.ts";
import { join } from "./join.ts";
import { isLinks, mapLinks } from "./links.ts";
import { mapAnswer } from "./map.ts";
import { groupAsked, shapeOf } from "./shapes.ts";
import { identityGap, type Topic } from "./topics.ts";

export const collector: Collector = {
  system: "identity",
  reads: [
    "Okta: /api/v1/users, /api/v1/groups, /api/v1/groups/ID/users",
    "Microsoft Entra ID: users, groups and members of Microsoft Graph; what az ad user, group and group member list print",
    "Google Workspace: users, groups and members of the Directory API",
    "SCIM 2.0: Users, Groups, one resource or a ListResponse (RFC 7643, RFC 7644)",
    "GitHub: external identities of SAML single sign-on, by GraphQL",
    "A personnel file as a table (CSV): number, address, status, team, manager, employer, country, first and last day, moves",
  ],
  permissions: [
    "Okta: a read-only administrator's token, or scopes okta.users.read and okta.groups.read",
    "Microsoft Graph: User.Read.All and GroupMember.Read.All; User-LifeCycleInfo.Read.All for last days",
    "Google: admin.directory.user.readonly, admin.directory.group.readonly and admin.directory.group.member.readonly",
    "GitHub: read:org of an owner, for external identities",
  ],
  cannotSee: [
    "Accounts that were deleted: Okta leaves deactivated users out unless asked for (A5)",
    "Who knows a password or holds a token that is not their own (A6)",
    "Which groups a system takes over from the directory, where they bear another name there (A2)",
  ],
  recognize(document, file) {
    if (typeof document === "string") return isPersonnelFile(document) ? "personnel file" : undefined;
    if (isLinks(document)) return "external identities of GitHub";
    const shape = shapeOf(document, file);
    return shape && `${shape.what} of ${shape.provider}`;
  },
  map(document, index, file, sink) {
    if (typeof document === "string") return mapPersonnelFile(document, file, sink);
    if (isLinks(document)) return mapLinks(document, file, sink);
    const shape = shapeOf(document, file);
    if (shape) mapAnswer(shape, index, file, sink);
  },
  join,
  denied,
};

function denied(call: string, error: string, scope: Scope): readonly Gap[] {
  const directory = scope.organization ?? "the identity provider";
  const group = groupAsked({ call, path: "", format: "json", documents: [], text: "" });
  if (group !== undefined)
    return [identityGap("identity/members", `${directory}#${group}`, `members of group ${group} of ${directory}`, error)];
  const topic: Topic = /groups?\b/i.test(call) ? "identity/groups" : /graphql/i.test(call) ? "identity/links" : "identity/users";
  return [identityGap(topic, directory, `${topic.slice("identity/".length)} of ${directory}`, error)];
}
