// The list of commands. Each is loaded only when it is called.
import { Command } from "commander";
import { VERSION } from "../app/version.ts";

type Register = (program: Command) => void;

const EXAMPLES = `
Examples:
  bulkhead check examples/acme                         prove or refute separation, with every way across
  bulkhead explain 431033 examples/acme                one finding, hop by hop
  bulkhead who-can deploy production examples/acme     people and workloads that can
  bulkhead check . --format sarif --output out.sarif   for code scanning

Exit status: 0 separated or done, 1 violated, 2 unknown, 3 bad input or usage, 4 an internal error.`;

/** In the order in which help lists them; the name is the command's. */
const COMMANDS: Readonly<Record<string, () => Promise<{ readonly register: Register }>>> = {
  start: () => import("./start.ts"),
  init: () => import("./init.ts"),
  collect: () => import("./collect.ts"),
  check: () => import("./check.ts"),
  explain: () => import("./explain.ts"),
  path: () => import("./path.ts"),
  "who-can": () => import("./who-can.ts"),
  people: () => import("./people.ts"),
  cut: () => import("./cut.ts"),
  challenge: () => import("./challenge.ts"),
  diff: () => import("./diff.ts"),
  "verify-certificate": () => import("./verify-certificate.ts"),
  seal: () => import("./seal.ts"),
  iam: () => import("./iam.ts"),
  net: () => import("./net.ts"),
  pipeline: () => import("./pipeline.ts"),
  serve: () => import("./serve.ts"),
  gate: () => import("./gate.ts"),
  database: () => import("./database.ts"),
  ledger: () => import("./ledger.ts"),
  witness: () => import("./witness.ts"),
  mask: () => import("./mask.ts"),
};

/** With the called command alone where the first word names one, so that no other's code is read; else with all, as help needs them. */
export async function program(called?: string): Promise<Command> {
  const root = new Command("bulkhead")
    .description("Keeps development, test and production apart, and proves it (ISO/IEC 27001 control 8.31).")
    .version(VERSION)
    .addHelpText("after", EXAMPLES)
    .exitOverride();
  const load = called !== undefined && Object.hasOwn(COMMANDS, called) ? COMMANDS[called] : undefined;
  for (const { register } of await Promise.all(load ? [load()] : Object.values(COMMANDS).map((each) => each()))) register(root);
  for (const command of root.commands) command.exitOverride();
  return root;
}
