// Workspaces that configuration names, in each form of the settings block.
import { expect, test } from "vitest";
import { parseBytes } from "../../../lib/parse.ts";
import type { Observation } from "../../../model/observation.ts";
import { collector } from "../collector.ts";

function named(text: string): readonly (readonly [string, string | undefined])[] {
  const parsed = parseBytes("main.tf", new TextEncoder().encode(text));
  if (!parsed.ok) throw new Error(parsed.error.message);
  const file = { path: "main.tf", ...parsed.value };
  const context = { fingerprint: () => "f" };
  const first: Observation[] = [];
  const all: Observation[] = [];
  const into = (list: Observation[]) => ({ observation: (one: Observation) => void list.push(one), gap: () => undefined });
  file.documents.forEach((document, index) => collector.map(document, index, file, into(first), context));
  collector.join?.(first, [], into(all), context);
  return all.flatMap((one) => (one.kind === "terraform-cloud/named" ? [[one.organization, one.workspace] as const] : []));
}

test.each([
  ['terraform {\n cloud {\n  organization = "acme"\n  workspaces {\n   name = "shop"\n  }\n }\n}\n', [["acme", "shop"]]],
  ['terraform {\n backend "remote" {\n  organization = "acme"\n  workspaces {\n   prefix = "shop-"\n  }\n }\n}\n', [["acme", undefined]]],
  ['terraform {\n cloud {\n  organization = "acme"\n  workspaces {\n   tags = ["a"]\n  }\n }\n}\n', [["acme", undefined]]],
  ['terraform {\n backend "s3" {\n  bucket = "state"\n }\n}\n', []],
  ["terraform {\n cloud {\n  organization = var.organization\n }\n}\n", []],
])("%j", (text, expected) => expect(named(text)).toEqual(expected));
