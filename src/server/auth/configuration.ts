// How people and pipelines come in here: one part of the server's configuration, without a secret in it.
import { z } from "zod";
import { PipelineIssuer } from "./pipelines/configuration.ts";
import { SingleSignOn } from "./single-sign-on/configuration.ts";

export const SignInConfiguration = z.strictObject({
  origin: z
    .string()
    .regex(
      /^(https:\/\/[a-z0-9.-]+(:\d+)?|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)$/,
      "write the public address without a path: https://bulkhead.acme.example",
    )
    .describe("The server's public address. Without TLS only on this machine itself."),
  local: z.boolean().default(true).describe("Whether accounts with passwords and passkeys of this server's own may be made."),
  singleSignOn: SingleSignOn.optional().describe("The organization's identity provider."),
  pipelines: z.array(PipelineIssuer).default([]).describe("Forges whose jobs come in by their own tokens."),
});
export type SignInConfiguration = z.infer<typeof SignInConfiguration>;
