// The environments and the ways across as one SVG that needs nothing else: the highest on top, a way in red where it is open, dashed where it may be.
import type { CheckResult } from "../../findings/result.ts";
import { type Crossing, crossingsOf, type Environment, environmentsByTier } from "./html-crossings.ts";
import { html, type Markup, trusted } from "./html-markup.ts";
import { plural } from "./text.ts";

const BOX = { left: 40, width: 300, height: 70, low: 40, gap: 30, top: 64 } as const;
const LANE = { first: 40, width: 34 } as const;

const STYLE = `
  text { font: 14px system-ui, sans-serif; fill: #1b2733; }
  .title { font-size: 17px; font-weight: 600; }
  .name { font-size: 15px; font-weight: 600; }
  .small { font-size: 12px; fill: #51606e; }
  .box { fill: #eef3f8; stroke: #51606e; }
  .high { fill: #e3eefc; stroke: #1f5fa8; stroke-width: 2; }
  .shared { fill: #f6f4ec; stroke: #8a8061; }
  .open { stroke: #b3261e; fill: none; stroke-width: 2.5; }
  .perhaps { stroke: #8a6d00; fill: none; stroke-width: 2; stroke-dasharray: 6 4; }
  .outside { fill: none; stroke: #51606e; stroke-dasharray: 5 4; }
  .badge-open { fill: #b3261e; } .badge-perhaps { fill: #8a6d00; }
  .number { fill: #fff; font-size: 12px; font-weight: 600; text-anchor: middle; }
  .said-perhaps { fill: #6d5600; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .small { fill: #9fb0bf; } .box { fill: #18222c; stroke: #9fb0bf; } .high { fill: #12263d; stroke: #6ea8ee; } .shared { fill: #26231a; stroke: #b6a873; }
    .open { stroke: #ff8a80; } .perhaps { stroke: #e2c15a; } .said-perhaps { fill: #e2c15a; } .outside { stroke: #9fb0bf; }
  }`;

const isProduction = ({ tier }: Environment): boolean => tier === "production" || tier === "disaster-recovery";
const clipped = (text: string, longest: number): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

function box(environment: Environment, y: number): Markup {
  const { name, tier, entities, boundary } = environment;
  return html`<g>
    <rect
      class="${isProduction(environment) ? "box high" : "box"}"
      x="${BOX.left}"
      y="${y}"
      width="${BOX.width}"
      height="${BOX.height}"
      rx="8"
    />
    <text class="name" x="${BOX.left + 16}" y="${y + 28}">${clipped(name, 30)}</text>
    <text class="small" x="${BOX.left + 16}" y="${y + 50}"
      >${clipped([...(name === tier ? [] : [tier]), plural(entities, "thing"), `bounded by ${boundary}`].join(", "), 44)}</text
    >
  </g>`;
}

/** Everything from one place to another, open or perhaps, as one arrow. */
interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly isOpen: boolean;
  readonly crossings: readonly Crossing[];
}

const PEOPLE = "people";
const UNDECLARED = "undeclared";
const OUTSIDE: Readonly<Record<string, string>> = { [UNDECLARED]: "what stands in no environment", [PEOPLE]: "people, each alone" };
const DEEDS = { influence: "to change it", disclosure: "to read its data", people: "to change it" } as const;

function arrowsOf(crossings: readonly Crossing[]): readonly Arrow[] {
  const groups = Map.groupBy(crossings, ({ from, to }) => JSON.stringify([from, to]));
  return [...groups.values()].map((own) => {
    const { from, to } = own[0] as Crossing;
    return { from, to, isOpen: own.some(({ verdict }) => verdict === "violated"), crossings: own };
  });
}

const nameOf = (from: string): string => OUTSIDE[from] ?? from;

/** `8 ways to change it, 1 to read its data`, and apart from it what only may. */
function saidOf({ crossings }: Arrow, verdict: Crossing["verdict"]): string {
  const counts = new Map<string, number>();
  for (const { flow, findings } of crossings.filter((each) => each.verdict === verdict))
    counts.set(DEEDS[flow], (counts.get(DEEDS[flow]) ?? 0) + findings.length);
  const words = [...counts].map(([deed, count], index) => `${index === 0 ? plural(count, "way") : String(count)} ${deed}`).join(", ");
  return words === "" ? "" : verdict === "violated" ? words : `perhaps: ${words}`;
}

function arrowMark(arrow: Arrow, index: number, at: (name: string) => number, into: number): Markup {
  const kind = arrow.isOpen ? "open" : "perhaps";
  const right = BOX.left + BOX.width;
  const x = right + LANE.first + index * LANE.width;
  const from = at(arrow.from);
  return html`<g>
    <title>${arrow.crossings[0]?.findings[0]?.summary ?? ""}</title>
    <path
      class="${kind}"
      d="M${right},${from} H${x - 8} Q${x},${from} ${x},${from - 8} V${into + 8} Q${x},${into} ${x - 8},${into} H${right + 6}"
      marker-end="url(#${kind}-head)"
    />
    <circle class="badge-${kind}" cx="${x}" cy="${(from + into) / 2}" r="11" />
    <text class="number" x="${x}" y="${(from + into) / 2 + 4}">${index + 1}</text>
  </g>`;
}

