// Which images an object would run: of a pod, and of everything that makes pods.
import { isObject } from "../../lib/json.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { PodSpec } from "./schema.ts";

export interface UsedImage {
  /** As written: `registry.acme.example/shop/web@sha256:…`; empty when the container names none. */
  readonly reference: string;
  /** Where, for people: `container web`. */
  readonly where: string;
}

/** Where the pod's specification stands in each kind that holds one; by group and kind. */
const SPECS: Readonly<Record<string, readonly string[]>> = {
  "/Pod": ["spec"],
  "/PodTemplate": ["template", "spec"],
  "/ReplicationController": ["spec", "template", "spec"],
  "apps/Deployment": ["spec", "template", "spec"],
  "apps/ReplicaSet": ["spec", "template", "spec"],
  "apps/StatefulSet": ["spec", "template", "spec"],
  "apps/DaemonSet": ["spec", "template", "spec"],
  "batch/Job": ["spec", "template", "spec"],
  "batch/CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
};

export const runsImages = (group: string, kind: string): boolean => Object.hasOwn(SPECS, `${group}/${kind}`);

/** Error: why the object cannot be read. */
export function imagesOf(group: string, kind: string, object: unknown): Result<readonly UsedImage[], string> {
  let at: unknown = object;
  for (const key of SPECS[`${group}/${kind}`] ?? []) {
    if (!isObject(at) || !Object.hasOwn(at, key)) return fail(`the ${kind} has no ${key}`);
    at = at[key];
  }
  const spec = PodSpec.safeParse(at);
  if (!spec.success) return fail(`the ${kind} cannot be read at ${spec.error.issues[0]?.path.join(".") ?? "its specification"}`);
  const { containers, initContainers, ephemeralContainers, volumes } = spec.data;
  const lists = [
    ["container", containers],
    ["init container", initContainers],
    ["ephemeral container", ephemeralContainers],
  ] as const;
  return ok([
    ...lists.flatMap(([what, list]) =>
      (list ?? []).map(({ name, image }) => ({ reference: (image ?? "").trim(), where: `${what} ${name ?? ""}`.trim() })),
    ),
    ...(volumes ?? []).flatMap(({ name, image }) =>
      image ? [{ reference: (image.reference ?? "").trim(), where: `volume ${name ?? ""}`.trim() }] : [],
    ),
  ]);
}

export interface ImageName {
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…`. With a digest the tag says nothing: the digest is what is pulled (Images, "Image names"). */
  readonly digest?: string;
}

/** Undefined: no reference as the OCI distribution writes them (distribution/reference, "grammar"). */
export function imageName(reference: string): ImageName | undefined {
  const [name = "", digest, ...more] = reference.split("@");
  // A port stands before the first slash only, so what follows a colon after the last one is the tag.
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  const repository = colon < 0 ? name : name.slice(0, colon);
  const tag = colon < 0 ? undefined : name.slice(colon + 1);
  if (more.length > 0 || !/^[a-zA-Z0-9][\w.-]*(?::\d+)?(?:\/[\w.-]+)*$/.test(repository)) return undefined;
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) return undefined;
  if (digest !== undefined && !/^[a-z0-9+._-]+:[0-9a-f]{32,}$/.test(digest)) return undefined;
  return { repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}
