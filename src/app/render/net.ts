// Connections as lines and as JSON.
import { lineOf } from "../../analyze/network/kubernetes/connections.ts";
import type { ConnectionChange, NetReading } from "../net.ts";
import { paint, placeText, safe } from "./text.ts";

/** A heading for each cluster and each of its networks, where there are several. */
export function connectionsText({ clusters }: NetReading): string {
  const hasSeveral = clusters.length > 1;
  const clusterCount = new Set(clusters.map(({ cluster }) => cluster)).size;
  const heading = ({ cluster, network }: NetReading["clusters"][number]): string => {
    const of = network === undefined ? "Pod network" : `Network ${safe(network)}`;
    const isAlone = clusters.filter((each) => each.cluster === cluster).length === 1;
    if (clusterCount === 1) return `${of}:\n`;
    return isAlone ? `Cluster ${safe(cluster)}:\n` : `Cluster ${safe(cluster)}, ${of[0]?.toLowerCase()}${of.slice(1)}:\n`;
  };
  return clusters
    .map((each) => {
      const lines = each.connections.map((connection) => `${safe(lineOf(connection))}\n`).join("");
      return hasSeveral ? heading(each) + lines : lines;
    })
    .join("\n");
}

export function connectionsJson({ clusters, gaps }: NetReading): string {
  const shown = {
    clusters: clusters.map(({ cluster, network, connections, notes }) => ({
      cluster,
      ...(network !== undefined && { network }),
      connections: connections.map(({ src, dst, conn, ports }) => ({ src, dst, conn, ports })),
      notes,
    })),
    gaps: gaps.map(({ what, why, source }) => ({ what, why, ...(source && { source }) })),
  };
  return `${JSON.stringify(shown, undefined, 2)}\n`;
}

export function changesText(changes: readonly ConnectionChange[], color: boolean): string {
  const p = paint(color);
  const several = new Set(changes.map(({ cluster }) => cluster)).size > 1;
  const lines = changes.map(({ cluster, network, src, dst, before, after }) => {
    const ends = `${several ? `${cluster}: ` : ""}${network === undefined ? "" : `${network}: `}${src} => ${dst}`;
    if (before === undefined) return p.red(`+ ${safe(ends)} : ${after}`);
    if (after === undefined) return p.green(`- ${safe(ends)} : ${before}`);
    return p.yellow(`~ ${safe(ends)} : ${before} → ${after}`);
  });
  return lines.length === 0 ? "No connection changes.\n" : `${lines.join("\n")}\n`;
}

export const changesJson = (changes: readonly ConnectionChange[]): string => `${JSON.stringify({ changes }, undefined, 2)}\n`;

/** What could not be read or said for certain, a line each. */
export function notesText({ clusters, gaps }: NetReading): string {
  const notes = clusters.flatMap(({ notes: own }) => own.map((note) => `Note: ${safe(note)}\n`));
  const unread = gaps.map(
    ({ what, why, source }) => `Not read: ${source ? `${safe(placeText(source))}  ` : ""}${safe(what)}: ${safe(why)}\n`,
  );
  return [...notes, ...unread].join("");
}
