// What a plan changes: the pieces it takes from the estate and the pieces it adds.
import { canonicalJson, isObject } from "../../lib/json.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { Gap } from "../../model/gap.ts";
import type { TerraformPart } from "../../model/observations/terraform.ts";
import { partKey } from "./apply.ts";
import { type About, mapResources } from "./map.ts";
import { read, type Refusal, shapeOf } from "./read.ts";

export interface PlannedChange {
  /** Addresses of the resources that change. */
  readonly addresses: readonly string[];
  readonly taken: readonly TerraformPart[];
  readonly added: readonly TerraformPart[];
  readonly gaps: readonly Gap[];
}

/**
 * Only what differs between before and after counts: an attribute that stays as it was says nothing new, and what the plan last read of it may be
 * older than the estate's own files.
 */
export function plannedChange(document: unknown, about: About): Result<PlannedChange, Refusal> {
  const source = { file: about.file };
  const shape = shapeOf(document);
  if (shape !== "terraform plan" || !isObject(document))
    return fail({ why: "it is not what terraform show -json prints of a plan", source });
  const contents = read(document, shape, source, about.fingerprint);
  if (!contents.ok) return contents;
  const { changes } = contents.value;
  const before = mapResources(
    changes.flatMap((change) => change.before ?? []),
    { ...contents.value, deferred: [] },
    about,
  );
  const after = mapResources(
    changes.flatMap((change) => change.after ?? []),
    contents.value,
    about,
  );
  const had = new Set(before.parts.map(contentOf));
  const has = new Set(after.parts.map(contentOf));
  const missed = new Set(before.gaps.map(gapText));
  return ok({
    addresses: changes.map((change) => change.address),
    taken: before.parts.filter((part) => !has.has(contentOf(part))),
    added: after.parts.filter((part) => !had.has(contentOf(part))),
    gaps: after.gaps.filter((gap) => !missed.has(gapText(gap))),
  });
}

const contentOf = (part: TerraformPart): string => `${partKey(part)} ${canonicalJson(withoutSource(part))}`;

const gapText = (gap: Gap): string => `${gap.topic} ${gap.subject} ${gap.what} ${gap.why}`;

function withoutSource(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSource);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (key === "source" ? [] : [[key, withoutSource(item)]])));
}
