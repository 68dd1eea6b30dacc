// The list of commands. Each is loaded only when it is called.
import { Command } from "commander";
import { VERSION } from "../app/version.ts";
import { register as challenge } from "./challenge.ts";
import { register as check } from "./check.ts";
import { register as collect } from "./collect.ts";
import { register as cut } from "./cut.ts";
import { register as diff } from "./diff.ts";
import { register as explain } from "./explain.ts";
import { register as iam } from "./iam.ts";
import { register as init } from "./init.ts";
import { register as ledger } from "./ledger.ts";
import { register as net } from "./net.ts";
import { register as path } from "./path.ts";
import { register as pipeline } from "./pipeline.ts";
import { register as seal } from "./seal.ts";
import { register as verifyCertificate } from "./verify-certificate.ts";
import { register as whoCan } from "./who-can.ts";
import { register as witness } from "./witness.ts";

type Register = (program: Command) => void;

const EXAMPLES = `
Examples:
  bulkhead check examples/acme                         prove or refute separation, with every way across
  bulkhead explain 431033 examples/acme                one finding, hop by hop
  bulkhead who-can deploy production examples/acme     people and workloads that can
  bulkhead check . --format sarif --output out.sarif   for code scanning

Exit status: 0 separated or done, 1 violated, 2 unknown, 3 bad input or usage, 4 an internal error.`;

const COMMANDS: readonly Register[] = [
  init,
  collect,
  check,
  explain,
  path,
  whoCan,
  cut,
  challenge,
  diff,
  verifyCertificate,
  seal,
  iam,
  net,
  pipeline,
  ledger,
  witness,
];

export function program(): Command {
  const root = new Command("bulkhead")
    .description("Keeps development, test and production apart, and proves it (ISO/IEC 27001 control 8.31).")
    .version(VERSION)
    .addHelpText("after", EXAMPLES)
    .exitOverride();
  for (const register of COMMANDS) register(root);
  for (const command of root.commands) command.exitOverride();
  return root;
}
