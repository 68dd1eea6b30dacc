// Live collection of a cluster onto a disk: each answer is written as it comes, and an interrupted collection goes on where it stopped.
import { join } from "node:path";
import { keyIdOf } from "../collect/kubernetes/fingerprint-key.ts";
import { type FetchOptions, openCluster } from "../collect/kubernetes/fetch.ts";
import { CollectError } from "./collect.ts";
import { Draft, isWholeFolder, tellUnanswered, workingFolder } from "./draft.ts";

export { leastRole } from "../collect/kubernetes/fetch-resources.ts";

export interface CollectKubernetesOptions extends FetchOptions {
  /** The cluster's name in the charter. */
  readonly cluster: string;
  /** The folder that holds `estate/`. */
  readonly output: string;
  /** Ask again what stands there already. */
  readonly refresh: boolean;
  readonly say: (line: string) => void;
}

/** How many calls were not answered; each is written down, becomes a gap, and stops nothing. Throws a CollectError when nothing can be asked. */
export async function collectKubernetes(options: CollectKubernetesOptions): Promise<number> {
  const place = join(options.output, "estate", "kubernetes", options.cluster);
  if (!options.refresh && isWholeFolder(place)) {
    options.say(`${options.cluster}  kept, it is whole; ask again with --refresh`);
    return 0;
  }
  const cluster = await openCluster(options);
  if (!cluster.ok) throw new CollectError("REFUSED", `the cluster answers nothing: ${cluster.error}\n  ${REMEDY}`);
  const { caller, collect } = cluster.value;
  options.say(`${options.cluster}  asked as ${caller.name}`);
  const working = workingFolder(options.output, "collect-kubernetes");
  const draft = new Draft(join(working.folder, options.cluster), { ...caller, keyId: keyIdOf(options.fingerprint) }, options.refresh);
  if (draft.resumed > 0) options.say(`${options.cluster}  goes on: ${draft.resumed} calls were answered before it was cut short`);
  await collect(draft);
  const placed = draft.putInPlace(place, { system: "kubernetes", cluster: options.cluster });
  working.close();
  tellUnanswered(options.cluster, placed, options.say);
  return placed.denied.length;
}

const REMEDY = "Name a context of your kubeconfig with --context, and the file with --kubeconfig where it is not the usual one.";
