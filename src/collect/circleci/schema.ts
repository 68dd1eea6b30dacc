// The fields of CircleCI's configuration and of its API (version 2) that are used.
import { z } from "zod";

const Text = z.string();
const Texts = z.union([Text, z.array(Text)]);
const Filter = z.object({ only: Texts.optional(), ignore: Texts.optional() });

/** "Workflow job configuration" (CircleCI Docs, "Configuration reference", jobs in workflow). */
export const Invocation = z.looseObject({
  name: Text.optional(),
  type: Text.optional(),
  requires: z.array(z.union([Text, z.record(Text, z.json())])).optional(),
  context: Texts.optional(),
  filters: z.union([Text, z.object({ branches: Filter.optional(), tags: Filter.optional() })]).optional(),
  matrix: z
    .object({ parameters: z.record(Text, z.union([z.array(z.union([Text, z.number(), z.boolean()])), Text])), alias: Text.optional() })
    .optional(),
});
export type Invocation = z.infer<typeof Invocation>;

export const Job = z.looseObject({
  docker: z.array(z.looseObject({ image: Text })).optional(),
  executor: z.union([Text, z.looseObject({ name: Text })]).optional(),
  resource_class: Text.optional(),
  steps: z.array(z.json()).optional(),
  parameters: z.record(Text, z.looseObject({ default: z.json().optional() })).optional(),
});
export type Job = z.infer<typeof Job>;

export const Context = z.object({ id: Text, name: Text });
export type Context = z.infer<typeof Context>;
export const Restriction = z.object({ context_id: Text, restriction_type: Text, restriction_value: Text, name: Text.nullish() });
export type Restriction = z.infer<typeof Restriction>;
export const ContextVariable = z.object({ variable: Text, context_id: Text });
export type ContextVariable = z.infer<typeof ContextVariable>;
export const ProjectVariable = z.object({ name: Text });
export type ProjectVariable = z.infer<typeof ProjectVariable>;
export const Project = z.object({ slug: Text, id: Text.optional(), organization_id: Text.optional(), organization_slug: Text });
export type Project = z.infer<typeof Project>;
export const Settings = z.object({ advanced: z.object({ build_fork_prs: z.boolean(), forks_receive_secret_env_vars: z.boolean() }) });
export type Settings = z.infer<typeof Settings>;
