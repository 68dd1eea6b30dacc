// The Terraform collector: plans and states, recognized by content, to observations of the systems that Terraform manages.
import { isObject } from "../../lib/json.ts";
import type { Source } from "../../model/source.ts";
import type { HclFile } from "../../lib/hcl-tree.ts";
import type { Collector, ParsedFile } from "../collector.ts";
import { isValues } from "./hcl/calls.ts";
import { withoutSecrets } from "./hcl/secrets.ts";
import { join } from "./join.ts";
import { mapResources } from "./map.ts";
import { read, type Shape, shapeOf } from "./read.ts";
import { gapOf } from "./topics.ts";

const sourceOf = (file: ParsedFile, index: number): Source =>
  file.documents.length > 1 ? { file: file.path, document: index } : { file: file.path };

export const collector: Collector = {
  system: "terraform",
  reads: [
    "Plans as terraform show -json prints them (format 0.1 to 1.x): the estate as it will be after apply",
    "Configuration (.tf, .tofu, .tfvars): what literals tell; an expression that needs evaluation is a gap of what it stands in",
    "States as terraform show -json prints them, and state files of version 3 and 4",
    "IAM identities, policies and attachments; buckets, keys, secrets, queues, topics, repositories, functions, databases and their policies",
    "EKS clusters, access entries and pod identities; AWS Organizations policies, attachments, accounts and units",
    "Roles, bindings and service accounts of Kubernetes; environments, branch protection, secrets and variables of GitHub",
  ],
  permissions: ["to read the state: terraform show -json, or the state's backend", "to plan: what the providers need to refresh"],
  cannotSee: [
    "Whatever Terraform does not manage: collect the account itself, and its answers speak (A1, A2, A6, D3)",
    "Modules that are fetched from elsewhere, and configuration in JSON: give a plan (A1, A2, A6, D3)",
    "Changes made since the last refresh, and whether configuration was ever applied (A1, S5)",
    "Values marked sensitive, but for their keyed fingerprints (B5)",
    "Types of resources that this collector does not map: one with a policy is a gap, any other is passed over (A1, D3)",
  ],
  recognize: (document, file) => (isHcl(document) ? "terraform configuration" : (shapeOf(document) ?? jsonShape(document, file))),
  map(document, index, file, sink, context) {
    if (isHcl(document)) {
      const body = withoutSecrets(document.hcl, context.fingerprint, isValues(file.path));
      return sink.observation({ kind: "terraform/source", source: { file: file.path }, ...(file.scope && { scope: file.scope }), body });
    }
    const shape = shapeOf(document) ?? jsonShape(document, file);
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

const isHcl = (document: unknown): document is HclFile & { readonly [key: string]: never } =>
  isObject(document) && isObject(document["hcl"]) && Array.isArray(document["hcl"]["blocks"]);

const TOP_LEVEL: ReadonlySet<string> = new Set([
  "//",
  "resource",
  "data",
  "variable",
  "output",
  "module",
  "provider",
  "locals",
  "terraform",
]);

/** Configuration in JSON syntax says nothing of its own that tells it from other JSON: its name does, and that it has no other members. */
const jsonShape = (document: unknown, file: ParsedFile): Shape | undefined =>
  /\.(tf|tofu)\.json$/.test(file.path) && isObject(document) && Object.keys(document).every((key) => TOP_LEVEL.has(key))
    ? "terraform configuration"
    : undefined;
