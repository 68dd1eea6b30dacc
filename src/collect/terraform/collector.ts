// The Terraform collector: plans and states, recognized by content, to observations of the systems that Terraform manages.
import { isObject } from "../../lib/json.ts";
import type { Source } from "../../model/source.ts";
import type { HclBody, HclFile } from "../../lib/hcl-tree.ts";
import { safePath } from "../../lib/safe-path.ts";
import type { Collector, ParsedFile } from "../collector.ts";
import { bodyOfJson, bodyOfValues, isJsonSyntax, isJsonValues } from "./hcl/json-syntax.ts";
import { withoutSecrets } from "./hcl/secrets.ts";
import { isFetchedList, isValues } from "./hcl/tree.ts";
import { join } from "./join.ts";
import { mapResources } from "./map.ts";
import { read, shapeOf } from "./read.ts";
import { FetchedModules } from "./schema.ts";
import { gapOf } from "./topics.ts";

const sourceOf = (file: ParsedFile, index: number): Source =>
  file.documents.length > 1 ? { file: file.path, document: index } : { file: file.path };

export const collector: Collector = {
  system: "terraform",
  reads: [
    "Plans as terraform show -json prints them (format 0.1 to 1.x): the estate as it will be after apply",
    "Configuration (.tf, .tofu, .tfvars, and their JSON syntax): what literals tell; an expression that needs evaluation is a gap of what it stands in",
    "States as terraform show -json prints them, and state files of version 3 and 4",
    "IAM identities, policies and attachments; buckets, keys, secrets, queues, topics, repositories, functions, databases and their policies",
    "EKS clusters, access entries and pod identities; AWS Organizations policies, attachments, accounts and units",
    "Roles, bindings and service accounts of Kubernetes; environments, branch protection, secrets and variables of GitHub",
  ],
  permissions: ["to read the state: terraform show -json, or the state's backend", "to plan: what the providers need to refresh"],
  cannotSee: [
    "Whatever Terraform does not manage: collect the account itself, and its answers speak (A1, A2, A6, D3)",
    "Modules that are fetched from elsewhere, where terraform init did not put them beside the configuration (A1, A2, A6, D3)",
    "Changes made since the last refresh, and whether configuration was ever applied (A1, S5)",
    "Values marked sensitive, but for their keyed fingerprints (B5)",
    "Types of resources that this collector does not map: one with a policy is a gap, any other is passed over (A1, D3)",
  ],
  recognize: (document, file) => shapeOf(document) ?? (configurationIn(document, file) && "terraform configuration"),
  map(document, index, file, sink, context) {
    const told = configurationIn(document, file);
    if (told) {
      const body = withoutSecrets(told.body, context.fingerprint, isValues(file.path));
      const { fetched } = told;
      const about = { source: { file: file.path }, ...(file.scope && { scope: file.scope }), ...(fetched && { fetched }) };
      return sink.observation({ kind: "terraform/source", ...about, body });
    }
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

/** Terraform's own language by its content; its JSON syntax, and the list of fetched modules, say nothing of their own that tells them from other JSON. */
function configurationIn(
  document: unknown,
  { path, text }: ParsedFile,
): { readonly body: HclBody; readonly fetched?: Fetched } | undefined {
  if (isHcl(document)) return { body: document.hcl };
  if (isFetchedList(path)) {
    const list = FetchedModules.safeParse(document);
    const entries = (list.data?.Modules ?? []).flatMap(({ Key, Dir }) => {
      const folder = safePath(Dir);
      return folder.ok && Key !== "" ? [[Key, folder.value] as const] : [];
    });
    return list.success ? { body: NOTHING, fetched: Object.fromEntries(entries) } : undefined;
  }
  if (isJsonValues(document, path)) return { body: bodyOfValues({ document, text }) };
  return isJsonSyntax(document, path) ? { body: bodyOfJson({ document, text }) } : undefined;
}

type Fetched = Readonly<Record<string, string>>;

const NOTHING: HclBody = { attributes: [], blocks: [] };

const isHcl = (document: unknown): document is HclFile & { readonly [key: string]: never } =>
  isObject(document) && isObject(document["hcl"]) && Array.isArray(document["hcl"]["blocks"]);
