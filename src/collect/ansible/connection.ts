// The few variables of a host, group or play that decide how Ansible connects, out of all that stand beside them.
import { isObject } from "../../lib/json.ts";
import type { AnsibleConnection, AnsibleVaulted } from "../../model/observations/ansible.ts";
import { inside, type Source } from "../../model/source.ts";

type Fingerprint = (secret: string) => string;

/** Ansible, "Converting values": what it takes for true, in text or not. */
export const isTrue = (value: unknown): boolean =>
  value === true || value === 1 || (typeof value === "string" && /^(?:y|yes|true|on|1)$/i.test(value));

const text = (value: unknown): string | undefined =>
  (typeof value === "string" && value !== "") || typeof value === "number" ? String(value) : undefined;

const isVaulted = (value: string): boolean => value.trimStart().startsWith("$ANSIBLE_VAULT;");

/** Names with their older forms (Ansible, "Connecting to hosts: behavioral inventory parameters"). */
export function connectionOf(vars: Readonly<Record<string, unknown>>, fingerprint: Fingerprint): AnsibleConnection {
  const one = (...names: readonly string[]): string | undefined =>
    names.map((name) => text(vars[name])).find((value) => value !== undefined);
  const address = one("ansible_host", "ansible_ssh_host");
  const user = one("ansible_user", "ansible_ssh_user");
  const connection = one("ansible_connection");
  const keyFile = one("ansible_ssh_private_key_file", "ansible_private_key_file");
  const password = one("ansible_password", "ansible_ssh_pass", "ansible_become_password", "ansible_become_pass");
  const isOpen = password !== undefined && !isVaulted(password) && !password.includes("{{");
  return {
    ...(address !== undefined && { address }),
    ...(user !== undefined && { user }),
    ...(connection !== undefined && { connection }),
    ...(keyFile !== undefined && { keyFile }),
    ...("ansible_become" in vars && { become: isTrue(vars["ansible_become"]) }),
    ...(isOpen && { passwordFingerprint: fingerprint(password) }),
  };
}

/**
 * "$ANSIBLE_VAULT;1.2;AES256;vault-id-label": version 1.1 has no label, and the id is then the default one (Ansible, "Protecting sensitive data with
 * Ansible vault", Format of files encrypted with Ansible Vault). What is encrypted is never looked at.
 */
export const vaultIdOf = (value: string): string | undefined =>
  /^\$ANSIBLE_VAULT;[\d.]+;\w+(?:;([^\s;]+))?/.exec(value.trimStart()) === null
    ? undefined
    : (/^\$ANSIBLE_VAULT;[\d.]+;\w+;([^\s;]+)/.exec(value.trimStart())?.[1] ?? "default");

/** Encrypted values, however deep they stand. */
export function vaultedIn(value: unknown, source: Source, name?: string): readonly AnsibleVaulted[] {
  if (typeof value === "string") {
    const vaultId = vaultIdOf(value);
    return vaultId === undefined ? [] : [{ vaultId, ...(name !== undefined && { name }), source }];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => vaultedIn(item, inside(source, index), name));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => vaultedIn(item, inside(source, key), key));
}
