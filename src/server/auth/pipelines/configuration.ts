// Which pipelines may ask what: declared issuers, and for each who may do what, narrowed claim by claim.
import { z } from "zod";

const Text = z.string().min(1).max(500);

/** Signatures only: `none` is no signature, and HS* would take the issuer's public key for a shared secret (RFC 8725, sections 2.1 and 3.1). */
export const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"] as const;

/** What a pipeline may do at the gate. It never approves. */
export const PIPELINE_ACTIONS = ["report-test", "request", "confirm", "read"] as const;
export type PipelineAction = (typeof PIPELINE_ACTIONS)[number];

/** Runs that only people with write access to the repository start. Those of strangers' pull requests, and those that follow them, are left out on purpose. */
const OWN_EVENTS = [
  "push",
  "workflow_dispatch",
  "schedule",
  "release",
  "deployment",
  "merge_group",
  "web",
  "api",
  "pipeline",
  "parent_pipeline",
];

export const PipelineRule = z.strictObject({
  repository: Text.describe("ORG/REPO or GROUP/PROJECT; * allowed."),
  repositoryId: z
    .string()
    .regex(/^\d+$/)
    .optional()
    .describe("The repository's number, which a repository of the same name made later does not have."),
  refs: z.array(Text).min(1).describe("Git refs in full, * allowed: refs/heads/main."),
  environments: z
    .array(Text)
    .optional()
    .describe("Environments of the forge whose protection the job passed; left out: a job without one too."),
  workflows: z.array(Text).optional().describe("The files that run, as the issuer names them with their ref; * allowed. Left out: any."),
  events: z
    .array(Text)
    .min(1)
    .default(OWN_EVENTS)
    .describe("What may have started the run. Pull requests of strangers are not among the defaults."),
  may: z.array(z.enum(PIPELINE_ACTIONS)).min(1).describe("What such a job may do."),
  to: z.array(Text).min(1).describe("Environments of the charter to which it may ask; * allowed."),
});
export type PipelineRule = z.infer<typeof PipelineRule>;

export const PipelineIssuer = z.strictObject({
  issuer: z.url().describe("The issuer, exactly as in the token's iss."),
  system: z.enum(["github", "gitlab"]).describe("Whose claims the tokens carry."),
  audience: Text.describe("The audience that jobs ask their token for; this server's public address."),
  algorithms: z.array(z.enum(ALGORITHMS)).min(1).default(["RS256"]).describe("Signature algorithms that are accepted."),
  keys: z.url().optional().describe("Where its keys are. Left out: as its discovery document says."),
  toleranceSeconds: z.int().min(0).max(120).default(30).describe("How far the clocks may differ."),
  maximumAgeMinutes: z.int().min(1).max(1440).default(60).describe("The oldest token that is accepted, whatever its expiry."),
  use: z
    .enum(["once", "once-a-request"])
    .default("once")
    .describe(
      "once: a token does one thing. once-a-request: it may ask several different things, none of them twice (a GitLab job has one token).",
    ),
  rules: z.array(PipelineRule).min(1).describe("Who may do what. What no rule allows is refused."),
});
export type PipelineIssuer = z.infer<typeof PipelineIssuer>;
