// Which environment variables are kept as they are.
import fc from "fast-check";
import { expect, test } from "vitest";
import { looksSecret, withoutSecrets } from "./variables.ts";

test.each([
  ["DB_PASSWORD", "correct horse"],
  ["SLACK_TOKEN", "x1"],
  ["ANYTHING", "AKIAIOSFODNN7EXAMPLE"],
  ["CERT", "-----BEGIN PRIVATE KEY-----\nabc"],
  ["DATABASE_URL", "postgres://app:pw@db/shop"],
  ["JDBC", "jdbc:sqlserver://db;user=app;password=pw"],
  ["BLOB", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
  ["HASH", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"],
  ["apiKey", "abc"],
])("%s=%s is a secret", (name, value) => expect(looksSecret(name, value)).toBe(true));

test.each([
  ["STAGE", "production"],
  ["DB_SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"],
  ["DB_PASSWORD", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"],
  ["SECRET_NAME", "production/db"],
  ["DB_HOST", "shop.cluster-abc123xyz.eu-west-1.rds.amazonaws.com"],
  ["QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"],
  ["DATABASE_URL", "postgres://db.acme.example/shop"],
  ["TOKEN_TTL", "3600"],
  ["AUTH_ENABLED", "true"],
  ["BUCKET", "acme-exports-production-eu-west-1"],
  ["EMPTY_TOKEN", ""],
])("%s=%s is kept", (name, value) => expect(looksSecret(name, value)).toBe(false));

test("no password of a URL is kept", () => {
  const password = fc.stringMatching(/^[A-Za-z0-9]{8,24}$/);
  fc.assert(
    fc.property(password, (secret) => {
      const kept = withoutSecrets({ URL: `amqp://app:${secret}@queue.acme.example:5671/vhost?x=${secret}` }, () => "f");
      expect(kept).toEqual({ URL: { fingerprint: "f", redacted: "amqp://app@queue.acme.example:5671/vhost" } });
    }),
  );
});
