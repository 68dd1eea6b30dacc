// Masking certificates that lie among the collected files: what came down, who approved it, and what a comparison with production found.
import { Envelope, IN_TOTO } from "../../lib/dsse.ts";
import { isObject } from "../../lib/json.ts";
import type { Collector } from "../collector.ts";
import { PREDICATE, Statement } from "./schema.ts";

function payloadOf(document: unknown): unknown {
  if (!isObject(document) || document["payloadType"] !== IN_TOTO || typeof document["payload"] !== "string") return undefined;
  try {
    return JSON.parse(Buffer.from(document["payload"], "base64").toString("utf8"));
  } catch {
    return undefined;
  }
}

const isOurs = (document: unknown): boolean => {
  const payload = payloadOf(document) as { readonly predicateType?: unknown } | null | undefined;
  return payload?.predicateType === PREDICATE;
};

export const collector: Collector = {
  system: "masking",
  reads: ["Certificates that bulkhead mask run and mask verify wrote (DSSE envelopes)"],
  permissions: ["None of its own: whoever masks hands the certificate over"],
  cannotSee: [
    "Data that came down without a run: only a later comparison (bulkhead mask verify) finds it (D1)",
    "Whether data was deleted when its time was over (D2)",
  ],
  recognize: (document) => (isOurs(document) ? "masking certificate" : undefined),
  map(document, index, file, sink) {
    const source = { file: file.path, pointer: "", document: index };
    const envelope = Envelope.safeParse(document);
    const statement = Statement.safeParse(payloadOf(document));
    if (!envelope.success || !statement.success) {
      const issue = (envelope.success ? statement.error : envelope.error)?.issues[0];
      sink.gap({
        topic: "masking/certificate",
        subject: file.path,
        what: `the masking certificate in ${file.path}`,
        why: `/${issue?.path.join("/") ?? ""} ${issue?.message ?? "cannot be read"}`,
        clauses: ["D1", "D2"],
        source,
      });
      return;
    }
    const { subject, predicate } = statement.data;
    const { handling, verification } = predicate;
    sink.observation({
      kind: "masking/certificate",
      target: subject[0]?.name ?? "",
      from: predicate.source.name,
      finishedAt: predicate.finishedAt,
      ...(handling && { handling }),
      ...(verification && { verification }),
      envelope: envelope.data,
      source,
    });
  },
  denied: (call, error) => [
    { topic: "masking/certificate", subject: call, what: `masking certificate ${call}`, why: error, clauses: ["D1", "D2"] },
  ],
};
