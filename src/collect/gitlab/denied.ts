// What a denied call leaves unseen.
import type { Gap } from "../../model/gap.ts";
import type { Scope } from "../../model/manifest.ts";
import { calledBy, fileAsked } from "./call.ts";
import { SHAPES } from "./shapes.ts";
import { gitlabGap } from "./topics.ts";

/** One gap, as narrow as the call. A 404 is one too: GitLab answers it where the token may not see (REST API, "Status codes"). */
export function denied(call: string, error: string, scope: Scope): readonly Gap[] {
  const called = calledBy(call);
  if (called?.kind === "runners")
    return [gitlabGap("gitlab/runner", `gitlab:${scope.project ?? scope.organization ?? ""}`, `runner ${called.of}`, error)];
  const of = called === undefined || /^\d+$/.test(called.of) ? (scope.project ?? called?.of ?? "") : called.of;
  const path = fileAsked(called);
  if (path !== undefined) return [gitlabGap("gitlab/pipeline", `gitlab:${of}/${path}`, `${path} of ${of}`, error)];
  const shape = called && SHAPES.find((one) => (one.in === "both" || one.in === called.kind) && one.path.test(called.rest));
  if (shape !== undefined) return [gitlabGap(shape.topic, `gitlab:${of}`, `${shape.name} of ${of}`, error)];
  return [gitlabGap("gitlab/other", `gitlab:${of}:${call}`, call, error)];
}
