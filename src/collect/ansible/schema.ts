// The fields of Ansible's files and of AWX's export that are used.
import { z } from "zod";

const Text = z.string();
const Switch = z.union([z.boolean(), z.string(), z.number(), z.null()]);
const Items = z.union([z.array(z.json()), z.null()]);

/** Ansible, "Playbook Keywords", Play. */
export const Play = z.object({
  name: Text.optional(),
  hosts: z.union([Text, z.array(Text)]),
  become: Switch.optional(),
  become_user: Text.optional(),
  remote_user: Text.optional(),
  user: Text.optional(),
  connection: Text.optional(),
  serial: z.json().optional(),
  roles: Items.optional(),
  vars_files: z.union([Items, Text]).optional(),
});
export type Play = z.infer<typeof Play>;

/** Ansible Galaxy User Guide, "Install multiple collections with a requirements file"; "Installing roles and collections from the same file". */
export const Requirement = z.union([
  Text,
  z.object({
    name: Text.optional(),
    src: Text.optional(),
    source: Text.optional(),
    version: z.union([Text, z.number()]).optional(),
    type: Text.optional(),
    scm: Text.optional(),
  }),
]);
export type Requirement = z.infer<typeof Requirement>;

const Named = z.object({ name: Text });
const InOrganization = z.object({ name: Text, organization: Named.nullish() });

/** `awx export --job_templates`: names stand where the API has numbers. */
export const JobTemplate = z.object({
  name: Text,
  job_type: Text.optional(),
  playbook: Text,
  limit: Text.nullish(),
  become_enabled: z.boolean().optional(),
  scm_branch: Text.nullish(),
  inventory: InOrganization.nullish(),
  project: InOrganization.nullish(),
  ask_inventory_on_launch: z.boolean().optional(),
  ask_limit_on_launch: z.boolean().optional(),
  ask_variables_on_launch: z.boolean().optional(),
  ask_scm_branch_on_launch: z.boolean().optional(),
  ask_credential_on_launch: z.boolean().optional(),
  related: z
    .object({
      credentials: z.array(z.object({ name: Text, credential_type: z.object({ kind: Text.optional(), name: Text }).nullish() })).optional(),
    })
    .optional(),
});
export type JobTemplate = z.infer<typeof JobTemplate>;

export const AwxProject = z.object({ name: Text, scm_type: Text.nullish(), scm_url: Text.nullish(), scm_branch: Text.nullish() });
export type AwxProject = z.infer<typeof AwxProject>;

const AwxHost = z.object({ name: Text, variables: z.union([Text, z.record(Text, z.json())]).nullish() });

export const AwxInventory = z.object({
  name: Text,
  organization: Named.nullish(),
  related: z
    .object({
      hosts: z.array(AwxHost).optional(),
      groups: z
        .array(
          z.object({
            name: Text,
            related: z.object({ hosts: z.array(Named).optional(), children: z.array(Named).optional() }).optional(),
          }),
        )
        .optional(),
      inventory_sources: z.array(Named).optional(),
    })
    .optional(),
});
export type AwxInventory = z.infer<typeof AwxInventory>;
