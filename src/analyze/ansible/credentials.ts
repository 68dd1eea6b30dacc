// What opens hosts or secrets of several environments at once: vault passwords, private keys, passwords in the open, credentials of AWX.
import type { Source } from "../../model/source.ts";
import type { Estate } from "../estate.ts";
import { allRuns, type Runs } from "./all-runs.ts";
import { awxCredentialId, hostId, keyId, vaultId } from "./ids.ts";
import { inventoriesOf, type Inventory, vaultedFor } from "./inventories.ts";

export interface OpensSeveral {
  readonly id: string;
  /** `the password of vault default of acme/infra`. */
  readonly label: string;
  /** Environments of the charter, each with what shows it. */
  readonly environments: ReadonlyMap<string, string>;
  /** Given: that it is one and the same is not certain, and why. */
  readonly because?: string;
  readonly source: Source;
}

interface Use {
  readonly id: string;
  readonly label: string;
  readonly host: string;
  readonly shown: string;
  readonly because?: string | undefined;
  readonly source: Source;
}

export function credentialsOfHosts(estate: Estate): readonly OpensSeveral[] {
  const uses = [
    ...inventoriesOf(estate).flatMap((inventory) => [...vaults(estate, inventory), ...keys(inventory)]),
    ...ofTemplates(estate),
  ];
  return [...Map.groupBy(uses, (use) => use.id).values()].map((all): OpensSeveral => {
    const first = all[0] as Use;
    const environments = new Map<string, string>();
    for (const use of all) {
      const name = estate.environmentOf(use.host);
      if (name !== undefined && !environments.has(name)) environments.set(name, use.shown);
    }
    const because = all.find((use) => use.because !== undefined)?.because;
    return { id: first.id, label: first.label, environments, ...(because !== undefined && { because }), source: first.source };
  });
}

/**
 * An id is a label, and the password is what the label's holder types: content under one label of one's own choosing is meant for one password. Content
 * without a label is so only where the settings, or every command, name one password for it ("The vault ID label is a hint", Ansible, "Managing vault
 * passwords").
 */
function vaults(estate: Estate, inventory: Inventory): readonly Use[] {
  const { project } = inventory;
  const settings = estate.observations("ansible/configuration").filter((one) => one.project === project);
  const isNamed = (id: string): boolean => settings.some((one) => one.vaults.some((vault) => vault.id === id));
  return vaultedFor(estate, inventory).flatMap(({ vaulted, hosts, path }) =>
    hosts.map((name) => ({
      id: vaultId(project, vaulted.vaultId),
      label: `the password of vault ${vaulted.vaultId} of ${project}`,
      host: hostId(project, name),
      shown: path,
      because:
        vaulted.vaultId !== "default" || isNamed("default")
          ? undefined
          : "whether what is encrypted without a vault id has one password is not in the files",
      source: vaulted.source,
    })),
  );
}

function keys(inventory: Inventory): readonly Use[] {
  const { project, source } = inventory;
  return inventory.all.flatMap((name): readonly Use[] => {
    const { keyFile, passwordFingerprint } = inventory.connection(name);
    const common = { host: hostId(project, name), shown: name, source };
    return [
      ...(keyFile === undefined || keyFile.includes("{{")
        ? []
        : [{ ...common, id: keyId(project, keyFile), label: `key ${keyFile} of ${project}` }]),
      ...(passwordFingerprint === undefined
        ? []
        : [
            {
              ...common,
              id: `ansible:${project}#password/${passwordFingerprint}`,
              label: `a password that stands in the inventories of ${project}`,
            },
          ]),
    ];
  });
}

/** A credential of AWX is used by every template that names it. */
function ofTemplates(estate: Estate): readonly Use[] {
  const withTemplate = allRuns(estate).filter(
    (one): one is Runs & { readonly template: NonNullable<Runs["template"]> } => one.template !== undefined,
  );
  return withTemplate.flatMap(({ template, runs }) =>
    template.credentials.flatMap((credential) =>
      runs.flatMap((run) =>
        run.hosts.map((host) => ({
          id: awxCredentialId(template.organization, credential.name),
          label: `credential ${credential.name} of AWX`,
          host: hostId(run.project, host.name),
          shown: `job template ${template.name}`,
          because: host.because,
          source: template.source,
        })),
      ),
    ),
  );
}
