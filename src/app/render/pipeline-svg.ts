// The promotion graph as one SVG that needs nothing else: definitions as bands, jobs in the order in which they wait, a gate before each deployment.
import type { GateState, GraphNode, PromotionGraph } from "../../analyze/pipeline/promotion/graph.ts";
import { html, type Markup, trusted } from "./html-markup.ts";

const BOX = { width: 190, height: 46, gapX: 176, gapY: 26, left: 176, top: 44 } as const;

interface Placed {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
}

interface Band {
  readonly group: string;
  readonly y: number;
  readonly height: number;
}

/** How many jobs stand before it in the longest chain of waits. Loops, which forges refuse, end where they close. */
function columnsOf({ nodes, edges }: PromotionGraph): ReadonlyMap<string, number> {
  const before = Map.groupBy(edges, (edge) => edge.to);
  const columns = new Map<string, number>();
  const column = (id: string, path: ReadonlySet<string>): number => {
    const known = columns.get(id);
    if (known !== undefined || path.has(id)) return known ?? 0;
    const earlier = (before.get(id) ?? []).map((edge) => column(edge.from, new Set([...path, id])) + 1);
    const found = Math.max(0, ...earlier);
    columns.set(id, found);
    return found;
  };
  for (const node of nodes) column(node.id, new Set());
  return columns;
}

function layout(graph: PromotionGraph): {
  readonly placed: readonly Placed[];
  readonly bands: readonly Band[];
  readonly width: number;
  readonly height: number;
} {
  const columns = columnsOf(graph);
  const placed: Placed[] = [];
  const bands: Band[] = [];
  let top = 12;
  for (const [group, own] of Map.groupBy(graph.nodes, (node) => node.group)) {
    const filled = new Map<number, number>();
    for (const node of own) {
      const column = columns.get(node.id) ?? 0;
      const row = filled.get(column) ?? 0;
      filled.set(column, row + 1);
      placed.push({ node, x: BOX.left + column * (BOX.width + BOX.gapX), y: top + BOX.top + row * (BOX.height + BOX.gapY) });
    }
    const height = BOX.top + Math.max(1, ...filled.values()) * (BOX.height + BOX.gapY);
    bands.push({ group, y: top, height });
    top += height + 14;
  }
  const width = BOX.left + (Math.max(0, ...columns.values()) + 1) * (BOX.width + BOX.gapX) - BOX.gapX + 24;
  return { placed, bands, width: Math.max(width, 420), height: top + 26 };
}

const clipped = (words: string, longest: number): string => (words.length > longest ? `${words.slice(0, longest - 1)}…` : words);

const MARKS: Readonly<Record<GateState, string>> = { asked: "✓", reviewed: "✓", automatic: "→", weak: "!", missing: "✗", unknown: "?" };

const STYLE = `text{font:13px system-ui,sans-serif;fill:#1a1a1a}.small{font-size:11px;fill:#555}.band{fill:#fafafa;stroke:#d0d0d0}.group{font-weight:600}
.job{fill:#f4f4f4;stroke:#888}.lower{fill:#e8f0fe;stroke:#3b5ba5}.production{fill:#fde8e6;stroke:#b3261e;stroke-width:2}
.edge{fill:none;stroke:#666;stroke-width:1.5}.loose{stroke:#b26a00;stroke-dasharray:5 4}
.gate{stroke-width:2}.asked,.reviewed{fill:#e3f4e6;stroke:#2e7d32}.reviewed{stroke-dasharray:3 2}.automatic{fill:#fff;stroke:#888}.weak{fill:#fff4d6;stroke:#b26a00}
.missing{fill:#fff;stroke:#b3261e;stroke-dasharray:4 3}.unknown{fill:#fff;stroke:#b26a00;stroke-dasharray:2 2}.mark{font-weight:700;text-anchor:middle}`;

function jobMark({ node, x, y }: Placed): Markup {
  const kind = node.isProduction ? "job production" : node.environments.length > 0 ? "job lower" : "job";
  const where = node.environments.length > 0 ? `→ ${node.environments.join(", ")}` : "";
  const title = [
    `${node.group}: ${node.label}`,
    where,
    ...(node.gate ? [`gate: ${node.gate.words}`] : []),
    ...node.notes,
    node.history ?? "",
  ]
    .filter((each) => each !== "")
    .join("\n");
  return html`<g
    ><title>${title}</title>
    <rect class="${kind}" x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="6" />
    <text x="${x + 10}" y="${y + 19}">${clipped(node.label, 26)}</text>
    <text class="small" x="${x + 10}" y="${y + 36}"
      >${clipped(`${where}${node.isManual ? " (by hand)" : ""}${node.notes.length > 0 ? " ✗ gate for show" : ""}`, 32)}</text
    >
    ${node.history !== undefined && html`<text class="small" x="${x}" y="${y + BOX.height + 13}">${clipped(node.history, 60)}</text>`}
    ${node.gate && gateMark(node.gate.state, node.gate.words, x, y)}</g
  >`;
}

function gateMark(state: GateState, words: string, x: number, y: number): Markup {
  const [cx, cy] = [x - 18, y + BOX.height / 2];
  return html`<path class="gate ${state}" d="M${cx - 15},${cy} L${cx},${cy - 15} L${cx + 15},${cy} L${cx},${cy + 15}Z" />
    <text class="mark" x="${cx}" y="${cy + 5}">${MARKS[state]}</text>
    <text class="small" x="${cx - 8}" y="${cy + 30}" text-anchor="end">${clipped(words, 25)}</text>`;
}

function edgeMark(from: Placed, to: Placed, despite: string | undefined): Markup {
  const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [x2, y2] = [to.x - (to.node.gate ? 33 : 0), to.y + BOX.height / 2];
  const bend = Math.max(24, (x2 - x1) / 2);
  return html`<path
    class="edge ${despite === undefined ? "" : "loose"}"
    marker-end="url(#arrow)"
    d="M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}"
    ><title>${from.node.label} → ${to.node.label}${despite === undefined ? "" : `, whatever comes of it: ${despite}`}</title></path
  >`;
}

export function promotionSvg(graph: PromotionGraph): string {
  const { placed, bands, width, height } = layout(graph);
  const byId = new Map(placed.map((one) => [one.node.id, one]));
  const edges = graph.edges.flatMap(({ from, to, despite }) => {
    const [start, end] = [byId.get(from), byId.get(to)];
    return start && end ? [edgeMark(start, end, despite)] : [];
  });
  const legend =
    "✓ others approve   ! one's own approval counts   ✗ no approval   → automatic   ? not known   dashed line: waits, but holds nothing back";
  return `${
    html`<svg
      xmlns="http://www.w3.org/2000/svg"
      viewBox="0 0 ${width} ${height}"
      width="${width}"
      height="${height}"
      role="img"
      aria-label="Promotion graph"
    >
      <style>
        ${trusted(STYLE)}
      </style>
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
          <path d="M0,0 L8,4 L0,8Z" fill="#666" />
        </marker>
      </defs>
      ${bands.map((band) => html`<rect class="band" x="8" y="${band.y}" width="${width - 16}" height="${band.height}" rx="8" /><text class="group" x="20" y="${band.y + 24}">${band.group}</text>`)}
      ${edges} ${placed.map(jobMark)}
      <text class="small" x="20" y="${height - 10}">
        ${graph.nodes.length === 0 ? "No job that was read names an environment." : legend}
      </text>
    </svg>`.markup
  }\n`;
}
