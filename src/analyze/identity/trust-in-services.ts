// Which roles of an account trust a service, decided once for everyone who could pass them.
import { ask, caller } from "./ask.ts";
import { targetOf } from "./assume-role.ts";
import type { AwsEstate, Role } from "./estate.ts";
import { IMPLICIT_DENY, type Decision } from "./evaluate.ts";

export interface Trusting {
  readonly role: Role;
  readonly trusted: Decision;
}

export type TrustInServices = (account: string, principal: string) => readonly Trusting[];

export function trustInServices(aws: AwsEstate): TrustInServices {
  const known = new Map<string, readonly Trusting[]>();
  return (account, principal) => {
    const key = `${account} ${principal}`;
    let found = known.get(key);
    if (!found) {
      const service = caller("service", principal, account);
      found = aws
        .inAccount(account)
        .filter((identity): identity is Role => identity.type === "role" && !identity.serviceLinked)
        .map((role) => ({ role, trusted: ask(aws, service, "sts:assumerole", targetOf(role)) }))
        .filter(({ trusted }) => trusted !== IMPLICIT_DENY);
      known.set(key, found);
    }
    return found;
  };
}
