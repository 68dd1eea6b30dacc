// The picture: the hull with its compartments, walls, doors and leaks, as one inline SVG whose every mark is a link.
import type { CheckResult } from "../../findings/result.ts";
import { type Crossing, directionOf, type Door, faultOf, peopleOf } from "./html-crossings.ts";
import { type Boarding, type Compartment, CURVE, type Hull, hullOf, type Leak, type Wall } from "./html-hull.ts";
import { html, type Inner, type Markup } from "./html-markup.ts";
import { plural } from "./text.ts";

const DOOR_WIDTH = 22;
const DOOR_EVERY = 108;

export function picture(result: CheckResult, crossings: readonly Crossing[]): Markup {
  const hull = hullOf(result, crossings);
  const shared = result.shared ?? [];
  const height = hull.height + (shared.length > 0 ? 52 : 0);
  return html`<svg class="ship" viewBox="0 0 ${hull.width} ${height}" role="group" aria-labelledby="ship-title">
    <title id="ship-title">The environments as compartments of a ship, the highest in the bow, with the ways across</title>
    <path class="hull" d="${outline(hull)}" />
    ${hull.compartments.map((compartment) => name(compartment, hull, result))}
    ${hull.compartments.length === 0 && html`<text class="name" x="${hull.left + 26}" y="${hull.bow + CURVE + 50}">no environment declared</text>`}
    ${hull.walls.map((wall) => wallMark(wall, hull, result))}
    <path class="hull-line" d="${outline(hull)}" />
    <path class="hull-core" d="${outline(hull)}" />
    <text class="ship-name" x="${(hull.left + hull.right) / 2}" y="${hull.bow + 104}">${clipped(result.organization, 20)}</text>
    ${hull.leaks.map(leakMark)} ${hull.boardings.map((boarding) => boardingMark(boarding, hull, result))}
    ${shared.length > 0 && keel(shared, hull)}
  </svg>`;
}

/** A deck seen from above: a fine bow, straight sides, a transom stern. */
function outline({ left, right, bow, stern }: Hull): string {
  const middle = (left + right) / 2;
  const beam = right - left;
  const side = bow + CURVE + 30;
  const fine = beam * 0.2;
  const full = beam * 0.02;
  return [
    `M${middle},${bow}`,
    `C${middle + fine},${bow + 44} ${right - full},${bow + 98} ${right},${side}`,
    `L${right},${stern - 60} C${right},${stern - 18} ${right - 14},${stern} ${right - 46},${stern}`,
    `L${left + 46},${stern} C${left + 14},${stern} ${left},${stern - 18} ${left},${stern - 60}`,
    `L${left},${side} C${left + full},${bow + 98} ${middle - fine},${bow + 44} ${middle},${bow}Z`,
  ].join(" ");
}

const LONGEST_NAME = 19;
const clipped = (text: string, longest: number): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

function name({ environment, bottom }: Compartment, hull: Hull, result: CheckResult): Markup {
  const { name: own, tier, entities, boundary } = environment;
  const about = result.findings.filter(({ statements, toEnvironment, fromEnvironment }) =>
    fromEnvironment === undefined && statements.length === 0 ? toEnvironment === own : false,
  );
  const x = hull.left + 26;
  return html`<g
      ><title>${own}: ${tier}, ${plural(entities, "thing")}, bounded by ${boundary}</title>
      <text class="name" x="${x}" y="${bottom - 56}">${clipped(own, LONGEST_NAME)}</text>
      <text class="small" x="${x}" y="${bottom - 37}"
        >${[own === tier ? "" : clipped(tier, 18), plural(entities, "thing")].filter((text) => text !== "").join(", ")}</text
      >
      <text class="small" x="${x}" y="${bottom - 20}">bounded by ${clipped(boundary, 16)}</text></g
    >
    ${about.length > 0 && html`<a href="#crossing-others" aria-label="${plural(about.length, "finding")} about ${own}"><text class="small link" x="${x}" y="${bottom - 76}">${plural(about.length, "finding")} about it</text></a>`}`;
}

function wallMark({ y, isWall, doors }: Wall, hull: Hull, result: CheckResult): Markup {
  const kinds = (["gate", "mask"] as const).map((kind) => doors.filter((door) => door.kind === kind)).filter((each) => each.length > 0);
  return html`<line class="${isWall ? "wall" : "peers"}" x1="${hull.left}" y1="${y}" x2="${hull.right}" y2="${y}" />
    ${kinds.map((own, index) => doorMark(own, { x: hull.left + 26 + index * DOOR_EVERY, y, line: y + 17 + index * 15 }, result))}`;
}

