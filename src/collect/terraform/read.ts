// A document → its resource instances, or the one reason why it is refused.
import type { z } from "zod";
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { inside, type Source } from "../../model/source.ts";
import { type Configuration, configurationOf } from "./configuration.ts";
import { readRaw3, readRaw4 } from "./read-raw.ts";
import { type TerraformResource, withoutSensitive } from "./resource.ts";
import { Plan, RawState3, RawState4, type ResourceChange, State, type ValuesModule, type ValuesResource } from "./schema.ts";

export interface Refusal {
  readonly why: string;
  readonly source: Source;
}

export interface ChangedResource {
  readonly address: string;
  readonly before?: TerraformResource;
  readonly after?: TerraformResource;
}

export interface Contents {
  readonly shape: Shape;
  /** As they are, or for a plan as they will be. */
  readonly resources: readonly TerraformResource[];
  /** For a plan: as they were before, to tell accounts and regions by. */
  readonly prior: readonly TerraformResource[];
  readonly changes: readonly ChangedResource[];
  readonly configuration: Configuration;
  /** Addresses of changes that the plan puts off, so nothing of them is known. */
  readonly deferred: readonly string[];
}

export type Shape = "terraform plan" | "terraform state" | "terraform state file" | "encrypted terraform state" | "terraform configuration";

/** What the document is by its content; what it is not fit for is said by `read`. */
export function shapeOf(document: unknown): Shape | undefined {
  if (!isObject(document)) return undefined;
  if (isObject(document["planned_values"]) || Array.isArray(document["resource_changes"])) return "terraform plan";
  if (typeof document["encrypted_data"] === "string" && typeof document["lineage"] === "string") return "encrypted terraform state";
  if (typeof document["version"] === "number") return isStateFile(document) ? "terraform state file" : undefined;
  const isState = typeof document["format_version"] === "string" && Object.keys(document).every((key) => STATE_KEYS.includes(key));
  return isState ? "terraform state" : undefined;
}

const STATE_KEYS = ["format_version", "terraform_version", "values", "checks"];

function isStateFile(document: JsonObject): boolean {
  const { resources, modules } = document;
  const told = typeof document["terraform_version"] === "string" || typeof document["lineage"] === "string";
  if (told && typeof document["serial"] === "number") return true;
  const isInstance = (item: Json): boolean => isObject(item) && typeof item["mode"] === "string" && Array.isArray(item["instances"]);
  const isModule = (item: Json): boolean => isObject(item) && Array.isArray(item["path"]) && isObject(item["resources"]);
  return (
    (Array.isArray(resources) && resources.length > 0 && resources.every(isInstance)) ||
    (Array.isArray(modules) && modules.length > 0 && modules.every(isModule))
  );
}

type Fingerprint = (secret: string) => string;

export function read(document: JsonObject, shape: Shape, source: Source, fingerprint: Fingerprint): Result<Contents, Refusal> {
  if (shape === "encrypted terraform state") return fail({ why: "it is encrypted; give what tofu show -json prints", source });
  if (shape === "terraform plan") return readPlan(document, source, fingerprint);
  if (shape === "terraform state") {
    const parsed = State.safeParse(document);
    if (!parsed.success) return fail(complaint(parsed.error, source));
    const root = parsed.data.values?.root_module;
    return ok(onlyResources(shape, valuesResources(root, inside(source, "values", "root_module"), fingerprint, NOTHING)));
  }
  return readStateFile(document, source, fingerprint);
}

const onlyResources = (shape: Shape, resources: readonly TerraformResource[]): Contents => ({
  shape,
  resources,
  prior: [],
  changes: [],
  configuration: configurationOf(undefined),
  deferred: [],
});

function readStateFile(document: JsonObject, source: Source, fingerprint: Fingerprint): Result<Contents, Refusal> {
  const version = document["version"];
  if (version === 4) {
    const parsed = RawState4.safeParse(document);
    return parsed.success
      ? ok(onlyResources("terraform state file", readRaw4(parsed.data, source, fingerprint)))
      : fail(complaint(parsed.error, source));
  }
  if (version === 3) {
    const parsed = RawState3.safeParse(document);
    return parsed.success
      ? ok(onlyResources("terraform state file", readRaw3(parsed.data, source)))
      : fail(complaint(parsed.error, source));
  }
  const why = `state version ${String(version)} is not one that is read (3 and 4 are); give what terraform show -json prints`;
  return fail({ why, source: inside(source, "version") });
}

