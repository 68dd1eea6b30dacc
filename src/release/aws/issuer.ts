// An AWS session of one person for one time: AssumeRole with the person as session name and source identity, tagged with the ledger's entry.
import { z } from "zod";
import { messageOf, ReleaseError } from "../error.ts";
import type { Issuer } from "../issuer.ts";

export const AwsRelease = z.strictObject({
  role: z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/, "the role's ARN"),
  region: z.string().default("us-east-1"),
});
export type AwsRelease = z.infer<typeof AwsRelease>;

/** What the issuer's own identity needs, and the role's trust policy must allow it (STS API Reference, AssumeRole: tags need sts:TagSession). */
export const permissions = ({ role }: Pick<AwsRelease, "role">): object => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], Resource: role }],
});

const Handle = z.strictObject({ role: z.string(), session: z.string(), until: z.string() });
/** DurationSeconds: "900 seconds (15 minutes) up to the maximum session duration set for the role" (AssumeRole). */
const SHORTEST_SECONDS = 900;
/** RoleSessionName: [\w+=,.@-]{2,64}; SourceIdentity likewise. */
const sessionName = (text: string): string =>
  text
    .replace(/^person:/, "")
    .replaceAll(/[^\w+=,.@-]/g, "-")
    .slice(0, 64)
    .padEnd(2, "-");

/**
 * A session cannot be taken back before its end: AWS knows only to deny every session of a role that is older than a time (IAM User Guide, "Revoking
 * IAM role temporary security credentials"), which would end others' too. So its length is what is granted, and no more.
 */
export function awsIssuer({ role, region }: AwsRelease, now: () => Date = () => new Date(), settings: object = {}): Issuer {
  return {
    kind: "aws",
    handle: (order) => ({ role, session: sessionName(`${order.for}-${order.id}`), until: order.until.toISOString() }),
    issue: async (order, handle) => {
      const { session } = Handle.parse(handle);
      const { STSClient, AssumeRoleCommand } = await import("@aws-sdk/client-sts");
      const client = new STSClient({ region, maxAttempts: 2, ...settings });
      try {
        const seconds = Math.floor((order.until.getTime() - now().getTime()) / 1000);
        if (seconds < SHORTEST_SECONDS)
          throw new ReleaseError(
            "NOT_ISSUED",
            `AWS: ${seconds} s are left, and a session lasts ${SHORTEST_SECONDS} s at least: it would outlive what was granted`,
          );
        const { Credentials: found } = await client.send(
          new AssumeRoleCommand({
            RoleArn: role,
            RoleSessionName: session,
            SourceIdentity: sessionName(order.for),
            DurationSeconds: seconds,
            Tags: [
              { Key: "bulkhead:entry", Value: String(order.decision) },
              { Key: "bulkhead:for", Value: order.for.slice(0, 256) },
            ],
          }),
        );
        const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = found ?? {};
        if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined || Expiration === undefined)
          throw new ReleaseError("NOT_ISSUED", "AWS: AssumeRole answered without credentials");
        return {
          secret: { AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey, AWS_SESSION_TOKEN: SessionToken },
          validUntil: Expiration,
        };
      } catch (cause) {
        if (cause instanceof ReleaseError) throw cause;
        throw new ReleaseError("NOT_ISSUED", `AWS: ${messageOf(cause)}`, { cause });
      } finally {
        client.destroy();
      }
    },
    revoke: (handle) => {
      const { session, until } = Handle.parse(handle);
      if (now().toISOString() >= until) return Promise.resolve();
      return Promise.reject(
        new ReleaseError("NOT_REVOKED", `AWS: session ${session} is valid until ${until}, and cannot be taken back before`),
      );
    },
  };
}