/** Two posts and a leaf in the gap of the wall; red or dashed when its guard is not there or not shown. */
function doorMark(doors: readonly Door[], { x, y, line }: { x: number; y: number; line: number }, result: CheckResult): Markup {
  const faults = doors.map((door) => faultOf(door, result)).filter((fault) => fault !== undefined);
  const state = faults.includes("violated") ? "violated" : faults.length > 0 ? "unknown" : "declared";
  const words = doorWords(doors, faults.length, state);
  return html`<a class="door ${state}" href="#doors" aria-label="${words}"
    ><title>${doors.map(({ name: own, through }) => `${own}: ${through}`).join("\n")}</title>
    <rect class="gap" x="${x}" y="${y - 4}" width="${DOOR_WIDTH}" height="8" />
    <path class="leaf" d="M${x},${y} L${x + DOOR_WIDTH - 4},${y - 10}" />
    <path class="post" d="M${x},${y - 6} v12 M${x + DOOR_WIDTH},${y - 6} v12" />
    <text class="small" x="${x}" y="${line}">${clipped(words, 34)}</text></a
  >`;
}

const STATES = { violated: "not guarded", unknown: "not shown to be guarded" } as const;

function doorWords(doors: readonly Door[], faults: number, state: "violated" | "unknown" | "declared"): string {
  const [first] = doors as readonly [Door, ...Door[]];
  const own = doors.length === 1 ? `${first.kind} ${first.name}` : `${doors.length} ${first.kind}s`;
  return state === "declared" ? own : `${own}, ${faults === doors.length ? "" : `${faults} `}${STATES[state]}`;
}

function leakMark({ crossing, x, start, end, walls }: Leak): Markup {
  const isUp = end < start;
  const tip = isUp ? 9 : -9;
  const head = `M${x},${end} l-6,${tip} h12 Z`;
  return html`<a class="leak ${crossing.verdict} ${crossing.flow}" href="#${crossing.anchor}" aria-label="${spoken(crossing)}"
    ><title>${spoken(crossing)}</title>
    <rect class="target" x="${x - 14}" y="${Math.min(start, end) - 14}" width="28" height="${Math.abs(end - start) + 28}" />
    ${crossing.verdict === "violated" && walls.map((y) => breach(x, y))}
    <line class="flow" x1="${x}" y1="${start}" x2="${x}" y2="${end + tip}" />
    ${crossing.flow === "disclosure" && html`<line class="core" x1="${x}" y1="${start}" x2="${x}" y2="${end + tip}" />`}
    <path class="head" d="${head}" />
    ${pill(x, start, crossing)}</a
  >`;
}

/** The wall torn open: a gap, and its edges bent. */
const breach = (x: number, y: number): Markup =>
  html`<rect class="gap" x="${x - 8}" y="${y - 4}" width="16" height="8" /><path
      class="edge"
      d="M${x - 8},${y} l3,-6 M${x - 8},${y} l3,6 M${x + 8},${y} l-3,-6 M${x + 8},${y} l-3,6"
    />`;

function pill(x: number, y: number, { findings, verdict }: Crossing): Markup {
  const text = `${findings.length}${verdict === "unknown" ? "?" : ""}`;
  const width = Math.max(20, 9 + text.length * 7);
  return html`<rect class="pill" x="${x - width / 2}" y="${y - 10}" width="${width}" height="20" rx="10" /><text
      class="count"
      x="${x}"
      y="${y + 4}"
      >${text}</text
    >`;
}

function boardingMark({ y, crossing, doors }: Boarding, hull: Hull, result: CheckResult): Markup {
  if (doors !== undefined) return emergencyDoor(doors, y, hull, result);
  if (crossing === undefined) return html``;
  const isPeople = crossing.flow === "people";
  const label = isPeople ? plural(peopleOf(crossing), "person", "people") : "undeclared";
  const end = hull.left + 16;
  return html`<a class="leak ${crossing.verdict} ${crossing.flow}" href="#${crossing.anchor}" aria-label="${spoken(crossing)}"
    ><title>${spoken(crossing)}</title>
    <rect class="target" x="2" y="${y - 16}" width="${end - 2}" height="34" />
    ${isPeople ? person(22, y) : adrift(22, y)}
    ${crossing.verdict === "violated" && html`<rect class="gap" x="${hull.left - 4}" y="${y - 8}" width="8" height="16" />`}
    <line class="flow" x1="38" y1="${y}" x2="${end - 9}" y2="${y}" /><path class="head" d="M${end},${y} l-9,-6 v12 Z" />
    ${pill(66, y, crossing)}<text class="small" x="36" y="${y + 22}">${label}</text></a
  >`;
}

