// From the SDK's answers to the JSON that the AWS CLI prints, and without the secrets that some answers hold unasked.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { decodePolicy } from "../../model/aws/policy.ts";
import { withoutSecrets } from "../../model/aws/variables.ts";
import type { Service } from "./asked-call.ts";

/** `2026-11-24T08:00:00+00:00`, with microseconds where there are any (AWS CLI User Guide, `cli_timestamp_format` iso8601). */
function timestamp(date: Date): string {
  const [whole = "", milliseconds = "000Z"] = date.toISOString().split(".");
  const fraction = milliseconds.slice(0, 3);
  return `${whole}${fraction === "000" ? "" : `.${fraction}000`}+00:00`;
}

/** The CLI decodes policies of IAM, which its API percent-encodes; one that does not decode stays as it is. */
const IAM_DOCUMENTS: ReadonlySet<string> = new Set(["AssumeRolePolicyDocument", "PolicyDocument", "Document"]);

/** Threat: pre-shared keys of VPN tunnels, which EC2 prints unasked (Amazon EC2 API Reference, VpnConnection and TunnelOption). */
const WITHHELD: ReadonlySet<string> = new Set(["CustomerGatewayConfiguration", "PreSharedKey"]);

/**
 * Lambda prints environment variables with their values. What looks like a secret is replaced by its keyed fingerprint, in the same place, so that
 * two functions with one secret still have one, and no collected file holds it.
 */
function variablesWithoutSecrets(variables: JsonObject, fingerprint: (secret: string) => string): JsonObject {
  const texts = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
  return Object.fromEntries(
    Object.entries(withoutSecrets(texts, fingerprint)).map(([name, kept]) => {
      if (!isObject(kept)) return [name, kept];
      const stand = String(kept["fingerprint"]);
      return [name, typeof kept["redacted"] === "string" ? kept["redacted"].replace("@", `:${stand}@`) : stand];
    }),
  );
}

export interface Form {
  readonly service: Service;
  readonly fingerprint: (secret: string) => string;
}

/** The value as the CLI prints it. */
export function cliForm(value: unknown, form: Form): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string" || typeof value === "number") return value;
  if (value instanceof Date) return timestamp(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map((item) => cliForm(item, form));
  if (typeof value !== "object") throw new TypeError(`an answer of ${form.service} holds a ${typeof value}`);
  const members = Object.entries(value).flatMap(([key, member]): [string, Json][] => {
    if (member === undefined || key === "$metadata" || WITHHELD.has(key)) return [];
    if (form.service === "iam" && IAM_DOCUMENTS.has(key)) {
      const policy = decodePolicy(member);
      if (policy.ok) return [[key, policy.value]];
    }
    const printed = cliForm(member, form);
    if (form.service === "lambda" && key === "Variables" && isObject(printed))
      return [[key, variablesWithoutSecrets(printed, form.fingerprint)]];
    return [[key, printed]];
  });
  return Object.fromEntries(members);
}
