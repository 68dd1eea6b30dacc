// bulkhead net: a folder of manifests or of collected files → who can connect to whom in each cluster. Needs no charter.
import { randomBytes } from "node:crypto";
import { type Connection, listConnections } from "../analyze/network/kubernetes/connections.ts";
import { decider } from "../analyze/network/kubernetes/decide.ts";
import { clusterNames, networksIn } from "../analyze/network/kubernetes/network.ts";
import { loadCharter } from "../charter/load.ts";
import type { CharterProblem } from "../charter/load.ts";
import { Charter } from "../charter/schema.ts";
import { collector } from "../collect/kubernetes/collector.ts";
import { ok, type Result } from "../lib/result.ts";
import type { Gap } from "../model/gap.ts";
import { indexObservations } from "../model/observation.ts";
import { CHARTER_FILE } from "./check.ts";
import { type FileSet, isRead } from "./files.ts";
import { readEstate } from "./read-estate.ts";

export interface ClusterConnections {
  readonly cluster: string;
  /** Absent: the network that all pods share. */
  readonly network?: string;
  readonly connections: readonly Connection[];
  /** What is listed one way and may be another, in plain words. */
  readonly notes: readonly string[];
}

export interface NetReading {
  readonly clusters: readonly ClusterConnections[];
  readonly gaps: readonly Gap[];
}

/** The name of a cluster that neither a manifest nor a charter names. */
export const UNNAMED_CLUSTER = "cluster";

/** Every kind of object that a network does not depend on may be missing, or wrong: only these gaps are told. */
const TOLD: ReadonlySet<string> = new Set(["kubernetes/network", "kubernetes/workloads", "kubernetes/namespaces", "kubernetes/scope"]);

export function connectionsIn(files: FileSet): Result<NetReading, readonly CharterProblem[]> {
  const charter = charterIn(files);
  if (!charter.ok) return charter;
  const reading = readEstate(files, charter.value, { fingerprintKey: randomBytes(32), collectors: [collector] });
  const observations = indexObservations(reading.observations);
  const clusters = clusterNames(observations).flatMap((cluster) =>
    networksIn(observations, cluster).map((network) => ({
      cluster,
      ...(network.segment.name !== undefined && { network: network.segment.name }),
      connections: listConnections(decider(network, "listed"), observations),
      notes: network.notes,
    })),
  );
  return ok({ clusters, gaps: reading.gaps.filter(({ topic }) => TOLD.has(topic) || topic.startsWith("estate/")) });
}

/** The folder's own charter says which files are of which cluster; without one, all are of one cluster. */
function charterIn(files: FileSet): Result<Charter, readonly CharterProblem[]> {
  const content = files.get(CHARTER_FILE);
  if (isRead(content)) return loadCharter(new TextDecoder().decode(content), CHARTER_FILE);
  return ok(
    Charter.parse({
      bulkhead: 1,
      organization: { name: "unnamed" },
      // A charter has an environment; nothing here asks for it.
      environments: [
        {
          name: "any",
          tier: "production",
          purpose: "any",
          owner: "any",
          data: "none",
          boundary: { kubernetes: [{ cluster: UNNAMED_CLUSTER }] },
        },
      ],
      inputs: [{ path: ".", scope: { system: "kubernetes", cluster: UNNAMED_CLUSTER } }],
    }),
  );
}

export interface ConnectionChange {
  readonly cluster: string;
  readonly network?: string;
  readonly src: string;
  readonly dst: string;
  /** Absent: there was none. */
  readonly before?: string;
  /** Absent: there is none. */
  readonly after?: string;
}

/** What opened, closed or changed, sorted. */
export function connectionChanges(before: NetReading, after: NetReading): readonly ConnectionChange[] {
  const [old, now] = [byPair(before), byPair(after)];
  return [...new Set([...old.keys(), ...now.keys()])].toSorted().flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    if (was?.conn === is?.conn) return [];
    const [cluster = "", network = "", src = "", dst = ""] = key.split("\n");
    return [{ cluster, ...(network !== "" && { network }), src, dst, ...(was && { before: was.conn }), ...(is && { after: is.conn }) }];
  });
}

const byPair = ({ clusters }: NetReading): ReadonlyMap<string, Connection> =>
  new Map(
    clusters.flatMap(({ cluster, network = "", connections }) =>
      connections.map((each) => [`${cluster}\n${network}\n${each.src}\n${each.dst}`, each] as const),
    ),
  );
