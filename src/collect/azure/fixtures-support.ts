// Files of a repository as the collector's tests see them: text in, what the definition says out.
import { parseBytes } from "../../lib/parse.ts";
import type { AzureFile } from "../../model/observations/azure.ts";
import type { JsonObject } from "../../lib/json.ts";
import { lookupIn } from "./join.ts";
import { readPipeline } from "./resolve/pipeline.ts";

const fileOf = (path: string, text: string): AzureFile => {
  const parsed = parseBytes(path, new TextEncoder().encode(text));
  if (!parsed.ok) throw new Error(`${path}: ${parsed.error.message}`);
  const content = parsed.value.documents[0] as JsonObject;
  return {
    kind: "azure/file",
    organization: "acme",
    project: "shop",
    repository: "shop",
    path,
    content,
    source: { file: path, pointer: "" },
  };
};

/** The first file is the definition. */
export function readFiles(files: Readonly<Record<string, string>>): ReturnType<typeof readPipeline> {
  const all = Object.entries(files).map(([path, text]) => fileOf(path, text));
  return readPipeline(lookupIn(all), all[0] as AzureFile, () => "0f");
}
