// Rules: what already runs as a role and was not seen. Nobody lists it, so whoever may change such a thing may have each role that trusts the service.
import { fact } from "../../model/rule.ts";
import { RUNS_AS_ROLE } from "./actions.ts";
import { ask, both, either } from "./ask.ts";
import type { Emission } from "./emission.ts";
import type { AwsEstate, Identity } from "./estate.ts";
import { IMPLICIT_DENY, type Decision } from "./evaluate.ts";
import type { TrustInServices } from "./trust-in-services.ts";

/** Where one of a kind was seen in the account, all are taken to be, and access.ts asks about each. */
export function existingRules(aws: AwsEstate, who: Identity, trust: TrustInServices, out: Emission): void {
  for (const [key, { principal, what, effects }] of Object.entries(RUNS_AS_ROLE)) {
    const [service, type] = key.split(":");
    const [takeOver] = effects;
    const ways = (takeOver?.ways ?? []).filter(({ actions }) => actions.every((action) => who.index.forAction(action).allows.length > 0));
    if (ways.length === 0 || aws.typesSeen.has(`${who.account} ${type}`)) continue;
    const changes = ways
      .map(({ actions }) =>
        actions.map((action) => ask(aws, who, action, { arn: `arn:aws:${service}:*:${who.account}:*`, account: who.account })).reduce(both),
      )
      .reduce<Decision>(either, IMPLICIT_DENY);
    if (changes === IMPLICIT_DENY) continue;
    for (const { role, trusted } of trust(who.account, principal)) {
      if (role === who) continue;
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
