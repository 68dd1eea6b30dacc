// Bench: 1,000 workflows that real repositories run, checked as whole programs on one folder: this check, and zizmor with its default audits.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { basename, join } from "node:path";

const WANTED = 1000;
const RUNS = 9;
const CORPUS = process.env["BULKHEAD_CORPUS"] ?? new URL("../../shared/corpus", import.meta.url).pathname;
const workflows = join(CORPUS, "ci/workflows");
const peer = process.env["ZIZMOR"] ?? "zizmor";
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

/** Every workflow again and again below repositories of other names until there are enough, in the layout that both programs know. */
function layOut(root: string): { readonly files: number; readonly repositories: readonly string[] } {
  const sources = readdirSync(workflows).flatMap((folder) => {
    const within = join(workflows, folder, ".github/workflows");
    return existsSync(within) ? [{ folder, within, names: readdirSync(within).filter((name) => /\.ya?ml$/.test(name)) }] : [];
  });
  const repositories: string[] = [];
  let files = 0;
  for (let copy = 0; files < WANTED; copy++)
    for (const { folder, within, names } of sources) {
      const taken = names.slice(0, WANTED - files);
      if (taken.length === 0) return { files, repositories };
      const repository = `${folder.replace("+", "/")}-${copy}`;
      const target = join(root, repository, ".github/workflows");
      mkdirSync(target, { recursive: true });
      for (const name of taken) copyFileSync(join(within, name), join(target, name));
      repositories.push(repository);
      files += taken.length;
    }
  return { files, repositories };
}

function charterFor(repositories: readonly string[]): object {
  const environment = (name: string, tier: string, pattern: string) => ({
    name,
    tier,
    purpose: "as its name says",
    owner: "someone",
    data: "none",
    boundary: { github: { environments: repositories.map((repository) => ({ repository, name: pattern })) } },
  });
  return {
    bulkhead: 1,
    organization: { name: "workflows" },
    environments: [environment("test", "test", "test*"), environment("production", "production", "prod*")],
    inputs: repositories.map((repository) => ({ path: repository, scope: { system: "github", repository } })),
  };
}

/** Its statuses say what was found; what it prints goes nowhere, so that neither program is held up by who reads. */
function timed(program: string, words: readonly string[], folder: string, allowed: readonly number[]): number {
  const start = performance.now();
  const { status, error } = spawnSync(program, words, { cwd: folder, stdio: "ignore" });
  if (error !== undefined || status === null || !allowed.includes(status))
    throw new Error(`${basename(program)} ended with ${status}: ${error?.message ?? "see what it prints"}`);
  return performance.now() - start;
}

const printed = (program: string, words: readonly string[], cwd: string): unknown =>
  JSON.parse(spawnSync(program, words, { cwd, encoding: "utf8", maxBuffer: 2 ** 30 }).stdout);

if (!existsSync(workflows)) console.log("pipelines: no workflows (give the corpus by BULKHEAD_CORPUS)");
else {
  const root = mkdtempSync(join(tmpdir(), "bulkhead-pipelines-"));
  try {
    const { files, repositories } = layOut(root);
    writeFileSync(join(root, "bulkhead.yaml"), JSON.stringify(charterFor(repositories)));
    console.log(`machine: ${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, node ${process.version}`);
    const cli = new URL("../bulkhead", import.meta.url).pathname;
    const ours = ["check", "."];
    // No network, so that what it audits is what it has. Statuses 11 to 14 say which severity was found (zizmor, "Exit codes").
    const theirs = ["--offline", "--quiet", ...repositories];
    const hasPeer = spawnSync(peer, ["--version"]).status === 0;
    const walls: { readonly ours: number[]; readonly theirs: number[] } = { ours: [], theirs: [] };
    const result = printed(cli, [...ours, "--format", "json"], root) as { verdict: string; findings: unknown[]; gaps: unknown[] };
    for (let run = 0; run < RUNS; run++) {
      walls.ours.push(timed(cli, ours, root, [0, 1, 2]));
      if (hasPeer) walls.theirs.push(timed(peer, theirs, root, [0, 3, 11, 12, 13, 14]));
    }
    console.log(
      `pipelines: ${files} workflows of ${repositories.length} repositories checked in ${median(walls.ours).toFixed(0)} ms (median of ${RUNS}): ` +
        `${result.verdict}, ${result.findings.length} findings, ${result.gaps.length} gaps`,
    );
    if (!hasPeer) console.log("pipelines: zizmor is not here (pip install zizmor, or give its path by ZIZMOR)");
    else {
      const audits = printed(peer, [...theirs, "--format", "json"], root) as unknown[];
      const ratio = median(walls.ours) / median(walls.theirs);
      console.log(
        `pipelines: zizmor with its default audits ${median(walls.theirs).toFixed(0)} ms, ${audits.length} findings; ratio ${ratio.toFixed(2)}`,
      );
      if (ratio > 1) process.exitCode = 1;
    }
  } finally {
    if (process.env["KEEP"] === undefined) rmSync(root, { recursive: true, force: true });
    else console.log(root);
  }
}
