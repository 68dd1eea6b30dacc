// bulkhead net: who can connect to whom in a cluster, from manifests or collected files.
import type { Command } from "commander";
import { formatProblems } from "../app/check.ts";
import { connectionChanges, connectionsIn, type NetReading } from "../app/net.ts";
import { changesJson, changesText, connectionsJson, connectionsText, notesText } from "../app/render/net.ts";
import { EXIT } from "./exit.ts";
import { withExamples, withFormat } from "./flags.ts";
import { filesOf, put, usesColor } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly format: "terminal" | "json";
  readonly output?: string;
}

const HELP = `
A line reads SOURCE => DESTINATION : CONNECTION. Names are namespace/name[Kind]; addresses outside the cluster are ranges;
{ingress-controller} is what forwards Ingresses and routes. A folder needs no bulkhead.yaml; one that stands there names the clusters.
What could not be read or said for certain goes to stderr.

Exit status: 0 done, 2 something could not be read, 3 bad input.`;

export function register(program: Command): void {
  const net = program.command("net").description("Ask who can connect to whom in a Kubernetes cluster.").exitOverride();
  const connections = net
    .command("connections")
    .description("List every connection that network policies, admin policies, Ingresses and routes leave open.")
    .argument("<folder>", "folder with manifests, or with what kubectl get -o json prints")
    .exitOverride()
    .addHelpText("after", HELP);
  withExamples(connections, {
    "bulkhead net connections examples/acme": "the example's clusters",
    "bulkhead net connections deploy --format json": "manifests before they are applied, for a program",
  });
  withFormat(connections, ["terminal", "json"]).action((folder: string, { format, output }: Flags) => {
    const reading = readingOf(folder);
    put(format === "json" ? connectionsJson(reading) : connectionsText(reading), output);
    tell([reading]);
  });
  const diff = net
    .command("diff")
    .description("Show which connections a change opens, closes or alters.")
    .argument("<old>", "folder before the change")
    .argument("<new>", "folder after it")
    .exitOverride()
    .addHelpText("after", HELP);
  withExamples(diff, {
    "bulkhead net diff examples/acme examples/acme-fixed": "what the second folder opens and closes",
  });
  withFormat(diff, ["terminal", "json"]).action((before: string, after: string, { format, output }: Flags) => {
    const [old, now] = [readingOf(before), readingOf(after)];
    const changes = connectionChanges(old, now);
    put(format === "json" ? changesJson(changes) : changesText(changes, usesColor(output)), output);
    tell([old, now]);
  });
}

function readingOf(folder: string): NetReading {
  const read = connectionsIn(filesOf(folder));
  if (!read.ok) throw new UsageError("BAD_INPUT", formatProblems(read.error));
  return read.value;
}

function tell(readings: readonly NetReading[]): void {
  process.stderr.write([...new Set(readings.map(notesText))].join(""));
  if (readings.some(({ gaps }) => gaps.length > 0)) process.exitCode = EXIT.unknown;
}