/** The first complaint, without the value: it may be a secret. */
function complaint(error: z.ZodError, source: Source): Refusal {
  const issue = error.issues[0];
  const path = (issue?.path ?? []).map((part) => (typeof part === "symbol" ? String(part) : part));
  const isMissing = issue?.code === "invalid_type" && issue.input === undefined;
  const what = isMissing ? "is missing" : issue?.code === "invalid_format" ? `is not ${issue.message}` : "is not as Terraform writes it";
  return { why: `${path.join(".") || "the document"} ${what}; export it again`, source: inside(source, ...path) };
}

interface Beside {
  readonly unknown: (address: string) => Json;
  readonly configuration: Configuration | undefined;
}

const NOTHING: Beside = { unknown: () => ({}), configuration: undefined };

function valuesResources(
  module: ValuesModule | undefined,
  source: Source,
  fingerprint: Fingerprint,
  beside: Beside,
): readonly TerraformResource[] {
  if (!module) return [];
  const own = (module.resources ?? []).map((item, i) => instance(item, inside(source, "resources", i, "values"), fingerprint, beside));
  const below = (module.child_modules ?? []).flatMap((child, i) =>
    valuesResources(child, inside(source, "child_modules", i), fingerprint, beside),
  );
  return [...own, ...below];
}

function instance(item: ValuesResource, source: Source, fingerprint: Fingerprint, beside: Beside): TerraformResource {
  const values = withoutSensitive(item.values ?? {}, item.sensitive_values, fingerprint);
  return made(item, values, beside.unknown(item.address), source, beside.configuration);
}

type Named = Pick<ValuesResource, "address" | "type" | "mode" | "provider_name">;

function made(item: Named, values: Json, unknown: Json, source: Source, configuration: Configuration | undefined): TerraformResource {
  const configured = configuration?.of(item.address);
  return {
    address: item.address,
    type: item.type,
    mode: item.mode,
    provider: configured?.provider ?? item.provider_name ?? "",
    values: isObject(values) ? values : {},
    unknown,
    references: configured?.references ?? (() => undefined),
    hasConfiguration: configured !== undefined,
    source,
  };
}

function readPlan(document: JsonObject, source: Source, fingerprint: Fingerprint): Result<Contents, Refusal> {
  const parsed = Plan.safeParse(document);
  if (!parsed.success) return fail(complaint(parsed.error, source));
  const plan = parsed.data;
  if (plan.errored === true) return fail({ why: "the plan ended with an error, so it is not whole; plan again", source });
  const configuration = configurationOf(plan.configuration);
  const unknown = new Map((plan.resource_changes ?? []).map((change) => [change.address, change.change.after_unknown ?? {}]));
  const beside: Beside = { unknown: (address) => unknown.get(address) ?? {}, configuration };
  const planned = inside(source, "planned_values", "root_module");
  const prior = inside(source, "prior_state", "values", "root_module");
  const before: Beside = { unknown: () => ({}), configuration };
  return ok({
    shape: "terraform plan",
    resources: valuesResources(plan.planned_values?.root_module, planned, fingerprint, beside),
    prior: valuesResources(plan.prior_state?.values?.root_module, prior, fingerprint, before),
    changes: (plan.resource_changes ?? []).flatMap((change, i) =>
      changed(change, inside(source, "resource_changes", i, "change"), fingerprint, configuration),
    ),
    configuration,
    deferred: (plan.deferred_changes ?? []).map((each) => each.resource_change?.address ?? "a resource"),
  });
}

/**
 * Before and after of one change. `no-op` and `read` change nothing, `forget` leaves the object as it is and only stops managing it. A deposed object
 * is one whose replacement exists already: it goes, and what it was stays with its successor.
 * Source: Terraform documentation, "JSON Output Format", change representation; "removed" block for `forget`.
 */
function changed(item: ResourceChange, source: Source, fingerprint: Fingerprint, configuration: Configuration): readonly ChangedResource[] {
  const { actions, before, after, before_sensitive, after_sensitive, after_unknown } = item.change;
  const changes = actions.some((action) => action === "create" || action === "update" || action === "delete");
  if (!changes || item.mode === "data" || item.deposed !== undefined) return [];
  const stays = actions.includes("forget");
  const was =
    !stays && before && made(item, withoutSensitive(before, before_sensitive, fingerprint), {}, inside(source, "before"), configuration);
  const becomes =
    after && made(item, withoutSensitive(after, after_sensitive, fingerprint), after_unknown ?? {}, inside(source, "after"), configuration);
  return [{ address: item.address, ...(was && { before: was }), ...(becomes && { after: becomes }) }];
}
