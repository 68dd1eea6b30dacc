// What the rules of Argo CD share: the power of a project over a cluster, and who writes a source.
import type { PlaneInput } from "../plane.ts";
import type { Target } from "./argo.ts";
import { derivedId } from "./emit.ts";
import { revisionOf } from "./repositories.ts";
import { gitWriter, registryWriter, type Writer } from "./sources.ts";

/** What Applications of a project can have applied to a target: a guard of its own, so that Applications and namespaces add up and do not multiply. */
export const powerId = (project: string, target: Target): string => derivedId(project, `power/${target.secret ?? target.name}`);

export function writerOf(
  input: PlaneInput,
  source: { readonly repository: string; readonly revision?: string; readonly chart?: string },
): Writer {
  const { repository, revision, chart } = source;
  if (chart !== undefined || repository.startsWith("oci://")) return registryWriter(input, repository, chart, revision);
  return gitWriter(input, repository, revisionOf(revision));
}
