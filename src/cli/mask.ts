// bulkhead mask: the door by which production data comes down, one file a command below it.
import type { Command } from "commander";
import { register as checkCertificate } from "./mask-check-certificate.ts";
import { register as checkPolicy } from "./mask-check-policy.ts";
import { register as compile } from "./mask-compile.ts";
import { register as discover } from "./mask-discover.ts";
import { register as generate } from "./mask-generate.ts";
import { register as run } from "./mask-run.ts";
import { register as verify } from "./mask-verify.ts";

export function register(program: Command): void {
  const mask = program.command("mask").description("Bring production data down, masked, and prove it.").exitOverride();
  for (const each of [discover, checkPolicy, run, compile, verify, checkCertificate, generate]) each(mask);
}
