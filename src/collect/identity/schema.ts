// The wire formats of identity providers: only the fields used. Members that hold nothing are often null or left out, whichever the provider likes.
import { z } from "zod";

const Text = z.string();
const Optional = Text.nullish();
const Flag = z.boolean().nullish();

/** Source: Okta Developer, "Users", User object: status, profile; custom attributes stand in the profile beside the base ones. */
export const OktaUser = z.object({
  id: Text,
  status: z.enum([
    ...["STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT"],
    ...["SUSPENDED", "DEPROVISIONED"],
  ] as const),
  profile: z.looseObject({
    login: Text,
    email: Optional,
    secondEmail: Optional,
    displayName: Optional,
    firstName: Optional,
    lastName: Optional,
    employeeNumber: Optional,
    organization: Optional,
    division: Optional,
    department: Optional,
    countryCode: Optional,
    manager: Optional,
  }),
});

export const OktaGroup = z.object({ id: Text, type: Text, profile: z.object({ name: Text }) });

/** Source: Microsoft Graph, "user resource type"; `az ad user list` prints the default properties without accountEnabled. */
export const EntraUser = z.looseObject({
  id: Text,
  userPrincipalName: Text,
  displayName: Optional,
  mail: Optional,
  otherMails: z.array(Text).nullish(),
  proxyAddresses: z.array(Text).nullish(),
  accountEnabled: Flag,
  userType: Optional,
  employeeId: Optional,
  employeeLeaveDateTime: Optional,
  companyName: Optional,
  department: Optional,
  country: Optional,
  usageLocation: Optional,
  onPremisesExtensionAttributes: z.record(Text, Optional).nullish(),
});

export const EntraGroup = z.object({ id: Text, displayName: Text, mail: Optional });

export const EntraMember = z.object({ id: Text, "@odata.type": Optional, userPrincipalName: Optional, mail: Optional });

/** Source: Admin SDK Directory API, "REST Resource: users". */
export const GoogleUser = z.object({
  id: Text,
  primaryEmail: Text,
  aliases: z.array(Text).nullish(),
  nonEditableAliases: z.array(Text).nullish(),
  suspended: Flag,
  archived: Flag,
  name: z.object({ fullName: Optional }).nullish(),
  externalIds: z.array(z.object({ type: Optional, value: Optional })).nullish(),
  organizations: z.array(z.object({ name: Optional, department: Optional, primary: Flag })).nullish(),
  addresses: z.array(z.object({ type: Optional, countryCode: Optional, country: Optional })).nullish(),
  customSchemas: z.record(Text, z.record(Text, z.unknown())).nullish(),
});

export const GoogleGroup = z.object({ id: Text, email: Text, name: Optional });

export const GoogleMember = z.object({ id: Optional, email: Optional, type: Text, status: Optional });

const Valued = z.object({ value: Optional });

export const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** Source: RFC 7643, section 4.1 (User), 4.3 (enterprise extension). */
export const ScimUser = z.looseObject({
  id: Text,
  userName: Text,
  displayName: Optional,
  name: z.object({ formatted: Optional, givenName: Optional, familyName: Optional }).nullish(),
  active: Flag,
  emails: z.array(Valued).nullish(),
  addresses: z.array(z.object({ country: Optional })).nullish(),
  [ENTERPRISE]: z.object({ employeeNumber: Optional, organization: Optional, department: Optional }).nullish(),
});

/** Source: RFC 7643, section 4.2: members are users or groups; `type` may say which, else `$ref` does. */
export const ScimGroup = z.object({
  id: Text,
  displayName: Text,
  members: z.array(z.object({ value: Text, type: Optional, $ref: Optional })).nullish(),
});

/** Source: GitHub Docs, GraphQL, ExternalIdentity. */
export const ExternalIdentity = z.object({
  user: z.object({ login: Text }).nullish(),
  samlIdentity: z.object({ nameId: Optional, username: Optional }).nullish(),
  scimIdentity: z.object({ username: Optional }).nullish(),
});
