// bulkhead mask verify: looks for production's values in a lower environment, from production's side.
import { createPublicKey } from "node:crypto";
import type { Command } from "commander";
import { keyAt } from "../app/ledger/keys.ts";
import { checkCertificate, signed, withVerification } from "../app/mask/certificate.ts";
import { keyFrom } from "../app/mask/key.ts";
import { formatPolicyProblems } from "../app/mask/run.ts";
import { renderVerify, runVerify, type VerifyProgress, type VerifyReport } from "../app/mask/verify.ts";
import { phases } from "./collecting.ts";
import { EXIT } from "./exit.ts";
import { withExamples, withFormat } from "./flags.ts";
import { put, readText } from "./texts.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly policy: string;
  readonly production: string;
  readonly lower: string;
  readonly keyFile?: string;
  readonly certificate?: string;
  readonly signKey?: string;
  readonly format: "terminal" | "json";
  readonly output?: string;
}

export function register(mask: Command): void {
  const command = mask
    .command("verify")
    .description("Look for production's data in a lower environment: every value, in full. Run it where production may be read.")
    .requiredOption("--policy <masking.yaml>", "the masking policy: what it does not keep is sensitive")
    .requiredOption("--production <source>", "postgres://… or mysql://… (a password is better in PGPASSWORD or MYSQL_PWD)")
    .requiredOption("--lower <target>", "postgres://… or mysql://…, what is to be free of production's data")
    .option("--key-file <file>", "the masking key, so that rows whose primary key was masked are compared one by one")
    .option("--certificate <file>", "the certificate of the run, which is completed with what was found and signed again")
    .option("--sign-key <key.pem>", "the Ed25519 private key that signed it")
    .exitOverride();
  withExamples(command, {
    "bulkhead mask verify --policy masking.yaml --production postgres://db.example.com/shop --lower postgres://test.example.com/shop":
      "after a run, and again whenever data may have come down by another way",
  });
  withFormat(command, ["terminal", "json"]).action(verify);
}

async function verify(flags: Flags): Promise<void> {
  const complete = completing(flags);
  const report = await runVerify({
    policy: { text: readText(flags.policy), file: flags.policy },
    production: flags.production,
    lower: flags.lower,
    ...(flags.keyFile !== undefined && { key: keyFrom(flags.keyFile) }),
    onProgress: teller(),
  });
  if (!report.ok) throw new UsageError("BAD_INPUT", formatPolicyProblems(report.error));
  complete?.(report.value);
  put(renderVerify(report.value, flags.format), flags.output);
  process.exitCode = { separated: EXIT.done, violated: EXIT.violated, unknown: EXIT.unknown }[report.value.verdict];
}

/** Read before anything is compared: who cannot sign the certificate need not begin. */
function completing({ certificate, signKey }: Flags): ((report: VerifyReport) => void) | undefined {
  if (certificate === undefined) return undefined;
  if (signKey === undefined) throw new UsageError("USAGE", "--certificate  needs the key that signed it\n  Give  --sign-key KEY.pem.");
  const key = keyAt(signKey, "refuse");
  const { statement } = checkCertificate(readText(certificate), certificate, [createPublicKey(key)], new Date().toISOString().slice(0, 10));
  return (report) => put(signed(withVerification(statement, report, new Date()), key), certificate);
}

function teller(): (progress: VerifyProgress) => void {
  const tell = phases();
  return ({ phase, values, bytes }) => tell(phase, `${phase}: ${values.toLocaleString("en")} values, ${(bytes / 1e6).toFixed(1)} MB`);
}
