// Connections as lines and as JSON.
import { lineOf } from "../../analyze/network/kubernetes/connections.ts";
import type { ConnectionChange, NetReading } from "../net.ts";
import { paint, placeText, safe } from "./text.ts";

/** A heading for each cluster, where there are several. */
export function connectionsText({ clusters }: NetReading): string {
  const several = clusters.length > 1;
  return clusters
    .map(({ cluster, connections }) => {
      const lines = connections.map((each) => `${safe(lineOf(each))}\n`).join("");
      return several ? `Cluster ${safe(cluster)}:\n${lines}` : lines;
    })
    .join("\n");
}

export function connectionsJson({ clusters, gaps }: NetReading): string {
  const shown = {
    clusters: clusters.map(({ cluster, connections, notes }) => ({
      cluster,
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
  const lines = changes.map(({ cluster, src, dst, before, after }) => {
    const ends = `${several ? `${cluster}: ` : ""}${src} => ${dst}`;
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
