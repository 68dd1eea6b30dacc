// Forges that ask the gate themselves before a deployment goes on: a GitHub App as deployment protection rule, GitLab's deployment approvals.
import { z } from "zod";

const Text = z.string().min(1).max(300);
const Variable = z.string().regex(/^[A-Z][A-Z0-9_]*$/, "the name of an environment variable: a secret does not stand in a configuration");
const Api = z.string().regex(/^(https:\/\/[^\s?#]+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?(\/[^\s?#]*)?)$/, "write an https address");

const Mapped = z.strictObject({
  repository: Text.describe("ORG/REPO or GROUP/PROJECT; * allowed."),
  environment: Text.describe("The environment's name at the forge."),
  to: Text.describe("The environment of the charter."),
});
export type Mapped = z.infer<typeof Mapped>;

export const GithubApp = z.strictObject({
  appId: z.string().regex(/^\d+$/).describe("The GitHub App's id."),
  api: Api.default("https://api.github.com").describe("The REST API's address."),
  privateKeyFrom: Variable.describe("The environment variable that holds the App's private key (PEM)."),
  webhookSecretFrom: Variable.describe("The environment variable that holds the webhook's secret."),
  environments: z.array(Mapped).min(1).describe("Which environments are which. What is not named is rejected."),
});
export type GithubApp = z.infer<typeof GithubApp>;

export const GitlabApprovals = z.strictObject({
  api: Api.default("https://gitlab.com/api/v4").describe("The REST API's address."),
  tokenFrom: Variable.describe(
    "The environment variable that holds an access token of an account that may approve deployments, scope api.",
  ),
  webhookTokenFrom: Variable.optional().describe(
    "The environment variable that holds the webhook's secret token; with it GitLab need not be asked every minute.",
  ),
  environments: z
    .array(
      Mapped.extend({
        repository: z
          .string()
          .regex(/^[\w.-]+(\/[\w.-]+)+$/)
          .describe("GROUP/PROJECT in full."),
      }),
    )
    .min(1),
});
export type GitlabApprovals = z.infer<typeof GitlabApprovals>;
