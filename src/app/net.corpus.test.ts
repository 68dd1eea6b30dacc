// Compares every plain connection list of netpol-analyzer's own tests with ours, and says of each difference what it comes from.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readFolder } from "./files.ts";
import { connectionsIn } from "./net.ts";

const corpus = process.env["BULKHEAD_CORPUS"] ?? resolve(import.meta.dirname, "../../../shared/corpus");
const root = join(corpus, "k8s/np-guard+netpol-analyzer");
const isThere = existsSync(join(root, "GROUND_TRUTH_cases.csv"));

interface Row {
  readonly folder: string;
  readonly file: string;
}

function rows(kind: string, plain: string): Row[] {
  const [, ...lines] = readFileSync(join(root, "GROUND_TRUTH_cases.csv"), "utf8").trim().split(/\r?\n/);
  return lines
    .map((line) => line.split(","))
    .filter(([, of, isPlain]) => of === kind && isPlain === plain)
    .map(([folder = "", , , file = ""]) => ({ folder, file }));
}

/** Connections of the three forms of output, as `src => dst : conn`. */
function expectedOf({ file }: Row): Set<string> {
  const text = readFileSync(join(root, file), "utf8");
  if (file.endsWith(".json")) {
    const read: unknown = JSON.parse(text);
    const items = (Array.isArray(read) ? read : (read as { connlist_results: unknown }).connlist_results) as Record<string, string>[];
    return new Set(items.map(({ src, dst, conn }) => `${src} => ${dst} : ${conn}`));
  }
  if (file.endsWith(".csv")) {
    const [, ...lines] = text.trim().split(/\r?\n/);
    return new Set(
      lines.map((line) => {
        const [src, dst, conn] = [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map((match) => match[1] ?? match[2] ?? "");
        return `${src} => ${dst} : ${conn}`;
      }),
    );
  }
  return new Set(text.split(/\r?\n/).filter((line) => line.includes(" => ")));
}

const ours = new Map<string, Set<string>>();
function oursOf(folder: string): Set<string> {
  const known = ours.get(folder);
  if (known) return known;
  const read = connectionsIn(readFolder(join(root, "tests", folder)));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const lines = new Set(
    read.value.clusters.flatMap(({ connections }) => connections.map(({ src, dst, conn }) => `${src} => ${dst} : ${conn}`)),
  );
  ours.set(folder, lines);
  return lines;
}

/** Folders whose difference has a reason, by name. */
const EXPLAINED: readonly (readonly [RegExp, string])[] = [
  [
    /^(cudn|udn|nad|virtual_machines|multiple_topology_vm)/,
    "OVN user-defined networks, Multus attachments and KubeVirt machines are not read",
  ],
  [/_with_ipv6_/, "netpol-analyzer leaves IPv6 out (its warning WarnUnsupportedIPv6Address); the IPv4 lines are the same"],
];

describe.skipIf(!isThere)("netpol-analyzer's connection lists (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test("every plain list holds the same connections, or the difference is explained", () => {
    const counts = { same: 0, explained: 0, different: 0 };
    for (const row of rows("connlist", "yes")) {
      const [theirs, own] = [expectedOf(row), oursOf(row.folder)];
      const missing = [...theirs].filter((line) => !own.has(line));
      const extra = [...own].filter((line) => !theirs.has(line));
      const why = EXPLAINED.find(([folder]) => folder.test(row.folder))?.[1];
      const outcome = missing.length + extra.length === 0 ? "same" : why === undefined ? "different" : "explained";
      counts[outcome]++;
      const name = row.file.split("/").at(-1);
      if (outcome === "explained") console.log(`explained ${name}: ${why}`);
      if (outcome === "different")
        console.log(
          `different ${name}\n  theirs alone (${missing.length}): ${missing.slice(0, 3).join("; ")}\n  ours alone (${extra.length}): ${extra.slice(0, 3).join("; ")}`,
        );
    }
    console.table(counts);
    expect(counts.different).toBe(0);
  });
});
