// The promotion graph as Mermaid text, for documents that draw it themselves.
import type { GraphNode, PromotionGraph } from "../../analyze/pipeline/promotion/graph.ts";

/** Threat: names are attacker-controlled, and Mermaid reads quotes, brackets and `click`; entities keep them text (Mermaid Docs, "Entity codes"). */
const text = (value: string): string =>
  value
    .replaceAll("#", "#35;")
    .replaceAll('"', "#quot;")
    .replaceAll("<", "#lt;")
    .replaceAll(">", "#gt;")
    .replaceAll(/[\r\n`]/g, " ");

const MARKS = { asked: "✓", reviewed: "✓", automatic: "→", weak: "!", missing: "✗", unknown: "?" } as const;

const CLASSES = [
  "  classDef production fill:#fde8e6,stroke:#b3261e,color:#1a1a1a",
  "  classDef lower fill:#e8f0fe,stroke:#3b5ba5,color:#1a1a1a",
  "  classDef plain fill:#f4f4f4,stroke:#888888,color:#1a1a1a",
  "  classDef asked fill:#e3f4e6,stroke:#2e7d32,color:#1a1a1a",
  "  classDef reviewed fill:#e3f4e6,stroke:#2e7d32,color:#1a1a1a,stroke-dasharray:4 2",
  "  classDef automatic fill:#ffffff,stroke:#888888,color:#1a1a1a",
  "  classDef weak fill:#fff4d6,stroke:#b26a00,color:#1a1a1a",
  "  classDef missing fill:#ffffff,stroke:#b3261e,color:#b3261e,stroke-width:2px,stroke-dasharray:5 3",
  "  classDef unknown fill:#ffffff,stroke:#b26a00,color:#1a1a1a,stroke-dasharray:2 2",
];

const nodeLine = (node: GraphNode, id: string): string => {
  const where = node.environments.length > 0 ? ` → ${node.environments.join(", ")}` : "";
  const kind = node.isProduction ? "production" : node.environments.length > 0 ? "lower" : "plain";
  return `    ${id}["${text(`${node.label}${where}${node.isManual ? " (by hand)" : ""}`)}"]:::${kind}`;
};

export function promotionMermaid({ nodes, edges }: PromotionGraph): string {
  const ids = new Map(nodes.map((node, index) => [node.id, `j${index}`]));
  const lines = ["flowchart LR"];
  for (const [index, [group, own]] of [...Map.groupBy(nodes, (node) => node.group)].entries()) {
    lines.push(`  subgraph p${index}["${text(group)}"]`);
    for (const node of own) {
      const id = ids.get(node.id) as string;
      lines.push(nodeLine(node, id));
      if (node.gate)
        lines.push(`    g${id}{{"${MARKS[node.gate.state]} ${text(node.gate.words)}"}}:::${node.gate.state}`, `    g${id} --> ${id}`);
      if (node.history !== undefined) lines.push(`    h${id}>"${text(node.history)}"]:::plain`, `    h${id} -.- ${id}`);
      for (const [note, words] of node.notes.entries())
        lines.push(`    n${note}${id}>"${text(words)}"]:::missing`, `    n${note}${id} -.- ${id}`);
    }
    lines.push("  end");
  }
  for (const { from, to, despite } of edges) {
    const target = nodes.find((node) => node.id === to)?.gate ? `g${ids.get(to)}` : ids.get(to);
    lines.push(despite === undefined ? `  ${ids.get(from)} --> ${target}` : `  ${ids.get(from)} -. "${text(despite)}" .-> ${target}`);
  }
  return `${[...lines, ...CLASSES].join("\n")}\n`;
}
