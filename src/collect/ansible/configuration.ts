// ansible.cfg → what a run takes when its command line says nothing: inventories, vault passwords, keys.
import type { AnsibleConfiguration } from "../../model/observations/ansible.ts";
import type { Source } from "../../model/source.ts";
import { isTrue } from "./connection.ts";
import { sectionsOf, settingOf } from "./ini.ts";
import type { Placed } from "./path.ts";

const KNOWN =
  /^(?:inventory|vault_password_file|vault_identity_list|private_key_file|remote_user|host_key_checking|roles_path|collections_path|retry_files_enabled|forks|interpreter_python|stdout_callback|gathering|nocows|timeout|deprecation_warnings|become|callbacks_enabled|log_path|vault_identity|ansible_managed|hash_behaviour|fact_caching)$/;

/** Ansible, "Ansible Configuration Settings": settings stand in sections, most of them in defaults. */
export const isConfiguration = (text: string): boolean =>
  /^\[(?:defaults|privilege_escalation|ssh_connection)\]/m.test(text) &&
  sectionsOf(text).some(
    ({ name, lines }) =>
      /^(?:defaults|privilege_escalation|ssh_connection)$/.test(name) &&
      lines.some((line) => KNOWN.test(settingOf(line.text)?.[0] ?? "") || name !== "defaults"),
  );

/** `vault_identity_list = dev@dev.txt, prod@prompt`; without an id before the @ it is the default one. */
function identity(entry: string): { id: string; from: string } {
  const at = entry.indexOf("@");
  return at > 0 ? { id: entry.slice(0, at), from: entry.slice(at + 1) } : { id: "default", from: entry.replace(/^@/, "") };
}

export function configurationOf(text: string, about: Placed & { readonly source: Source }): AnsibleConfiguration {
  const settings = new Map<string, string>(
    sectionsOf(text).flatMap(({ name, lines }) =>
      lines.flatMap((line) => {
        const setting = settingOf(line.text);
        return setting === undefined ? [] : [[`${name}/${setting[0]}`, setting[1]] as const];
      }),
    ),
  );
  const list = (key: string): readonly string[] =>
    (settings.get(key) ?? "")
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "");
  const file = settings.get("defaults/vault_password_file");
  const keyFile = settings.get("defaults/private_key_file");
  const user = settings.get("defaults/remote_user");
  return {
    kind: "ansible/configuration",
    ...about,
    inventories: list("defaults/inventory"),
    vaults: [...list("defaults/vault_identity_list").map(identity), ...(file ? [{ id: "default", from: file }] : [])],
    ...(keyFile && { keyFile }),
    ...(user && { user }),
    become: isTrue(settings.get("privilege_escalation/become") ?? settings.get("defaults/become")),
  };
}
