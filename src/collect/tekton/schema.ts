// The fields of Tekton's objects (tekton.dev v1 and v1beta1) and of Pipelines as Code that are used.
import { z } from "zod";

const Text = z.string();

const Step = z.looseObject({
  image: Text.optional(),
  script: Text.optional(),
  command: z.array(Text).optional(),
  args: z.array(Text).optional(),
});
const TaskSpec = z.looseObject({ steps: z.array(Step).optional() });

const Reference = z.looseObject({
  name: Text.optional(),
  bundle: Text.optional(),
  resolver: Text.optional(),
  params: z.array(z.looseObject({ name: Text, value: z.json().optional() })).optional(),
});
export type Reference = z.infer<typeof Reference>;

const PipelineTask = z.looseObject({
  name: Text,
  runAfter: z.array(Text).optional(),
  taskRef: Reference.optional(),
  taskSpec: TaskSpec.optional(),
});
export type PipelineTask = z.infer<typeof PipelineTask>;

const PipelineSpec = z.looseObject({ tasks: z.array(PipelineTask).optional(), finally: z.array(PipelineTask).optional() });

export const Metadata = z.looseObject({
  name: Text.optional(),
  generateName: Text.optional(),
  annotations: z.record(Text, Text).optional(),
  namespace: Text.optional(),
});

/** Pipeline, PipelineRun, Task, TaskRun: each has the part that its kind has. */
export const Runnable = z.object({
  kind: Text,
  metadata: Metadata.default({}),
  spec: z.looseObject({
    tasks: z.array(PipelineTask).optional(),
    finally: z.array(PipelineTask).optional(),
    steps: z.array(Step).optional(),
    pipelineSpec: PipelineSpec.optional(),
    pipelineRef: Reference.optional(),
    taskSpec: TaskSpec.optional(),
    taskRef: Reference.optional(),
    serviceAccountName: Text.optional(),
    taskRunTemplate: z.looseObject({ serviceAccountName: Text.optional() }).optional(),
  }),
});
export type Runnable = z.infer<typeof Runnable>;

export const Repository = z.object({
  metadata: z.looseObject({ name: Text, namespace: Text }),
  spec: z.looseObject({ url: Text, settings: z.looseObject({ pipelinerun_provenance: Text.optional() }).optional() }),
});
export type Repository = z.infer<typeof Repository>;
