// The fields of repos.yaml and atlantis.yaml that are used (Atlantis, "Server Side Repo Config" and "Repo Level atlantis.yaml Config", Reference).
import { z } from "zod";

const Text = z.string();
const Texts = z.array(Text);

/** `init`, `{run: …}`, `{plan: {extra_args: […]}}`, `{env: {name, value or command}}`, `{multienv: …}`. */
const Step = z.union([Text, z.record(Text, z.json())]);
const Stage = z.object({ steps: z.array(Step).optional() }).nullish();

export const Workflow = z.object({ plan: Stage, apply: Stage }).nullable();
export type Workflow = z.infer<typeof Workflow>;

export const RepoEntry = z.object({
  id: Text,
  branch: Text.optional(),
  plan_requirements: Texts.optional(),
  apply_requirements: Texts.optional(),
  workflow: Text.optional(),
  allowed_overrides: Texts.optional(),
  allow_custom_workflows: z.boolean().optional(),
});
export type RepoEntry = z.infer<typeof RepoEntry>;

export const Project = z.object({
  name: Text.optional(),
  dir: Text,
  workspace: Text.default("default"),
  workflow: Text.optional(),
  plan_requirements: Texts.optional(),
  apply_requirements: Texts.optional(),
  depends_on: Texts.optional(),
});
export type Project = z.infer<typeof Project>;
