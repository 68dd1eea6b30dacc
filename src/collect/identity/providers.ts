// One account or group in a provider's words → the same in ours.
import { z } from "zod";
import type { IdentityGroup, IdentityMembers, IdentityUser } from "../../model/observations/identity.ts";
import { accountsIn } from "./accounts.ts";
import {
  ENTERPRISE,
  EntraGroup,
  EntraMember,
  EntraUser,
  GoogleGroup,
  GoogleMember,
  GoogleUser,
  OktaGroup,
  OktaUser,
  ScimGroup,
  ScimUser,
} from "./schema.ts";
import type { Provider } from "./shapes.ts";

export type User = Omit<IdentityUser, "kind" | "directory" | "source">;
export type Group = Omit<IdentityGroup, "kind" | "directory" | "source"> & { readonly members?: readonly Member[] };
export type Member = IdentityMembers["members"][number];

interface Reader {
  readonly user: z.ZodType<User>;
  readonly group: z.ZodType<Group>;
  readonly member: z.ZodType<Member>;
}

type Maybe = string | null | undefined;

const isAddress = (text: Maybe): text is string => typeof text === "string" && /^[^\s@]+@[^\s@]+$/.test(text);

const addresses = (...texts: readonly Maybe[]): string[] => [...new Set(texts.filter(isAddress).map((text) => text.toLowerCase()))];

/** Only the members that say something. */
function said<T extends Readonly<Record<string, Maybe>>>(members: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => typeof value === "string" && value !== "")) as {
    [K in keyof T]?: string;
  };
}

/** A suspended user cannot sign in, and a deactivated one has no account any more (Okta, "User status"); any other can, or can come to. */
const DISABLED_IN_OKTA: ReadonlySet<string> = new Set(["SUSPENDED", "DEPROVISIONED"]);

const okta: Reader = {
  user: OktaUser.transform(({ id, status, profile }): User => {
    const { login, email, secondEmail, displayName, firstName, lastName, employeeNumber, organization, department, countryCode } = profile;
    return {
      id,
      userName: login,
      // The second address is the person's own, outside: nobody else's account bears it.
      addresses: addresses(login, email, secondEmail),
      isActive: !DISABLED_IN_OKTA.has(status),
      status,
      ...said({
        name: displayName ?? [firstName, lastName].filter(Boolean).join(" "),
        employeeId: employeeNumber,
        employer: organization,
        team: department,
        country: countryCode,
      }),
      accounts: accountsIn(profile),
    };
  }),
  group: OktaGroup.transform(({ id, profile }): Group => ({ id, name: profile.name })),
  member: OktaUser.transform(({ id, profile }): Member => ({ id, type: "user", ...said({ address: profile.login }) })),
};

const ENTRA_KINDS: Readonly<Record<string, Member["type"]>> = { "#microsoft.graph.user": "user", "#microsoft.graph.group": "group" };

const entra: Reader = {
  user: EntraUser.transform((user): User => {
    const { id, userPrincipalName, mail, otherMails, proxyAddresses, accountEnabled, userType, onPremisesExtensionAttributes } = user;
    // `SMTP:` is the primary address, `smtp:` an alias ("proxyAddresses", Microsoft Graph).
    const proxies = (proxyAddresses ?? []).flatMap((each) => /^smtp:(.+)$/i.exec(each)?.[1] ?? []);
    return {
      id,
      userName: userPrincipalName,
      addresses: addresses(userPrincipalName, mail, ...(otherMails ?? []), ...proxies),
      ...(typeof accountEnabled === "boolean" && {
        isActive: accountEnabled,
        status: accountEnabled ? "enabled" : "accountEnabled: false",
      }),
      ...(userType === "Guest" && { isGuest: true as const }),
      ...said({
        name: user.displayName,
        employeeId: user.employeeId,
        employer: user.companyName,
        team: user.department,
        country: user.usageLocation ?? user.country,
        end: user.employeeLeaveDateTime?.slice(0, 10),
      }),
      accounts: accountsIn({ ...user, ...onPremisesExtensionAttributes }),
    };
  }),
  group: EntraGroup.transform(({ id, displayName, mail }): Group => ({ id, name: displayName, ...said({ address: mail }) })),
  member: EntraMember.transform((member): Member => {
    const kind = member["@odata.type"];
    const isUser = typeof member.userPrincipalName === "string";
    const type = typeof kind === "string" ? (ENTRA_KINDS[kind] ?? "other") : isUser ? "user" : "other";
    return { id: member.id, type, ...said({ address: member.userPrincipalName ?? member.mail }) };
  }),
};

