// The promotion graph, drawn: every production deployment with its gate, and hostile names that stay text.
import { beforeAll, describe, expect, test } from "vitest";
import type { PromotionGraph } from "../../analyze/pipeline/promotion/graph.ts";
import { readAndDerive } from "../check.ts";
import { readFolder } from "../files.ts";
import { promotionGraphOf } from "../pipeline.ts";
import { promotionMermaid } from "./pipeline-mermaid.ts";
import { promotionSvg } from "./pipeline-svg.ts";

const graphOf = (folder: string, repository?: string): PromotionGraph => {
  const path = new URL(`../../../examples/${folder}`, import.meta.url).pathname;
  const derived = readAndDerive(readFolder(path), { asOf: "2026-11-24T00:00:00Z" });
  if (!derived.ok) throw new Error("the charter does not load");
  return promotionGraphOf(derived.value.estate, repository);
};

let acme: PromotionGraph;
beforeAll(() => void (acme = graphOf("acme")));

const gates = (graph: PromotionGraph): Record<string, string> =>
  Object.fromEntries(
    graph.nodes.filter((node) => node.isProduction).map((node) => [`${node.group} / ${node.label}`, node.gate?.state ?? "none"]),
  );

describe("the graph of acme", () => {
  test("marks the gate that is missing, the one that is weak, and those that hold", () => {
    expect(gates(acme)).toEqual({
      "acme/payments · deploy.yml / production": "weak",
      "acme/platform-infrastructure · apply.yml / production": "asked",
      "acme/shop · deploy.yml / production / deploy": "asked",
      "acme/shop · deploy.yml / assets": "asked",
      "acme/website · deploy.yml / production": "missing",
    });
  });

  test("draws one repository alone", () => {
    const shop = graphOf("acme", "acme/shop");
    expect(new Set(shop.nodes.map((node) => node.group))).toEqual(new Set(["acme/shop · deploy.yml", "acme/shop · preview.yml"]));
    expect(shop.edges.map(({ from, to }) => [from, to].map((id) => id.slice(id.indexOf("#job/") + 5)).join(" > "))).toEqual([
      "test/deploy > end-to-end",
      "end-to-end > production/deploy",
      "production/deploy > assets",
    ]);
  });

  test("in acme-fixed no gate of production is missing or weak", () => {
    expect(Object.values(gates(graphOf("acme-fixed"))).filter((state) => state !== "asked" && state !== "reviewed")).toEqual([]);
  });

  test("Mermaid and SVG hold every job and every gate", () => {
    const [mermaid, svg] = [promotionMermaid(acme), promotionSvg(acme)];
    for (const node of acme.nodes) {
      expect(mermaid).toContain(`["${node.label}`);
      expect(svg).toContain(`<title>${node.group}: ${node.label}`);
    }
    expect(mermaid.match(/:::missing/g)).toHaveLength(1);
    expect(svg).toContain('class="gate missing"');
    expect(promotionMermaid(acme)).toBe(mermaid);
  });
});

test("names of jobs stay text, whatever they hold", () => {
  const hostile = `"]; click j0 "javascript:alert(1)" <script>alert(1)</script> \`#`;
  const node = { id: "a", label: hostile, group: hostile, environments: [hostile], isProduction: true, isManual: false, notes: [hostile] };
  const graph: PromotionGraph = {
    nodes: [{ ...node, gate: { state: "missing", words: hostile } }],
    edges: [{ from: "a", to: "a", despite: hostile }],
  };
  for (const line of promotionMermaid(graph).split("\n")) expect(line.match(/"/g)?.length ?? 0).toBeLessThanOrEqual(2);
  expect(promotionMermaid(graph)).not.toContain("<script");
  expect(promotionSvg(graph)).not.toContain("<script");
});
