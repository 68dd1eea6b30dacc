// What a denied call leaves unseen.
import type { Gap } from "../../model/gap.ts";
import type { Scope } from "../../model/manifest.ts";
import { calledBy, fileShown, idOf } from "./call.ts";
import { SHAPES } from "./shapes.ts";
import { jenkinsGap } from "./topics.ts";

/** One gap, as narrow as the call. Jenkins answers 404 where a user may not see a job (Handbook, "Access Control"). */
export function denied(call: string, error: string, scope: Scope): readonly Gap[] {
  const controller = scope.organization ?? "";
  const shown = fileShown(call);
  const project = scope.project ?? "";
  if (shown !== undefined)
    return [jenkinsGap("jenkins/definition", `${idOf(controller, project)}/${shown}`, `${shown} of ${project}`, error)];
  const called = calledBy(call);
  if (called?.rest === "config.xml") return [jenkinsGap("jenkins/job", idOf(controller, called.of), `settings of ${called.of}`, error)];
  if (called !== undefined && called.rest.endsWith("configuration-as-code/export"))
    return (["jenkins/authorization", "jenkins/credential", "jenkins/agent", "jenkins/library"] as const).map((topic) =>
      jenkinsGap(topic, idOf(controller, ""), `configuration of ${controller}`, error),
    );
  const shape = called && SHAPES.find((one) => one.path.test(called.rest));
  if (shape !== undefined && called !== undefined)
    return [jenkinsGap(shape.topic, idOf(controller, called.of), `${shape.name} of ${called.of || controller}`, error)];
  return [jenkinsGap("jenkins/other", `${idOf(controller, "")}:${call}`, call, error)];
}