const GOOGLE_KINDS: Readonly<Record<string, Member["type"]>> = { GROUP: "group", CUSTOMER: "everyone" };

const google: Reader = {
  user: GoogleUser.transform((user): User => {
    const { id, primaryEmail, aliases, nonEditableAliases, suspended, archived, organizations } = user;
    const organization = (organizations ?? []).find((each) => each.primary === true) ?? organizations?.[0];
    const number = (user.externalIds ?? []).find(({ type }) => type === "organization")?.value;
    const place = (user.addresses ?? []).find(({ type }) => type === "work") ?? user.addresses?.[0];
    const isKnown = typeof suspended === "boolean" || typeof archived === "boolean";
    return {
      id,
      userName: primaryEmail,
      addresses: addresses(primaryEmail, ...(aliases ?? []), ...(nonEditableAliases ?? [])),
      ...(isKnown && {
        isActive: suspended !== true && archived !== true,
        status: suspended === true ? "suspended" : archived === true ? "archived" : "active",
      }),
      ...said({
        name: user.name?.fullName,
        employeeId: number,
        employer: organization?.name,
        team: organization?.department,
        country: place?.countryCode ?? place?.country,
      }),
      accounts: accountsIn(Object.assign({}, ...Object.values(user.customSchemas ?? {})) as Record<string, unknown>),
    };
  }),
  group: GoogleGroup.transform(({ id, email, name }): Group => ({ id, name: name ?? email, address: email.toLowerCase() })),
  // CUSTOMER: everyone of the domain ("Member", type).
  member: GoogleMember.transform(({ id, email, type }): Member => ({
    id: id ?? email ?? "",
    type: GOOGLE_KINDS[type] ?? "user",
    ...said({ address: email?.toLowerCase() }),
  })),
};

const scimMember = ({ value, type, $ref }: { value: string; type?: Maybe; $ref?: Maybe }): Member => {
  const kind = type ?? /\/(Users|Groups)\//.exec($ref ?? "")?.[1];
  return { id: value, type: /^groups?$/i.test(kind ?? "") ? "group" : "user" };
};

const scim: Reader = {
  user: ScimUser.transform((user): User => {
    const { id, userName, displayName, name, active, emails } = user;
    const enterprise = user[ENTERPRISE];
    const extensions = Object.values(user).filter((each) => typeof each === "object" && each !== null && !Array.isArray(each));
    return {
      id,
      userName,
      addresses: addresses(userName, ...(emails ?? []).map(({ value }) => value)),
      ...(typeof active === "boolean" && { isActive: active, status: active ? "active" : "active: false" }),
      ...said({
        name: displayName ?? name?.formatted ?? [name?.givenName, name?.familyName].filter(Boolean).join(" "),
        employeeId: enterprise?.employeeNumber,
        employer: enterprise?.organization,
        team: enterprise?.department,
        country: user.addresses?.[0]?.country,
      }),
      accounts: accountsIn(Object.assign({}, user, ...extensions) as Record<string, unknown>),
    };
  }),
  group: ScimGroup.transform(({ id, displayName, members }): Group => ({
    id,
    name: displayName,
    // "members" of a group without any may be left out (RFC 7643, section 2.5).
    members: (members ?? []).map(scimMember),
  })),
  member: z.object({ value: z.string(), type: z.string().nullish(), $ref: z.string().nullish() }).transform(scimMember),
};

export const READERS: Readonly<Record<Provider, Reader>> = { okta, entra, google, scim };
