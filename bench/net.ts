// Bench: full connectivity of generated clusters, beside netpol-analyzer where its binary is named (NETPOLICY=/path/to/netpolicy).
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { eachConnection } from "../src/analyze/network/kubernetes/connections.ts";
import { decider } from "../src/analyze/network/kubernetes/decide.ts";
import { compileNetwork } from "../src/analyze/network/kubernetes/network.ts";
import { indexObservations } from "../src/model/observation.ts";
import { type ClusterSize, generateCluster, manifestsOf } from "./generated-cluster.ts";

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

/** How long a peer may take on one folder. */
const PATIENCE_MS = 120_000;

const SIZES: readonly (ClusterSize & { readonly limitMs: number; readonly compared: boolean })[] = [
  { workloads: 10_000, classes: 200, policies: 300, namespaces: 20, limitMs: 1000, compared: false },
  { workloads: 300, classes: 300, policies: 150, namespaces: 20, limitMs: 1000, compared: true },
  { workloads: 1000, classes: 1000, policies: 300, namespaces: 20, limitMs: 1000, compared: true },
  { workloads: 10_000, classes: 10_000, policies: 300, namespaces: 20, limitMs: 10_000, compared: false },
  { workloads: 10_000, classes: 10_000, policies: 3000, namespaces: 200, limitMs: 10_000, compared: false },
];

console.log(`machine: ${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, node ${process.version}`);
for (const size of SIZES) {
  const observed = generateCluster(size);
  const times: number[] = [];
  let pairs = 0;
  let workloadPairs = 0;
  let found = 0;
  for (let run = 0; run < 3; run++) {
    pairs = workloadPairs = 0;
    const start = performance.now();
    const network = compileNetwork(indexObservations(observed), "generated");
    found = network.classes.length - 1;
    eachConnection(decider(network, "listed"), ({ from, to }) => {
      pairs++;
      workloadPairs += (typeof from === "string" ? 1 : from.members.length) * (typeof to === "string" ? 1 : to.members.length);
    });
    times.push(performance.now() - start);
  }
  const own = median(times);
  console.log(
    `net: ${size.workloads} workloads with ${size.classes} sets of labels, ${size.policies} policies, ${size.namespaces} namespaces: ${found} classes, ` +
      `${pairs} pairs of classes (${workloadPairs} of workloads) open in ${seconds(own)} (median of 3, compiling included)`,
  );
  if (own > size.limitMs) process.exitCode = 1;
  if (size.compared) compare(manifestsOf(observed));
}
console.log(`net: peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);

/** Both as whole programs, on the same folder, reading and printing included. */
function compare(manifests: readonly object[]): void {
  const peer = process.env["NETPOLICY"];
  if (peer === undefined) return console.log("net: netpol-analyzer not named (NETPOLICY), no ratio");
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-net-"));
  writeFileSync(join(folder, "all.yaml"), manifests.map((each) => JSON.stringify(each)).join("\n---\n"));
  const timed = (command: string, args: readonly string[]): { ms: number; isOver: boolean; lines: string[] } => {
    const start = performance.now();
    const { stdout, error } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 30, timeout: PATIENCE_MS });
    const lines = stdout.split("\n").filter((line) => line.includes(" => "));
    return { ms: performance.now() - start, isOver: error !== undefined, lines: lines.toSorted() };
  };
  const cli = new URL("../src/cli/main.ts", import.meta.url).pathname;
  const ours = timed(process.execPath, [cli, "net", "connections", folder]);
  const theirs = timed(peer, ["list", "--dirpath", folder, "-q"]);
  rmSync(folder, { recursive: true });
  if (theirs.isOver) {
    console.log(
      `net: as programs on the same folder: bulkhead ${seconds(ours.ms)}, netpol-analyzer not done after ${seconds(theirs.ms)}, ratio below ${(ours.ms / theirs.ms).toFixed(3)}`,
    );
    return;
  }
  const isSame = ours.lines.length === theirs.lines.length && ours.lines.every((line, i) => line === theirs.lines[i]);
  console.log(
    `net: as programs on the same folder: bulkhead ${seconds(ours.ms)}, netpol-analyzer ${seconds(theirs.ms)}, ratio ${(ours.ms / theirs.ms).toFixed(3)}; ` +
      `${ours.lines.length} and ${theirs.lines.length} lines, ${isSame ? "the same" : "different"}`,
  );
}
