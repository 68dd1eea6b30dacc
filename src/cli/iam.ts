// bulkhead iam evaluate: one request under its policies, decided as AWS would.
import type { Command } from "commander";
import { evaluateRequest, renderAnswer } from "../app/iam.ts";
import { EXIT } from "./exit.ts";
import { withFormat } from "./flags.ts";
import { put, readBytes, usesColor } from "./io.ts";
import { UsageError } from "./report.ts";

const HELP = `
The request is one JSON object:
  principal      ARN of a role, session, user, provider or account root; a service; or * for anonymous
  action         service:Action
  resource       ARN, or { arn, account, tags, key }
  context        condition keys; null says that a key is absent
  policies       identity, groups, boundary, session, serviceControl, resourceControl, resource, key, endpoint

The whole form: docs/iam-evaluate.md.

Examples:
  bulkhead iam evaluate examples/iam/role-in-boundary.json                    the outcome, and the statements that decide
  bulkhead iam evaluate examples/iam/trust-of-a-deployer.json --format json    the same, for a program

Exit status: 0 answered (allowed, allowed if, denied), 2 unknown, 3 bad input.`;

export function register(program: Command): void {
  const iam = program.command("iam").description("Ask about IAM policies without an estate.").exitOverride();
  const evaluate = iam
    .command("evaluate")
    .description("Decide one request under every kind of policy: allowed, allowed if, denied or unknown, and by which statement.")
    .argument("<file>", "JSON file with the request and its policies")
    .exitOverride()
    .addHelpText("after", HELP);
  withFormat(evaluate, ["terminal", "json"]).action((file: string, flags: { format: "terminal" | "json"; output?: string }) => {
    const evaluated = evaluateRequest(file, readBytes(file));
    if (!evaluated.ok) throw new UsageError("BAD_INPUT", evaluated.error);
    const { answer } = evaluated.value;
    put(
      flags.format === "json" ? `${JSON.stringify(answer, undefined, 2)}\n` : renderAnswer(evaluated.value, usesColor(flags.output)),
      flags.output,
    );
    if (answer.outcome === "unknown") process.exitCode = EXIT.unknown;
  });
}