function legend(arrows: readonly Arrow[], x: number): readonly Markup[] {
  return arrows.map((arrow, index) => {
    const y = BOX.top + 12 + index * 54;
    const [open, perhaps] = [saidOf(arrow, "violated"), saidOf(arrow, "unknown")];
    return html`<g>
      <circle class="badge-${arrow.isOpen ? "open" : "perhaps"}" cx="${x}" cy="${y}" r="11" />
      <text class="number" x="${x}" y="${y + 4}">${index + 1}</text>
      <text x="${x + 20}" y="${y + 5}">${clipped(`${nameOf(arrow.from)} → ${arrow.to}`, 48)}</text>
      <text class="small" x="${x + 20}" y="${y + 23}"
        >${open}${open !== "" && perhaps !== "" ? "; " : ""}<tspan class="said-perhaps">${perhaps}</tspan></text
      >
    </g>`;
  });
}

/** What stands in no environment, and people, come from below the lowest. */
export function environmentsSvg(result: CheckResult): string {
  const environments = environmentsByTier(result);
  const tops = new Map(environments.map((each, index) => [each.name, BOX.top + index * (BOX.height + BOX.gap)]));
  const arrows = arrowsOf(crossingsOf(result).crossings.filter(({ to }) => tops.has(to)));
  const outside = [UNDECLARED, PEOPLE].filter((name) => arrows.some(({ from }) => from === name));
  const bottom = BOX.top + environments.length * (BOX.height + BOX.gap);
  const lows = new Map(outside.map((name, index) => [name, bottom + index * (BOX.low + 14)]));
  const shared = result.shared ?? [];
  const last = bottom + outside.length * (BOX.low + 14) + (shared.length > 0 ? 58 : 0);
  const middle = (name: string): number =>
    lows.has(name) ? (lows.get(name) ?? 0) + BOX.low / 2 : (tops.get(name) ?? bottom) + BOX.height / 2 + 10;
  const sorted = arrows.toSorted((a, b) => middle(a.from) - (tops.get(a.to) ?? 0) - (middle(b.from) - (tops.get(b.to) ?? 0)));
  const seen = new Map<string, number>();
  const marks = sorted.map((arrow, index) => {
    const before = seen.get(arrow.to) ?? 0;
    seen.set(arrow.to, before + 1);
    return arrowMark(arrow, index, middle, (tops.get(arrow.to) ?? 0) + 14 + (before % 3) * 11);
  });
  const side = BOX.left + BOX.width + LANE.first + sorted.length * LANE.width + 24;
  const height = Math.max(last + 16, BOX.top + sorted.length * 54 + 20);
  const count = sorted.reduce((sum, { crossings }) => sum + crossings.reduce((own, { findings }) => own + findings.length, 0), 0);
  const svg = html`<svg
    xmlns="http://www.w3.org/2000/svg"
    viewBox="0 0 ${side + 520} ${height}"
    width="${side + 520}"
    height="${height}"
    role="img"
    aria-labelledby="t"
  >
    <title id="t">Environments of ${result.organization} and the ways across, as of ${result.asOf.slice(0, 10)}</title>
    <style>
      ${trusted(STYLE)}
    </style>
    <defs>${(["open", "perhaps"] as const).map(head)}</defs>
    <text class="title" x="${BOX.left}" y="36">
      ${clipped(result.organization, 40)}: ${count === 0 ? "no way across was found" : `${plural(count, "way")} across`}
    </text>
    ${environments.map((each) => box(each, tops.get(each.name) ?? 0))}
    ${[...lows].map(([name, y]) => html`<g><rect class="outside" x="${BOX.left}" y="${y}" width="${BOX.width}" height="${BOX.low}" rx="8" /><text class="small" x="${BOX.left + 16}" y="${y + 25}">${nameOf(name)}</text></g>`)}
    ${shared.length > 0 && html`<g><rect class="shared" x="${BOX.left}" y="${last - 44}" width="${BOX.width}" height="40" rx="8" /><text class="small" x="${BOX.left + 16}" y="${last - 19}">shared: ${clipped(shared.map(({ name }) => name).join(", "), 38)}</text></g>`}
    ${marks} ${legend(sorted, side)}
  </svg>`;
  return `${svg.markup}\n`;
}

const head = (kind: "open" | "perhaps"): Markup =>
  html`<marker id="${kind}-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="6" markerHeight="6" orient="auto-start-reverse"
    ><path class="${kind}" d="M0,0 L10,5 L0,10"
  /></marker>`;
