// bulkhead mask check-certificate: what a masking certificate says, and whether it holds, without any database.
import { createPublicKey, type KeyObject } from "node:crypto";
import type { Command } from "commander";
import { checkCertificate, renderChecked } from "../app/mask/certificate.ts";
import { EXIT } from "./exit.ts";
import { withExamples, withFormat } from "./flags.ts";
import { put, readText } from "./texts.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly publicKey: readonly string[];
  readonly asOf: string;
  readonly format: "terminal" | "json";
  readonly output?: string;
}

export function register(mask: Command): void {
  const command = mask
    .command("check-certificate")
    .description("Check a masking certificate offline: its signature, its sums, its verification, and whether the data should be gone.")
    .argument("<certificate>", "the file that mask run or mask verify wrote")
    .requiredOption("--public-key <key.pem...>", "public keys that you trust to mask: openssl pkey -in KEY.pem -pubout")
    .option("--as-of <day>", "the day to judge by", new Date().toISOString().slice(0, 10))
    .exitOverride();
  withExamples(command, { "bulkhead mask check-certificate certificate.json --public-key masking.pub": "by an auditor, on any machine" });
  withFormat(command, ["terminal", "json"]).action(check);
}

function check(certificate: string, flags: Flags): void {
  const checked = checkCertificate(readText(certificate), certificate, flags.publicKey.map(keyFrom), flags.asOf);
  put(renderChecked(checked, flags.format), flags.output);
  process.exitCode = checked.problems.length > 0 ? EXIT.violated : checked.open.length > 0 ? EXIT.unknown : EXIT.done;
}

function keyFrom(file: string): KeyObject {
  try {
    const key = createPublicKey(readText(file));
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
  }
  throw new UsageError(
    "BAD_INPUT",
    `${file}  is no Ed25519 public key in PEM form\n  Make it of the private one:  openssl pkey -in KEY.pem -pubout`,
  );
}
