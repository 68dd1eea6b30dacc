// What every file of Terraform tells, put together: plans and states first, and of what they do not tell, what the configuration says.
import type { Gap } from "../../model/gap.ts";
import { observationKey } from "../../model/observation-key.ts";
import type { Observation } from "../../model/observation.ts";
import type { TerraformPart, TerraformSource } from "../../model/observations/terraform.ts";
import { folderOf } from "../../lib/safe-path.ts";
import type { CollectorContext, ObservationSink } from "../collector.ts";
import { applyParts } from "./apply.ts";
import { namedWorkspaces } from "./hcl/cloud.ts";
import { NEEDS_EVALUATION, rootContents } from "./hcl/contents.ts";
import { treeOf } from "./hcl/tree.ts";
import { mapResources } from "./map.ts";
import { onlyManaged } from "./only-managed.ts";
import { gapOf } from "./topics.ts";

interface Told {
  readonly observations: readonly Observation[];
  readonly gaps: readonly Gap[];
}

export function join(observations: readonly Observation[], _: unknown, sink: ObservationSink, context: CollectorContext): void {
  const parts = observations.filter((each): each is TerraformPart => each.kind === "terraform/part");
  const sources = observations.filter((each): each is TerraformSource => each.kind === "terraform/source");
  const planned = applyParts([], [], parts);
  const folders = new Set(parts.map(({ source }) => folderOf(source.file)));
  const written = withoutTold(fromSources(sources, folders, context), planned.observations);
  const all = [...planned.observations, ...written.observations];
  all.forEach(sink.observation);
  namedWorkspaces(sources).forEach(sink.observation);
  [...planned.gaps, ...written.gaps].forEach(sink.gap);
  onlyManaged(all, sink.gap);
}

/** `told`: folders in which a plan or a state stands. It tells what the configuration beside it comes to. */
function fromSources(sources: readonly TerraformSource[], told: ReadonlySet<string>, { fingerprint }: CollectorContext): Told {
  const parts: TerraformPart[] = [];
  const gaps: Gap[] = [];
  for (const [, ofScope] of Map.groupBy(sources, ({ scope }) => JSON.stringify(scope ?? null))) {
    const tree = treeOf(ofScope);
    for (const file of tree.overrides)
      gaps.push(gapOf("terraform/file", file, file, "it overrides what other files say: give a plan (terraform show -json)", { file }));
    for (const root of tree.roots.filter((each) => !told.has(each))) {
      const { file, scope, contents, gaps: unread } = rootContents(root, tree, ofScope[0]?.scope);
      const about = { file, ...(scope && { scope }), fingerprint, whyUnknown: NEEDS_EVALUATION };
      const mapped = mapResources(contents.resources, contents, about);
      for (const part of mapped.parts) parts.push(part);
      for (const gap of [...unread, ...mapped.gaps]) gaps.push(gap);
    }
  }
  const applied = applyParts([], [], parts);
  return { observations: applied.observations, gaps: [...gaps, ...applied.gaps] };
}

/** Of each thing that a plan or a state tells, what the configuration says is left out, with the gaps about it. */
function withoutTold(written: Told, planned: readonly Observation[]): Told {
  const keys = new Set(planned.flatMap((each) => observationKey(each) ?? []));
  const subjects = new Set(planned.flatMap((each) => ("arn" in each && each.arn !== undefined ? [each.arn] : [])));
  return {
    observations: written.observations.filter((each) => !keys.has(observationKey(each) ?? "")),
    gaps: written.gaps.filter(({ subject }) => !subjects.has(subject)),
  };
}
