// An answer of an identity provider → its accounts, groups and members, each with its place in the file.
import type { z } from "zod";
import { inside, type Source } from "../../model/source.ts";
import type { ObservationSink, ParsedFile } from "../collector.ts";
import { READERS, type User } from "./providers.ts";
import type { Shape } from "./shapes.ts";
import { identityGap, type Topic } from "./topics.ts";

/** `okta:acme.okta.com`: the scope says which, else the address in the answer; ids are unique in each product, so a directory may stay without a name. */
export function directoryOf({ provider, items }: Pick<Shape, "provider" | "items">, { scope, call }: ParsedFile): string {
  const host = /https:\/\/([^/\s"]+\.(?:okta|oktapreview|okta-emea)\.com)/.exec(`${call ?? ""} ${JSON.stringify(items[0] ?? "")}`)?.[1];
  const name = scope?.organization ?? (provider === "okta" ? host : undefined);
  return name === undefined ? provider : `${provider}:${name}`;
}

const TOPICS: Readonly<Record<Shape["what"], Topic>> = {
  users: "identity/users",
  groups: "identity/groups",
  members: "identity/members",
};

export function mapAnswer(shape: Shape, index: number, file: ParsedFile, sink: ObservationSink): void {
  const { provider, what, items, at } = shape;
  const directory = directoryOf(shape, file);
  const source = inside({ file: file.path, ...(index > 0 && { document: index }), pointer: "" }, ...at);
  const topic = TOPICS[what];
  if (what === "members" && shape.group === undefined) {
    const why = "nothing says which group they are of: keep the manifest, or name the file groups/ID/members.json";
    return sink.gap(identityGap(topic, file.path, `members in ${file.path}`, why, source));
  }
  const each = <T>(schema: z.ZodType<T>): readonly (readonly [T, Source])[] =>
    items.flatMap((item, i) => {
      const here = inside(source, i);
      const parsed = schema.safeParse(item);
      if (parsed.success) return [[parsed.data, here] as const];
      const [issue] = parsed.error.issues;
      const why = `${(issue?.path ?? []).join(".") || "it"}: ${issue?.message ?? "not of the documented form"}`;
      sink.gap(identityGap(topic, `${directory}#${file.path}/${i}`, `${singular(what)} ${i + 1} in ${file.path}`, why, here));
      return [];
    });
  const reader = READERS[provider];
  if (what === "users") for (const [user, here] of each(reader.user)) putUser(user, directory, here, sink);
  if (what === "groups")
    for (const [{ members, ...group }, here] of each(reader.group)) {
      sink.observation({ kind: "identity/group", directory, ...group, source: here });
      if (members === undefined) continue;
      sink.observation({ kind: "identity/members", directory, group: group.id, members, source: inside(here, "members") });
      sink.observation({ kind: "identity/page", directory, what: "members", group: group.id, count: members.length, source: here });
    }
  if (what === "members") {
    // Okta prints members as whole users.
    const users = provider === "okta" ? each(reader.user) : [];
    for (const [user, here] of users) putUser(user, directory, here, sink);
    const members =
      provider === "okta"
        ? users.map(([{ id, userName }]) => ({ id, type: "user" as const, address: userName }))
        : each(reader.member).map(([member]) => member);
    sink.observation({ kind: "identity/members", directory, group: shape.group ?? "", members, source });
  }
  sink.observation({
    kind: "identity/page",
    directory,
    what,
    ...(shape.group !== undefined && { group: shape.group }),
    ...(file.call !== undefined && { call: file.call }),
    count: items.length,
    ...(shape.next && { next: true }),
    ...(shape.total !== undefined && { total: shape.total }),
    source,
  });
}

const putUser = (user: User, directory: string, source: Source, sink: ObservationSink): void =>
  sink.observation({ kind: "identity/user", directory, ...user, source });

const singular = (what: Shape["what"]): string => what.slice(0, -1);
