// Rules: roles that SAML federation reaches. People sign in that way; what matters besides is who can replace the identity provider.
import { fact } from "../../model/rule.ts";
import { ask, both, caller, either } from "./ask.ts";
import { targetOf } from "./assume-role.ts";
import { FREE, type ContextValue } from "./condition.ts";
import type { Emission } from "./emission.ts";
import type { AwsEstate, Identity, Role } from "./estate.ts";
import { IMPLICIT_DENY, type Decision } from "./evaluate.ts";
import { statementsFor } from "./policy.ts";

const ACTION = "sts:assumerolewithsaml";

/**
 * A provider's metadata holds the key that assertions are signed with: whoever writes it writes assertions with any claims for every role that
 * trusts the provider (IAM API Reference, UpdateSAMLProvider, CreateSAMLProvider; IAM User Guide, "Create a role for SAML 2.0 federation").
 */
export function samlRules(aws: AwsEstate, out: Emission): void {
  for (const role of aws.roles) {
    if (!role.trust || role.serviceLinked) continue;
    for (const provider of providersOf(role)) {
      const accepts = ask(aws, caller("federated", provider, role.account), ACTION, targetOf(role), claimsAsWished(role));
      if (accepts === IMPLICIT_DENY) continue;
      for (const who of aws.inAccount(provider.split(":")[4] ?? "")) {
        if (who.serviceLinked) continue;
        const decision = both(replaces(aws, who, provider), accepts);
        if (decision === IMPLICIT_DENY) continue;
        out.decided(decision, {
          family: "aws/assume-role-with-saml",
          needs: [fact("act-as", who.arn)],
          gives: fact("act-as", role.arn),
          how: `${who.label} can replace ${provider.slice(provider.indexOf(":saml-provider/") + 1)}, which ${role.label} trusts`,
        });
      }
    }
  }
}

export function providersOf(role: Role): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { effect, principals } of statementsFor(role.trust!.compiled, ACTION)) {
    if (effect !== "Allow") continue;
    for (const { type, value } of principals?.entries ?? [])
      if (type === "Federated" && value.includes(":saml-provider/")) found.add(value);
  }
  return found;
}

/** Every claim that the trust asks about: whoever signs assertions words it (IAM User Guide, "Available keys for SAML-based AWS STS federation"). */
export function claimsAsWished(role: Role): Readonly<Record<string, ContextValue>> {
  const keys = role.trust!.compiled.statements.flatMap(({ conditions }) => conditions.map(({ key }) => key));
  return Object.fromEntries(keys.filter((key) => key.startsWith("saml:")).map((key) => [key, FREE]));
}

function replaces(aws: AwsEstate, who: Identity, provider: string): Decision {
  const can = (action: string): Decision =>
    who.index.forAction(action).allows.length === 0
      ? IMPLICIT_DENY
      : ask(aws, who, action, { arn: provider, account: who.account, tags: {} });
  return either(can("iam:updatesamlprovider"), both(can("iam:deletesamlprovider"), can("iam:createsamlprovider")));
}
