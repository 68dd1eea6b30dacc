// Rules: what already runs as a role and was not seen. Nobody lists it, so whoever may change such a thing may have each role that trusts the service.
import { fact } from "../../model/rule.ts";
import { RUNS_AS_ROLE } from "./actions.ts";
import { ask, both, caller, either } from "./ask.ts";
import { targetOf } from "./assume-role.ts";
import type { Emission } from "./emission.ts";
import type { AwsEstate, Identity, Role } from "./estate.ts";
import { IMPLICIT_DENY, type Decision } from "./evaluate.ts";

/** Where one of a kind was seen in the account, all are taken to be, and access.ts asks about each. */
export function existingRules(aws: AwsEstate, who: Identity, mates: readonly Identity[], out: Emission): void {
  for (const [key, { principal, what, effects }] of Object.entries(RUNS_AS_ROLE)) {
    const [service, type] = key.split(":");
    if (aws.resources.some((resource) => resource.account === who.account && resource.type === type)) continue;
    const [takeOver] = effects;
    const changes = (takeOver?.ways ?? [])
      .filter(({ actions }) => actions.every((action) => who.index.forAction(action).allows.length > 0))
      .map(({ actions }) =>
        actions.map((action) => ask(aws, who, action, { arn: `arn:aws:${service}:*:${who.account}:*`, account: who.account })).reduce(both),
      )
      .reduce<Decision>(either, IMPLICIT_DENY);
    if (changes === IMPLICIT_DENY) continue;
    for (const mate of mates) {
      if (mate.type !== "role" || mate === who || mate.serviceLinked) continue;
      const role = mate as Role;
      const trusted = ask(aws, caller("service", principal, role.account), "sts:assumerole", targetOf(role));
      out.decided(both(changes, trusted), {
        family: "aws/use-existing",
        needs: [fact("act-as", who.arn)],
        gives: fact("act-as", role.arn),
        how: `${who.label} can ${takeOver?.verb} ${what} that runs as ${role.label}`,
        unless: [`if ${what} that runs as ${role.label} is there, which was not read`],
      });
    }
  }
}
