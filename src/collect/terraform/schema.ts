// The wire formats: `terraform show -json` of a plan and of a state, and the state file itself, only the fields used.
import { z } from "zod";

const Text = z.string().min(1);

/**
 * A consumer refuses a major version it does not know and accepts any minor one. The formats before 1.0 differ from it in nothing used here.
 * Source: Terraform documentation, "JSON Output Format", format version.
 */
const FormatVersion = z.string().regex(/^[01]\.\d+$/, "a format version from 0.1 to 1.x");

const Values = z.record(z.string(), z.json());

/** One resource instance of a "values representation". */
const ValuesResource = z.object({
  address: Text,
  mode: z.enum(["managed", "data"]),
  type: Text,
  name: Text,
  index: z.union([z.string(), z.number()]).optional(),
  provider_name: Text.optional(),
  values: Values.nullish(),
  sensitive_values: z.json().optional(),
});
export type ValuesResource = z.infer<typeof ValuesResource>;

export interface ValuesModule {
  address?: string | undefined;
  resources?: ValuesResource[] | undefined;
  child_modules?: ValuesModule[] | undefined;
}
const ValuesModule: z.ZodType<ValuesModule> = z.object({
  address: z.string().optional(),
  resources: z.array(ValuesResource).optional(),
  get child_modules() {
    return z.array(ValuesModule).optional();
  },
});

const ValuesOf = z.object({ root_module: ValuesModule.optional() });

export const State = z.object({ format_version: FormatVersion, values: ValuesOf.nullish() });
export type State = z.infer<typeof State>;

export const ACTIONS = ["no-op", "create", "read", "update", "delete", "forget"] as const;

const Change = z.object({
  actions: z.array(z.enum(ACTIONS)).min(1),
  before: Values.nullish(),
  after: Values.nullish(),
  after_unknown: z.json().optional(),
  before_sensitive: z.json().optional(),
  after_sensitive: z.json().optional(),
});

const ResourceChange = z.object({
  address: Text,
  previous_address: Text.optional(),
  module_address: Text.optional(),
  mode: z.enum(["managed", "data"]),
  type: Text,
  name: Text,
  index: z.union([z.string(), z.number()]).optional(),
  provider_name: Text.optional(),
  /** An object left over from a replacement that failed: it is on its way out. */
  deposed: Text.optional(),
  change: Change,
});
export type ResourceChange = z.infer<typeof ResourceChange>;

export const Plan = z.object({
  format_version: FormatVersion,
  planned_values: ValuesOf.optional(),
  resource_changes: z.array(ResourceChange).optional(),
  prior_state: z.object({ values: ValuesOf.nullish() }).optional(),
  /** Walked by hand in configuration.ts: it only helps to resolve what is known after apply, so what does not fit there resolves nothing. */
  configuration: z.json().optional(),
  errored: z.boolean().optional(),
  /** Changes that wait for another round, since what they depend on is not known yet. */
  deferred_changes: z.array(z.object({ resource_change: z.object({ address: Text }).optional() })).optional(),
});
export type Plan = z.infer<typeof Plan>;

/** A step of a path to a sensitive attribute (Terraform, internal/states/statefile/version4.go, pathStep). */
export const SensitivePath = z.array(
  z.object({
    type: z.enum(["get_attr", "index"]),
    value: z.union([z.string(), z.number(), z.object({ value: z.union([z.string(), z.number()]) })]),
  }),
);

export const RawState4 = z.object({
  version: z.literal(4),
  resources: z
    .array(
      z.object({
        module: Text.optional(),
        mode: z.enum(["managed", "data"]),
        type: Text,
        name: Text,
        provider: z.string().optional(),
        instances: z.array(
          z.object({
            index_key: z.union([z.string(), z.number()]).nullish(),
            deposed: Text.optional(),
            attributes: Values.nullish(),
            /** States that Terraform before 0.12 wrote and a later one upgraded keep the flat form. */
            attributes_flat: z.record(z.string(), z.string()).nullish(),
            sensitive_attributes: z.array(z.unknown()).nullish(),
          }),
        ),
      }),
    )
    .nullish(),
});
export type RawState4 = z.infer<typeof RawState4>;

/** State of Terraform 0.9 to 0.11 (internal/states/statefile/version3.go). */
export const RawState3 = z.object({
  version: z.literal(3),
  modules: z
    .array(
      z.object({
        path: z.array(z.string()),
        resources: z
          .record(
            z.string(),
            z.object({
              type: Text,
              provider: z.string().optional(),
              primary: z.object({ id: z.string().optional(), attributes: z.record(z.string(), z.string()).nullish() }).nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
});
export type RawState3 = z.infer<typeof RawState3>;

/** `.terraform/modules/modules.json`, which terraform init writes: where each module of a root stands. The root itself has an empty key. */
export const FetchedModules = z.object({ Modules: z.array(z.object({ Key: z.string(), Dir: z.string() })) });
