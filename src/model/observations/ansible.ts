// What the Ansible collector reads: inventories, variables, playbooks, settings and requirements of a project, and job templates of AWX.
import type { Source } from "../source.ts";

interface Read {
  readonly source: Source;
}

/** Of every file: whose it is (`acme/infra`), and where it stands there. */
interface InProject extends Read {
  readonly project: string;
  readonly path: string;
}

/** The variables that decide how a host is reached; all others are left out. */
export interface AnsibleConnection {
  /** Where the connection goes, when not to the name. */
  readonly address?: string;
  readonly user?: string;
  /** `local`: nothing is connected to. */
  readonly connection?: string;
  /** Path of a private key, as written. */
  readonly keyFile?: string;
  readonly become?: boolean;
  /** Keyed fingerprint of a password that stands in the open. */
  readonly passwordFingerprint?: string;
}

export interface AnsibleHost extends AnsibleConnection, Read {
  readonly name: string;
}

export interface AnsibleInventoryGroup extends Read {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly children: readonly string[];
  readonly vars: AnsibleConnection;
}

/** One inventory file; a folder of them is one inventory. */
export interface AnsibleInventory extends InProject {
  readonly kind: "ansible/inventory";
  readonly hosts: readonly AnsibleHost[];
  readonly groups: readonly AnsibleInventoryGroup[];
  /** Given: a plugin or script makes the hosts, which no file holds. */
  readonly plugin?: string;
  /** What `ansible-inventory --list` printed: the hosts that plugins of its folder made. */
  readonly isListed?: true;
}

/** Something encrypted with a vault password: a whole file, or one value. Without an id it is the default one. */
export interface AnsibleVaulted extends Read {
  readonly vaultId: string;
  /** Name of the variable; absent: the whole file. */
  readonly name?: string;
}

/** A file of variables: of a group, of a host, or one that plays name. */
export interface AnsibleVariables extends InProject {
  readonly kind: "ansible/variables";
  readonly of: "group" | "host" | "file";
  /** Name of the group or host. */
  readonly name: string;
  /** The folder that `group_vars` or `host_vars` stands in: beside an inventory or a playbook. */
  readonly beside: string;
  readonly vars: AnsibleConnection;
  readonly vaulted: readonly AnsibleVaulted[];
}

export interface AnsiblePlay extends Read {
  readonly name: string;
  /** Host pattern as written. */
  readonly hosts: string;
  readonly become: boolean;
  readonly becomeUser?: string;
  readonly user?: string;
  readonly connection?: string;
  readonly serial?: string;
  readonly roles: readonly string[];
  /** Hosts that tasks are handed to. */
  readonly delegates: readonly string[];
  readonly varsFiles: readonly string[];
  readonly vaulted: readonly AnsibleVaulted[];
}

export interface AnsiblePlaybook extends InProject {
  readonly kind: "ansible/playbook";
  /** In order; an import stands where the imported plays run. */
  readonly parts: readonly ({ readonly play: AnsiblePlay } | { readonly imports: string; readonly source: Source })[];
}

/** A list of tasks of a role, or one that plays include. */
export interface AnsibleTasks extends InProject {
  readonly kind: "ansible/tasks";
  readonly become: boolean;
  readonly delegates: readonly string[];
}

export interface AnsibleConfiguration extends InProject {
  readonly kind: "ansible/configuration";
  readonly inventories: readonly string[];
  /** Vault passwords by their ids; `default` for vault_password_file. `from`: a file, or `prompt`. */
  readonly vaults: readonly { readonly id: string; readonly from: string }[];
  readonly keyFile?: string;
  readonly user?: string;
  readonly become: boolean;
}

/** A role or collection that is fetched. */
export interface AnsibleRequirement extends InProject {
  readonly kind: "ansible/requirement";
  readonly what: "role" | "collection";
  readonly name: string;
  /** Address of a Git repository, where it is one. */
  readonly git?: string;
  readonly version?: string;
  /** The name that is asked for can be moved to other content. */
  readonly isMovable: boolean;
}

/** A job template of AWX or Automation Controller, as `awx export` writes it. */
export interface AwxJobTemplate extends Read {
  readonly kind: "ansible/job-template";
  /** Organization and host are not in it: the scope's organization, or the template's own. */
  readonly organization: string;
  readonly name: string;
  readonly playbook: string;
  readonly inventory?: string;
  readonly limit?: string;
  readonly become: boolean;
  /** Dry run. */
  readonly isCheck: boolean;
  readonly scm?: { readonly url: string; readonly branch?: string };
  readonly credentials: readonly { readonly name: string; readonly kind: string }[];
  /** What the one who launches it may change. */
  readonly asks: readonly ("inventory" | "limit" | "variables" | "branch" | "credential")[];
}

export type AnsibleObservation =
  | AnsibleInventory
  | AnsibleVariables
  | AnsiblePlaybook
  | AnsibleTasks
  | AnsibleConfiguration
  | AnsibleRequirement
  | AwxJobTemplate;
