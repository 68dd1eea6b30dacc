// bulkhead collect kubernetes: lists a cluster's objects and writes them to files, with a manifest; or prints the least role that this needs.
import { type Command, InvalidArgumentError } from "commander";
import { stringify } from "yaml";
import { collectKubernetes, leastRole } from "../app/collect-kubernetes.ts";
import { places, runOf } from "./collecting.ts";
import { EXIT } from "./exit.ts";
import { withExamples } from "./flags.ts";
import { put } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly cluster?: string;
  readonly output: string;
  readonly concurrency: number;
  readonly chunkSize: number;
  readonly refresh?: boolean;
  readonly printRole?: boolean;
  readonly serviceAccount: string;
}

const HELP = `
Lists only. A call that is denied is written down and becomes a gap; it stops nothing. Of secrets only fingerprints are written
(BULKHEAD_FINGERPRINT_KEY: give the same key for every cluster, or equal secrets in two of them are not seen to be equal). A kubeconfig
may name a program that gets the credentials, and then that program is run. See docs/collect-kubernetes.md.

A run that was cut short is taken up by the next. Progress goes to stderr. Exit status: 0 every call answered, 2 some not, 3 nothing can
be asked or bad usage.`;

export function register(parent: Command): void {
  const kubernetes = parent
    .command("kubernetes")
    .description("Kubernetes: namespaces, workloads, access, network policies and ways in, of one cluster.")
    .option("--context <name>", "context of the kubeconfig")
    .option("--kubeconfig <file>", "the kubeconfig (default: KUBECONFIG, else the one of the home folder)")
    .option("--cluster <name>", "the cluster's name in the charter (default: the context's)")
    .option("--output <folder>", "folder to write estate/kubernetes below", ".")
    .option("--concurrency <n>", "requests under way at once", places, 4)
    .option("--chunk-size <n>", "objects of a list asked for at once", chunk, 500)
    .option("--refresh", "ask again what stands there already and is whole, or was begun")
    .option("--print-role", "print the least ClusterRole that it needs, and its binding, and ask nothing")
    .option("--service-account <namespace/name>", "whom the printed binding names", "bulkhead/bulkhead-collector")
    .exitOverride()
    .addHelpText("after", HELP);
  withExamples(kubernetes, {
    "bulkhead collect kubernetes --print-role | kubectl apply -f -": "the least role that it needs, bound to a service account",
    "bulkhead collect kubernetes --context production": "the cluster of a context, as estate/kubernetes/production",
  }).action(collect);
}

async function collect(flags: Flags): Promise<void> {
  if (flags.printRole) return put(roleText(flags.serviceAccount), undefined);
  if (flags.context === undefined)
    throw new UsageError("USAGE", "--context  is missing\n  Name the context to ask, as kubectl config get-contexts lists them.");
  const cluster = flags.cluster ?? flags.context;
  // The charter names clusters so, and it is a folder's name.
  if (!/^[\w@][\w@.+-]*$/.test(cluster))
    throw new UsageError("USAGE", `--cluster ${cluster}  is no name for a cluster\n  Name it as the charter does: --cluster production.`);
  const unanswered = await collectKubernetes({
    context: flags.context,
    ...(flags.kubeconfig !== undefined && { kubeconfig: flags.kubeconfig }),
    cluster,
    chunkSize: flags.chunkSize,
    ...runOf(flags, cluster, "lists"),
  });
  if (unanswered > 0) process.exitCode = EXIT.unknown;
}

function chunk(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1 || count > 10_000) throw new InvalidArgumentError("Write a whole number from 1 to 10000.");
  return count;
}

function roleText(account: string): string {
  const parts = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(account);
  if (!parts)
    throw new UsageError("USAGE", `--service-account ${account}  is no NAMESPACE/NAME\n  Write it as bulkhead/bulkhead-collector.`);
  return leastRole(parts[2] as string, parts[1] as string)
    .map((object) => stringify(object))
    .join("---\n");
}
