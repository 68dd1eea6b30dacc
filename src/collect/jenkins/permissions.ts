// Names of permissions and of those who have them, in the one form of the model.
import type { JenkinsSid } from "../../model/observations/jenkins.ts";

const GROUPS: Readonly<Record<string, string>> = { Hudson: "Overall", Item: "Job", Computer: "Agent", CredentialsProvider: "Credentials" };

/** `hudson.model.Item.Configure` and `Job/Configure` are one (matrix-auth plugin, "Permissions"; configuration as code uses the second). */
export function permissionOf(written: string): string {
  const parts = written.trim().split(/[./]/);
  const [group = "", name = ""] = parts.slice(-2);
  return `${Object.hasOwn(GROUPS, group) ? GROUPS[group] : group}/${name}`;
}

/** `USER:alice`, `GROUP:developers`; without a type it may be either ("ambiguous entries", matrix-auth 3.0). */
export function sidOf(written: string): JenkinsSid {
  const [, type, name] = /^(USER|GROUP|EITHER):(.*)$/s.exec(written) ?? [undefined, "EITHER", written];
  // Whoever is there, and whoever signed in.
  if (name === "anonymous" || name === "authenticated") return { type: "group", name };
  return { type: type === "USER" ? "user" : type === "GROUP" ? "group" : "either", name: name ?? "" };
}

/** `USER:hudson.model.Item.Build:alice`, `GROUP:Overall/Read:authenticated`, `Overall/Administer:admin`. */
export function entryOf(written: string): { readonly permission: string; readonly to: JenkinsSid } | undefined {
  const [, type, permission, name] = /^(?:(USER|GROUP|EITHER):)?([\w.]+(?:\/\w+)?):(.+)$/s.exec(written.trim()) ?? [];
  if (permission === undefined || name === undefined) return undefined;
  return { permission: permissionOf(permission), to: sidOf(type === undefined ? name : `${type}:${name}`) };
}
