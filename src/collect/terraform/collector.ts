// The Terraform collector: plans and states, recognized by content, to observations of the systems that Terraform manages.
import { isObject } from "../../lib/json.ts";
import type { Observation } from "../../model/observation.ts";
import type { TerraformPart } from "../../model/observations/terraform.ts";
import type { Source } from "../../model/source.ts";
import type { Collector, ObservationSink, ParsedFile } from "../collector.ts";
import { applyParts } from "./apply.ts";
import { mapResources } from "./map.ts";
import { onlyManaged } from "./only-managed.ts";
import { read, shapeOf } from "./read.ts";
import { gapOf } from "./topics.ts";

const sourceOf = (file: ParsedFile, index: number): Source =>
  file.documents.length > 1 ? { file: file.path, document: index } : { file: file.path };

export const collector: Collector = {
  system: "terraform",
  reads: [
    "Plans as terraform show -json prints them (format 0.1 to 1.x): the estate as it will be after apply",
    "States as terraform show -json prints them, and state files of version 3 and 4",
    "IAM identities, policies and attachments; buckets, keys, secrets, queues, topics, repositories, functions, databases and their policies",
    "EKS clusters, access entries and pod identities; AWS Organizations policies, attachments, accounts and units",
    "Roles, bindings and service accounts of Kubernetes; environments, branch protection, secrets and variables of GitHub",
  ],
  permissions: ["to read the state: terraform show -json, or the state's backend", "to plan: what the providers need to refresh"],
  cannotSee: [
    "Whatever Terraform does not manage: collect the account itself, and its answers speak (A1, A2, A6, D3)",
    "Configuration (.tf) that was not planned, and changes made since the last refresh (A1, S5)",
    "Values marked sensitive, but for their keyed fingerprints (B5)",
    "Types of resources that this collector does not map: one with a policy is a gap, any other is passed over (A1, D3)",
  ],
  recognize: (document) => shapeOf(document),
  map(document, index, file, sink, context) {
    const shape = shapeOf(document);
    if (shape === undefined || !isObject(document)) return;
    const contents = read(document, shape, sourceOf(file, index), context.fingerprint);
    if (!contents.ok)
      return sink.gap(gapOf("terraform/file", file.path, `${shape} ${file.path}`, contents.error.why, contents.error.source));
    const about = { file: file.path, ...(file.scope && { scope: file.scope }), fingerprint: context.fingerprint };
    const mapped = mapResources(contents.value.resources, contents.value, about);
    mapped.parts.forEach(sink.observation);
    mapped.gaps.forEach(sink.gap);
  },
  join,
  denied: (call, error, scope) => [
    {
      topic: "terraform/file",
      subject: call,
      what: call,
      why: error,
      clauses: scope.account === undefined ? ["A1", "A2", "A6", "D3"] : ["A1", "A2", "D3"],
    },
  ],
};

function join(observations: readonly Observation[], _: unknown, sink: ObservationSink): void {
  const parts = observations.filter((each): each is TerraformPart => each.kind === "terraform/part");
  const applied = applyParts([], [], parts);
  applied.observations.forEach(sink.observation);
  applied.gaps.forEach(sink.gap);
  onlyManaged(applied.observations, sink.gap);
}
