// The fields of HCP Terraform's JSON:API answers that are used (developer.hashicorp.com, "HCP Terraform API Documentation").
import { z } from "zod";

const Text = z.string();
const One = z.object({ id: Text, type: Text });
const To = z.object({ data: One.nullish() }).optional();
const ToMany = z.object({ data: z.array(One).nullish() }).optional();

export const Workspace = z.object({
  id: Text,
  attributes: z.object({
    name: Text,
    "auto-apply": z.boolean(),
    "auto-apply-run-trigger": z.boolean().optional(),
    "execution-mode": Text.optional(),
    "speculative-enabled": z.boolean().optional(),
    "vcs-repo": z
      .object({
        identifier: Text,
        branch: Text.nullish(),
        "service-provider": Text.nullish(),
        "repository-http-url": Text.nullish(),
        "tags-regex": Text.nullish(),
      })
      .nullish(),
  }),
  relationships: z.object({ organization: To, project: To }).optional(),
});
export type Workspace = z.infer<typeof Workspace>;

export const Project = z.object({
  id: Text,
  attributes: z.object({ name: Text }),
  relationships: z.object({ organization: To }).optional(),
});
export type Project = z.infer<typeof Project>;

export const Team = z.object({
  id: Text,
  attributes: z.object({
    name: Text,
    "organization-access": z.object({ "manage-workspaces": z.boolean().optional(), "manage-projects": z.boolean().optional() }).nullish(),
  }),
  relationships: z.object({ organization: To, users: ToMany }).optional(),
});
export type Team = z.infer<typeof Team>;

export const User = z.object({ id: Text, attributes: z.object({ username: Text }) });
export type User = z.infer<typeof User>;

export const TeamWorkspace = z.object({
  id: Text,
  attributes: z.object({ access: Text, runs: z.enum(["read", "plan", "apply"]).optional() }),
  relationships: z.object({ team: z.object({ data: One }), workspace: z.object({ data: One }) }),
});
export type TeamWorkspace = z.infer<typeof TeamWorkspace>;

export const TeamProject = z.object({
  id: Text,
  attributes: z.object({ access: Text, "workspace-access": z.object({ runs: z.enum(["read", "plan", "apply"]).optional() }).optional() }),
  relationships: z.object({ team: z.object({ data: One }), project: z.object({ data: One }) }),
});
export type TeamProject = z.infer<typeof TeamProject>;

export const RunTrigger = z.object({
  id: Text,
  relationships: z.object({ workspace: z.object({ data: One }), sourceable: z.object({ data: One }) }),
});
export type RunTrigger = z.infer<typeof RunTrigger>;

export const Variable = z.object({
  id: Text,
  attributes: z.object({ key: Text, category: Text, sensitive: z.boolean() }),
  relationships: z.object({ configurable: To, workspace: To, varset: To }).optional(),
});
export type Variable = z.infer<typeof Variable>;

export const VariableSet = z.object({
  id: Text,
  attributes: z.object({ name: Text, global: z.boolean() }),
  relationships: z.object({ organization: To, workspaces: ToMany, projects: ToMany, vars: ToMany }).optional(),
});
export type VariableSet = z.infer<typeof VariableSet>;
