// What a denied call leaves unseen.
import type { Gap } from "../../model/gap.ts";
import type { Scope } from "../../model/manifest.ts";
import { calledBy, idOf, itemAsked } from "./call.ts";
import { shapeOf } from "./shapes.ts";
import { azureGap } from "./topics.ts";

/** One gap, as narrow as the call. */
export function denied(call: string, error: string, scope: Scope): readonly Gap[] {
  const called = calledBy(call);
  const id = idOf(called?.organization ?? scope.organization ?? "", called?.project ?? (called === undefined ? scope.project : undefined));
  const item = itemAsked(called);
  if (item !== undefined)
    return [azureGap("azure/pipeline", `${id}/${item.repository}/${item.path}`, `${item.path} of ${item.repository}`, error)];
  const shape = shapeOf(called);
  if (shape === undefined || called === undefined) return [azureGap("azure/other", `${id}:${call}`, call, error)];
  const about =
    shape.about?.(called) ?? (shape.topic === "azure/permission" ? `#${called.rest.split("/").slice(2).join("/").toLowerCase()}` : "");
  return [azureGap(shape.topic, id + about, `${shape.name} of ${called.project ?? called.organization}${about.replace("#", " ")}`, error)];
}
