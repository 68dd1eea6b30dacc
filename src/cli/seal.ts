// bulkhead seal: lists every file of a folder with its digest, so that no later change goes unseen.
import { createPrivateKey } from "node:crypto";
import { join } from "node:path";
import type { Command } from "commander";
import { SEAL_FILE, sealFolder } from "../app/seal.ts";
import { withExamples } from "./flags.ts";
import { filesOf, put, readText } from "./io.ts";

export function register(program: Command): void {
  const command = program
    .command("seal")
    .description("Write seal.json: every file of the folder, charter included, with its digest.")
    .argument("[folder]", "folder with bulkhead.yaml and the collected files", ".")
    .option("--key <key.pem>", "Ed25519 private key to sign with");
  withExamples(command, {
    "bulkhead seal .": "every file with its digest",
    "bulkhead seal . --key audit.pem": "the same, signed: check it with --trust audit.pub.pem",
  }).action((folder: string, flags: { readonly key?: string }) => {
    const files = filesOf(folder);
    put(sealFolder(files, flags.key === undefined ? undefined : createPrivateKey(readText(flags.key))), join(folder, SEAL_FILE));
    process.stderr.write(`sealed ${files.has(SEAL_FILE) ? files.size - 1 : files.size} files\n`);
  });
}
