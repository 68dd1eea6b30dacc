// bulkhead iam evaluate: the bytes of one request file → its answer, and the answer in words.
import { answer, type Answer, type Deciding } from "../analyze/identity/request/answer.ts";
import { EvaluationRequest } from "../analyze/identity/request/schema.ts";
import { locate } from "../lib/locate.ts";
import { parseBytes, placeOf } from "../lib/parse.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { paint, type Paint, safe } from "./render/text.ts";

export interface Evaluated {
  readonly request: EvaluationRequest;
  readonly answer: Answer;
}

/** The answer, or one message that says where the file is wrong and what to write instead. */
export function evaluateRequest(file: string, bytes: Uint8Array): Result<Evaluated, string> {
  const parsed = parseBytes(file, bytes);
  if (!parsed.ok) return fail(`${placeOf(parsed.error)}  ${parsed.error.message}\n  ${parsed.error.remedy}`);
  const { text, format, documents } = parsed.value;
  const place = (pointer: string): string => {
    const at = locate(text, format, pointer);
    return at ? `${file}:${at.line}:${at.column}` : file;
  };
  const remedy = "Write it as the examples of bulkhead iam evaluate --help show, or see docs/iam-evaluate.md.";
  if (documents.length !== 1) return fail(`${file}  holds no single request\n  ${remedy}`);
  const request = EvaluationRequest.safeParse(documents[0]);
  if (!request.success) {
    const [issue] = request.error.issues;
    const keys = issue?.path.map(String) ?? [];
    const what = keys.length === 0 ? "the request" : keys.join(".");
    return fail(
      `${place(keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""))}  ${what}: ${safe(issue?.message ?? "is not valid")}\n  ${remedy}`,
    );
  }
  const answered = answer(request.data);
  if (!answered.ok) return fail(`${place(answered.error.pointer)}  ${safe(answered.error.message)}\n  ${answered.error.remedy}`);
  return ok({ request: request.data, answer: answered.value });
}

const HEADS: Readonly<Record<Answer["outcome"], string>> = {
  allowed: "✓  Allowed",
  "allowed-if": "?  Allowed if",
  denied: "✗  Denied",
  unknown: "?  Unknown",
};

export function renderAnswer({ request, answer: told }: Evaluated, color: boolean): string {
  const p = paint(color);
  const shade = { allowed: p.green, "allowed-if": p.yellow, denied: p.red, unknown: p.yellow }[told.outcome];
  const principal = typeof request.principal === "string" ? request.principal : request.principal.arn;
  const resource = typeof request.resource === "string" ? request.resource : request.resource.arn;
  const lines = [
    `${shade(HEADS[told.outcome])}   ${safe(principal)}  ${safe(request.action)}  ${safe(resource)}`,
    ...told.residual.map((words) => `   ${safe(words)}`),
    ...told.why.map((words) => `   ${safe(words)}`),
    ...told.missing.map((words) => `   not given: ${safe(words)}`),
    ...told.by.flatMap((statement) => decides(statement, p)),
  ];
  return `${lines.join("\n")}\n`;
}

function decides({ effect, kind, policy, statement, sid, content }: Deciding, p: Paint): string[] {
  const name = policy === kind ? kind : `${kind} ${policy}`;
  const which = sid === undefined ? `statement ${statement}` : `statement ${statement} (${sid})`;
  return [
    `   ${effect === "Deny" ? "denied" : "allowed"} by ${safe(name)}, ${safe(which)}`,
    p.dim(`     ${safe(JSON.stringify(content))}`),
  ];
}
