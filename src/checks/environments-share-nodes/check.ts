// Clause B3: pods of a lower environment may run on the machines that production's run on.
import { sharesNodes } from "../../analyze/kubernetes/boundary/nodes.ts";
import { sharedClusters, unreadWorkloads } from "../../analyze/kubernetes/boundary/shared.ts";
import { partId, workloadId } from "../../analyze/kubernetes/ids.ts";
import type { Check } from "../check.ts";
import { labelOf } from "../words.ts";

export const check: Check = {
  id: "environments-share-nodes",
  clause: "B3",
  severity: "medium",
  title: "Pods of a lower environment may run on production's nodes",
  remediation: "Give production nodes of its own: taint them, let production alone tolerate the taint, and select them by a label.",
  evaluate: ({ estate }) => {
    const answers = sharedClusters(estate).map((pair) => ({ pair, answer: sharesNodes(estate.observations, pair) }));
    return {
      findings: answers.flatMap(({ pair: { cluster, lower, higher }, answer }) => {
        if (answer.shared !== true) return [];
        const { below, above, node } = answer.meeting;
        const where =
          node === undefined
            ? `the same nodes of cluster ${cluster.name}: both ask for the same, or for none`
            : `node ${node} of cluster ${cluster.name}`;
        const [one, other] = [labelOf(estate, workloadId(below)), labelOf(estate, workloadId(above))];
        return [
          {
            verdict: "violated" as const,
            summary: `${one} of ${lower} and ${other} of ${higher} may run on ${where}`,
            from: workloadId(below),
            to: workloadId(above),
            fromEnvironment: lower,
            toEnvironment: higher,
            grant: partId(cluster.name, undefined, "nodes"),
            change: [`give ${higher} nodes of its own in cluster ${cluster.name}`],
            source: above.source,
          },
        ];
      }),
      unknown: [...answers.flatMap(({ answer }) => (answer.shared === undefined ? [answer.why] : [])), ...unreadWorkloads(estate)],
    };
  },
};
