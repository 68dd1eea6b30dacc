// The state file itself, of version 4 (Terraform 0.12 and later, OpenTofu) and version 3 (0.9 to 0.11).
import { isObject, type Json } from "../../lib/json.ts";
import { inside, type Source } from "../../model/source.ts";
import { expandFlat } from "./flat.ts";
import { type TerraformResource, withoutSensitive } from "./resource.ts";
import { type RawState3, type RawState4, SensitivePath } from "./schema.ts";

const UNCONFIGURED = { unknown: {}, references: () => undefined, hasConfiguration: false } as const;

/** A deposed instance is on its way out, and its successor stands beside it. */
export function readRaw4(state: RawState4, source: Source, fingerprint: (secret: string) => string): readonly TerraformResource[] {
  return (state.resources ?? []).flatMap((resource, r) =>
    resource.instances.flatMap((item, i) => {
      if (item.deposed !== undefined) return [];
      const prefix = resource.module === undefined ? "" : `${resource.module}.`;
      const mode = resource.mode === "data" ? "data." : "";
      const key = item.index_key === undefined || item.index_key === null ? "" : `[${JSON.stringify(item.index_key)}]`;
      const values: Json = item.attributes ?? expandFlat(item.attributes_flat ?? {});
      const hidden = withoutSensitive(values, maskOf(item.sensitive_attributes ?? []), fingerprint);
      return {
        ...UNCONFIGURED,
        address: `${prefix}${mode}${resource.type}.${resource.name}${key}`,
        type: resource.type,
        mode: resource.mode,
        provider: resource.provider ?? "",
        values: isObject(hidden) ? hidden : {},
        source: inside(source, "resources", r, "instances", i, item.attributes ? "attributes" : "attributes_flat"),
      };
    }),
  );
}

/** Paths of sensitive attributes as a mask. A path that is not understood hides the whole instance: what it meant to hide is not known. */
function maskOf(paths: readonly unknown[]): Json {
  const mask: Record<string, Json> = {};
  for (const path of paths) {
    const parsed = SensitivePath.safeParse(path);
    if (!parsed.success) return true;
    const [first] = parsed.data;
    if (!first) return true;
    // Deeper steps may go through sets, whose items have no stable place: everything below the first attribute is hidden.
    const name = typeof first.value === "object" ? first.value.value : first.value;
    mask[String(name)] = true;
  }
  return mask;
}

export function readRaw3(state: RawState3, source: Source): readonly TerraformResource[] {
  return (state.modules ?? []).flatMap((module, m) =>
    Object.entries(module.resources ?? {}).flatMap(([name, resource]) => {
      if (!resource.primary) return [];
      const prefix = module.path
        .slice(1)
        .map((part) => `module.${part}.`)
        .join("");
      const { attributes, id } = resource.primary;
      return {
        ...UNCONFIGURED,
        // `aws_iam_role.deploy.0` is written `aws_iam_role.deploy[0]` since 0.12.
        address: prefix + name.replace(/\.(\d+)$/, "[$1]"),
        type: resource.type,
        mode: name.startsWith("data.") ? ("data" as const) : ("managed" as const),
        provider: resource.provider ?? "",
        values: { ...(id !== undefined && { id }), ...expandFlat(attributes ?? {}) },
        source: inside(source, "modules", m, "resources", name, "primary", "attributes"),
      };
    }),
  );
}