const person = (x: number, y: number): Markup =>
  html`<g class="figure"><circle cx="${x}" cy="${y - 7}" r="4" /><path d="M${x - 8},${y + 9} q0,-10 8,-10 t8,10 Z" /></g>`;

const adrift = (x: number, y: number): Markup =>
  html`<rect class="figure adrift" x="${x - 7}" y="${y - 7}" width="14" height="14" rx="3" />`;

function emergencyDoor(doors: readonly Door[], y: number, hull: Hull, result: CheckResult): Markup {
  const faults = doors.map((door) => faultOf(door, result)).filter((fault) => fault !== undefined);
  const state = faults.includes("violated") ? "violated" : faults.length > 0 ? "unknown" : "declared";
  const words = doors.length === 1 ? "break-glass" : `${doors.length} break-glass`;
  const half = DOOR_WIDTH / 2;
  return html`<a class="door ${state}" href="#doors" aria-label="${doorWords(doors, faults.length, state)}"
    ><title>${doors.map(({ name: own, through }) => `${own}: ${through}`).join("\n")}</title>
    <rect class="gap" x="${hull.left - 4}" y="${y - half}" width="8" height="${DOOR_WIDTH}" />
    <path class="leaf" d="M${hull.left},${y + half} L${hull.left - 10},${y - half + 4}" />
    <path class="post" d="M${hull.left - 6},${y - half} h12 M${hull.left - 6},${y + half} h12" />
    <text class="small" x="${hull.left - 14}" y="${y + 4}" text-anchor="end">${words}</text></a
  >`;
}

/** What every environment rests on lies under the ship. */
function keel(shared: NonNullable<CheckResult["shared"]>, hull: Hull): Markup {
  const names = shared.map(({ name: own }) => own).join(", ");
  const y = hull.height + 4;
  return html`<a class="keel" href="#shared" aria-label="${plural(shared.length, "shared service")}"
    ><title>${shared.map(({ name: own, serves }) => `${own} serves ${serves.join(", ")}`).join("\n")}</title>
    <rect x="${hull.left}" y="${y}" width="${hull.right - hull.left}" height="40" rx="8" />
    <text class="small" x="${hull.left + 14}" y="${y + 17}">shared beneath</text
    ><text class="small strong" x="${hull.left + 14}" y="${y + 31}">${clipped(names, 40)}</text></a
  >`;
}

/** A crossing for those who hear the picture. */
function spoken(crossing: Crossing): string {
  const { findings, verdict, flow } = crossing;
  const ways = plural(findings.length, "way");
  const sure = verdict === "violated" ? "" : " that may be open";
  if (flow === "people") return `${ways}${sure} by which ${plural(peopleOf(crossing), "person", "people")} can change ${crossing.to} alone`;
  return `${ways}${sure}: ${directionOf(crossing)}${flow === "disclosure" ? ", data" : ""}`;
}

const swatch = (inner: Inner): Markup => html`<svg viewBox="0 0 34 18" width="34" height="18" aria-hidden="true">${inner}</svg>`;

/** What the marks mean; colour alone carries nothing. */
export function legend(): Markup {
  const entries: readonly (readonly [Markup, string])[] = [
    [
      html`<g class="leak violated influence"
        ><line class="flow" x1="2" y1="9" x2="24" y2="9" /><path class="head" d="M33,9 l-9,-6 v12 Z"
      /></g>`,
      "can change it",
    ],
    [
      html`<g class="leak violated disclosure"
        ><line class="flow" x1="2" y1="9" x2="24" y2="9" /><line class="core" x1="2" y1="9" x2="24" y2="9" /><path
          class="head"
          d="M33,9 l-9,-6 v12 Z"
      /></g>`,
      "its data can be read there",
    ],
    [
      html`<g class="leak unknown influence"
        ><line class="flow" x1="2" y1="9" x2="24" y2="9" /><path class="head" d="M33,9 l-9,-6 v12 Z"
      /></g>`,
      "may be open: not certain",
    ],
    [html`<line class="wall" x1="0" y1="9" x2="34" y2="9" />`, "wall"],
    [html`<line class="peers" x1="0" y1="9" x2="34" y2="9" />`, "peers, no wall asked"],
    [
      html`<g class="door declared"
        ><line class="wall" x1="0" y1="9" x2="34" y2="9" /><rect class="gap" x="6" y="5" width="22" height="8" /><path
          class="leaf"
          d="M6,9 L24,1" /><path class="post" d="M6,3 v12 M28,3 v12"
      /></g>`,
      "declared door",
    ],
  ];
  return html`<ul class="legend">
    ${entries.map(([mark, words]) => html`<li>${swatch(mark)} ${words}</li>`)}
  </ul>`;
}
