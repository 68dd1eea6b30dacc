// Where a system was asked itself and Terraform's files tell of the same thing, the system's own answer speaks.
import { ONLY_MANAGED } from "../collect/terraform/topics.ts";
import type { Gap } from "../model/gap.ts";
import type { Observation } from "../model/observation.ts";
import { observationKey } from "../model/observation-key.ts";

export interface Told {
  readonly observations: readonly Observation[];
  readonly gaps: readonly Gap[];
}

/**
 * A state is as old as its last refresh, and tells only what Terraform manages; an answer of the system tells what is. So of each thing that both
 * tell, what Terraform's files say is left out, with the gaps about it (the answer has its own); and that they do not tell the rest of an account is no gap where the
 * account was asked. What only they tell stays.
 */
export function withoutAnswered(managed: Told, answered: readonly Observation[]): Told {
  const keys = new Set(answered.flatMap((each) => observationKey(each) ?? []));
  const isAnswered = (each: Observation): boolean => keys.has(observationKey(each) ?? "");
  const subjects = new Set(answered.flatMap((each) => ("arn" in each && each.arn !== undefined ? [each.arn] : [])));
  const places = new Set(answered.flatMap(placeOf));
  const isTold = ({ subject, why }: Gap): boolean => subjects.has(subject) || (why === ONLY_MANAGED && places.has(subject));
  return { observations: managed.observations.filter((each) => !isAnswered(each)), gaps: managed.gaps.filter((gap) => !isTold(gap)) };
}

/** The account, cluster or repository that was asked, when this observation shows it. */
function placeOf(each: Observation): readonly string[] {
  if (each.kind === "aws/role" || each.kind === "aws/user") return [each.account];
  if (each.kind === "github/workflow") return [each.repository];
  return each.kind.startsWith("kubernetes/") && "cluster" in each ? [each.cluster] : [];
}
