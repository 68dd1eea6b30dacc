// Which images run in which environment, by digest: what says that production runs what was tested below.
import type { KubernetesWorkload } from "../../../model/observations/kubernetes.ts";
import { membership } from "../../../charter/membership.ts";
import { order } from "../../../charter/order.ts";
import type { Source } from "../../../model/source.ts";
import type { Estate } from "../../estate.ts";
import { isProductionTier } from "../../reach/semantics.ts";
import { namespaceId, workloadId } from "../ids.ts";

export interface ImageUse {
  /** `acme/web`: without the registry, which may be another one in each environment. */
  readonly repository: string;
  /** As written, for people. */
  readonly reference: string;
  readonly digest?: string;
  readonly workload: string;
  readonly label: string;
  readonly source: Source;
}

/**
 * `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`: the first part is a host when it has a dot or a port, or is localhost.
 *
 * Source: distribution/reference, grammar; docker.io's own images have the path library/NAME.
 */
export function imageOf(reference: string): { readonly repository: string; readonly digest?: string } | undefined {
  const found =
    /^(?:((?:[^/@:]+\.[^/@:]*|localhost)(?::\d+)?|[^/@:]+:\d+)\/)?([a-z0-9][\w./-]*?)(?::[\w.-]+)?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
      reference,
    );
  if (!found) return undefined;
  const [, host, path = "", digest] = found;
  const isOfDocker = host === undefined || /^(index\.)?docker\.io$/.test(host);
  const repository = isOfDocker && !path.includes("/") ? `library/${path}` : path;
  return { repository, ...(digest !== undefined && { digest }) };
}

type Digests = ReadonlyMap<string, string>;

/** Digests that pods say they run, by namespace and image: what a tag of the same namespace means now. */
function runningDigests(workloads: readonly KubernetesWorkload[]): Digests {
  const found = new Map<string, string>();
  for (const { cluster, namespace, containers } of workloads)
    for (const { image, digest } of containers)
      if (digest !== undefined) found.set(`${cluster}/${namespace ?? "default"} ${image}`, digest);
  return found;
}

function usesOf(workload: KubernetesWorkload, digests: Digests): ImageUse[] {
  return workload.containers.flatMap(({ image, digest: running }) => {
    const named = imageOf(image);
    if (!named) return [];
    const digest = named.digest ?? running ?? digests.get(`${workload.cluster}/${workload.namespace ?? "default"} ${image}`);
    return [
      {
        repository: named.repository,
        reference: image,
        ...(digest !== undefined && { digest }),
        workload: workloadId(workload),
        label: `${workload.workloadKind} ${workload.namespace ?? "default"}/${workload.name}`,
        source: workload.source,
      },
    ];
  });
}

export interface EnvironmentImages {
  readonly environment: string;
  readonly uses: readonly ImageUse[];
  /** What runs in the environments below, and in services that are shared among those. */
  readonly below: readonly ImageUse[];
}

/** Below, old ReplicaSets count: a Deployment keeps them, and they say what ran before. In production they run no more. */
export function productionImages(estate: Estate): EnvironmentImages[] {
  const { charter, environmentOf, entities } = estate;
  const { isBelow } = order(charter);
  const { sharedServiceOf } = membership(charter, () => []);
  const serves = new Map(charter.shared.map(({ name, serves: names }) => [name, names]));
  const workloads = estate.observations("kubernetes/workload");
  const digests = runningDigests(workloads);
  const all = workloads.map((workload) => {
    const namespace = namespaceId(workload.cluster, workload.namespace ?? "default");
    const entity = entities.get(namespace);
    const service = entity && sharedServiceOf(entity);
    const own = environmentOf(namespace);
    return {
      uses: usesOf(workload, digests),
      environments: own === undefined ? (serves.get(service ?? "") ?? []) : [own],
      isOwn: own !== undefined,
      isPast: workload.ended === true || (workload.workloadKind === "ReplicaSet" && workload.controller !== undefined),
    };
  });
  return charter.environments
    .filter(({ tier }) => isProductionTier(tier))
    .map(({ name }) => {
      const lower = (environments: readonly string[]): boolean => environments.some((each) => isBelow(each, name));
      return {
        environment: name,
        uses: all.filter(({ environments, isOwn, isPast }) => isOwn && !isPast && environments[0] === name).flatMap(({ uses }) => uses),
        below: all.filter(({ environments }) => lower(environments)).flatMap(({ uses }) => uses),
      };
    });
}

export type Tried = { readonly answer: "yes" } | { readonly answer: "no" | "unknown"; readonly why: string };

/**
 * Whether an image that production runs ran below. The same digest is the same image, whatever its name. Files show one moment: below, another digest of the
 * same image says only that the environment has moved on, or never had it.
 */
export function triedBelow(use: ImageUse, below: readonly ImageUse[]): Tried {
  if (use.digest !== undefined && below.some(({ digest }) => digest === use.digest)) return { answer: "yes" };
  if (below.length === 0) return { answer: "unknown", why: "no workload of an environment below was read" };
  const same = below.filter(({ repository }) => repository === use.repository);
  if (same.length === 0) return { answer: "no", why: `nothing below runs any image of ${use.repository}` };
  if (use.digest === undefined) return { answer: "unknown", why: `${use.reference} is a tag, which may mean another image at each pull` };
  const tag = same.find(({ digest }) => digest === undefined);
  if (tag)
    return { answer: "unknown", why: `${tag.label} below runs ${tag.reference}, a tag, and which image that is is not in the files` };
  return {
    answer: "unknown",
    why: `below runs another digest of ${use.repository} now, and whether this one ran there before is not in the files`,
  };
}
