// What mask run and mask verify share: the options of a certificate, and writing it.
import type { Command } from "commander";
import { signed, statementOf, type CertificateInput } from "../app/mask/certificate.ts";
import { keyAt } from "../app/ledger/keys.ts";
import { put } from "./texts.ts";
import { UsageError } from "./report.ts";

export interface CertificateFlags {
  readonly certificate?: string;
  readonly signKey?: string;
  readonly purpose?: string;
  readonly requestedBy?: string;
  readonly approvedBy?: string;
  readonly environment?: string;
  readonly deleteBy?: string;
}

export const withCertificate = (command: Command): Command =>
  command
    .option("--certificate <file>", "write a signed certificate of what was done to every column")
    .option("--sign-key <key.pem>", "the Ed25519 private key that signs it; made when the file is missing")
    .option("--purpose <text>", "what the data is for, for the handling record")
    .option("--requested-by <who>", "who asked for it: person:ID")
    .option("--approved-by <who>", "who approved it: person:ID, another")
    .option("--environment <name>", "the environment that it goes to, as the charter names it")
    .option("--delete-by <day>", "until when it is kept: 2026-12-31");

/** Asked before anything is masked: a certificate that cannot be signed afterwards is of no use. */
export function certificateRequest(flags: CertificateFlags): { readonly handling: CertificateInput["handling"] } | undefined {
  const handling = handlingOf(flags);
  if (flags.certificate === undefined) {
    if (handling !== undefined || flags.signKey !== undefined)
      throw new UsageError("USAGE", "--certificate is missing\n  Name the file that the certificate is written to.");
    return undefined;
  }
  if (flags.signKey === undefined)
    throw new UsageError("USAGE", "--certificate  needs the key that signs it\n  Give  --sign-key KEY.pem; it is made when there is none.");
  return { handling };
}

function handlingOf({ purpose, requestedBy, approvedBy, environment, deleteBy }: CertificateFlags): CertificateInput["handling"] {
  const given = {
    "--purpose": purpose,
    "--requested-by": requestedBy,
    "--approved-by": approvedBy,
    "--environment": environment,
    "--delete-by": deleteBy,
  };
  const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length === Object.keys(given).length) return undefined;
  if (
    missing.length > 0 ||
    purpose === undefined ||
    requestedBy === undefined ||
    approvedBy === undefined ||
    environment === undefined ||
    deleteBy === undefined
  )
    throw new UsageError("USAGE", `${missing.join(", ")} missing\n  A handling record needs all five, or none is kept.`);
  if (approvedBy === requestedBy)
    throw new UsageError("USAGE", `--approved-by ${approvedBy}  asked for it too\n  Name another who approved it.`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(deleteBy) || Number.isNaN(Date.parse(deleteBy)))
    throw new UsageError("USAGE", `--delete-by ${deleteBy}  is no day\n  Write 2026-12-31.`);
  return { purpose, requestedBy, approvedBy, environment, deleteBy };
}

export function writeCertificate(flags: CertificateFlags, input: CertificateInput): void {
  if (flags.certificate === undefined || flags.signKey === undefined) return;
  put(signed(statementOf(input), keyAt(flags.signKey, "create")), flags.certificate);
  process.stderr.write(`The certificate is in ${flags.certificate}.\n`);
}
