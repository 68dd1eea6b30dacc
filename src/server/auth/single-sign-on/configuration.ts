// The organization's identity provider, and what its word means here: which claim names the person, which groups give which roles.
import { z } from "zod";

const Text = z.string().min(1).max(500);

/** What groups can give. A pipeline is no person, and a guest is nobody. */
const GIVEN = ["developer", "release-manager", "environment-owner", "reviewer", "auditor", "administrator"] as const;

export const SingleSignOn = z.strictObject({
  issuer: z.url().describe("The provider's issuer, as in its discovery document."),
  clientId: Text,
  /** The name of an environment variable: a secret does not stand in a configuration. */
  clientSecretFrom: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/)
    .describe("The environment variable that holds the client's secret."),
  scopes: z.array(Text).default(["openid", "email", "profile"]),
  personClaim: Text.default("sub").describe("The claim that names the person; email counts only when the provider has verified it."),
  accountPrefix: z
    .string()
    .max(100)
    .default("sso:@")
    .describe('What stands before it in the charter, in the identities of its people: holds: ["sso:@ann"].'),
  groupsClaim: Text.default("groups").describe("The claim that lists groups."),
  roles: z.record(Text, z.array(z.enum(GIVEN)).min(1)).describe("Roles by group. Who is in none of these groups does not come in."),
  strength: z.array(Text).optional().describe("Values of acr, of which the provider must confirm one: that a second factor was asked for."),
});
export type SingleSignOn = z.infer<typeof SingleSignOn>;
