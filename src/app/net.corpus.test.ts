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
    const [, ...lines] = (text.trim().split(/\r?\n\s*\r?\n|Exposure/)[0] ?? "").trim().split(/\r?\n/);
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

interface Difference {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

/** Folders whose lists differ, why, and what the difference is then: anything beyond it is a difference of its own. */
const EXPLAINED: readonly { readonly folder: string; readonly why: string; isThat(difference: Difference): boolean }[] = [
  {
    folder: "anp_and_banp_using_networks_with_ipv6_test",
    why: "netpol-analyzer leaves IPv6 out (its warning WarnUnsupportedIPv6Address), and says nothing of it; the IPv4 lines are the same",
    isThat: ({ missing, extra }) => missing.length === 0 && extra.every((line) => /=> [0-9a-f:]*::?[0-9a-f:]*-/.test(line)),
  },
  {
    folder: "udn_with_ingress_controller",
    why: "its Pod is of apps/v1, which no API serves (pods are of v1): a gap says so, and there is nobody to connect",
    isThat: ({ extra }) => extra.length === 0,
  },
  ...["nad_test_12", "nad_test_14"].map((folder) => ({
    folder,
    why:
      "its UserDefinedNetworks are of nmstate.io/v1, which is no such API (k8s.ovn.org/v1 is), so the network of the namespaces with the label is not known; " +
      "and its definitions of networks are no YAML: a quoted text goes on no deeper than its key (YAML 1.2, section 7.3), which a gap says",
    isThat: ({ missing, extra }: Difference) =>
      extra.every((line) => line.includes("ns-udn-")) && missing.every((line) => line.includes("ns-udn-") || line.endsWith(": UDP 5353")),
  })),
];

interface Count {
  same: number;
  explained: number;
  different: number;
}

function compared(kind: string): Count {
  const counts = { same: 0, explained: 0, different: 0 };
  const all = rows(kind, "yes");
  for (const row of all) {
    const [theirs, own] = [expectedOf(row), oursOf(row.folder)];
    const difference = { missing: [...theirs].filter((line) => !own.has(line)), extra: [...own].filter((line) => !theirs.has(line)) };
    const { missing, extra } = difference;
    const known = EXPLAINED.find(({ folder }) => folder === row.folder);
    const isExplained = known?.isThat(difference) === true;
    const outcome = missing.length + extra.length === 0 ? "same" : isExplained ? "explained" : "different";
    counts[outcome]++;
    const name = row.file.split("/").at(-1);
    if (outcome === "explained") console.log(`explained ${name}: ${known?.why}`);
    if (outcome === "different")
      console.log(
        `different ${name}\n  theirs alone (${missing.length}): ${missing.slice(0, 3).join("; ")}\n  ours alone (${extra.length}): ${extra.slice(0, 3).join("; ")}`,
      );
  }
  console.log(
    `${kind}: ${counts.same} of ${all.length} lists hold the same connections, ${counts.explained} differ for a reason, ${counts.different} differ`,
  );
  return counts;
}

describe.skipIf(!isThere)("netpol-analyzer's connection lists (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test("every plain list holds the same connections, or the difference is explained", () => {
    const { same, explained, different } = compared("connlist");
    expect(different).toBe(0);
    expect(same + explained).toBe(146);
    expect(explained).toBeLessThan(10);
  });

  test("so does the list of connections that stands before every exposure analysis", () => {
    const { same, explained, different } = compared("exposure");
    expect(different).toBe(0);
    expect(same + explained).toBe(123);
  });
});
