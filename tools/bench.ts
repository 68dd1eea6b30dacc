// Runs every benchmark of bench/ that is a program of its own, one after another, so that none disturbs another.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

const folder = new URL("../bench/", import.meta.url);
const programs = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.startsWith("generated-"));
for (const name of programs.toSorted()) {
  const { status } = spawnSync(process.execPath, [new URL(name, folder).pathname], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
