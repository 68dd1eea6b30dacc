// The result as one page that needs nothing else: the answer, the picture, the findings, the cut, and what the verdict rests on.
import { createHash } from "node:crypto";
import type { CheckResult, Finding } from "../../findings/result.ts";
import { type Crossing, type Crossings, crossingsOf, directionOf } from "./html-crossings.ts";
import { anchorOf, chip, findingsSection } from "./html-findings.ts";
import { html, type Markup, trusted } from "./html-markup.ts";
import { legend, picture } from "./html-picture.ts";
import { basisSection, clausesSection, cutSection, doorsSection, notSeenSection, VERDICTS } from "./html-rest.ts";
import { SCRIPT } from "./html-script.ts";
import { STYLE } from "./html-style.ts";
import { STATEMENT_NAMES, statementWords } from "./terminal.ts";
import { plural } from "./text.ts";
import { numbersOf, type Told, toldOf } from "./told.ts";

/** CSP Level 3, section 2.3.1: an inline element is allowed by the digest of its text. */
const digest = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Threat: markup that slipped through must still not run, load or send anything. */
const POLICY = `default-src 'none'; style-src ${digest(STYLE)}; script-src ${digest(SCRIPT)}; base-uri 'none'; form-action 'none'`;

export function renderHtml(result: CheckResult): string {
  const told = toldOf(result);
  const crossings = crossingsOf(result);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${result.organization}: ${VERDICTS[result.verdict]} (Bulkhead)</title>
        ${trusted(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <a class="skip" href="#findings">To the findings</a>
        ${header(result)}
        <main>
          ${statements(result)} ${ship(result, crossings, told)} ${findingsSection(result, told)} ${cutSection(result, told)}
          ${clausesSection(result, told)} ${doorsSection(result)} ${notSeenSection(result)} ${basisSection(result)}
        </main>
        <footer><p>Bulkhead ${result.bulkhead}. One file; it loads nothing and sends nothing.</p></footer>
        ${trusted(`<script>${SCRIPT}</script>`)}
      </body>
    </html> `;
  return page.markup;
}

const SECTIONS = [
  ["ship", "Picture"],
  ["findings", "Findings"],
  ["cut", "The cut"],
  ["clauses", "Clauses"],
  ["declared", "Declared"],
  ["not-seen", "Not seen"],
  ["basis", "Basis"],
] as const;

function header(result: CheckResult): Markup {
  const { estate, organization, asOf, verdict, exceptions } = result;
  const scopes = (system: string): number => estate.systems.filter((each) => each.system === system).length;
  const seen = [
    scopes("aws") > 0 && plural(scopes("aws"), "account"),
    scopes("kubernetes") > 0 && plural(scopes("kubernetes"), "cluster"),
    scopes("github") > 0 && plural(scopes("github"), "repository", "repositories"),
    plural(estate.counts.people, "person", "people"),
    plural(estate.files, "file"),
  ].filter((text) => text !== false);
  const missing = new Set([...(result.cut === null ? ["cut"] : []), ...(result.clauses.length === 0 ? ["clauses"] : [])]);
  const sections = SECTIONS.filter(([id]) => !missing.has(id));
  return html`<header>
    <p class="mark">Bulkhead <span>environment separation, ISO/IEC 27001:2022 control 8.31</span></p>
    <h1>${organization}</h1>
    <p class="answer ${verdict}">${capital(VERDICTS[verdict])}</p>
    <p class="lead">${leadOf(result)}${exceptions > 0 && ` ${plural(exceptions, "finding")} accepted by exception.`}</p>
    <p class="seen">As of <time datetime="${asOf}">${asOf.slice(0, 10)}</time>: ${seen.join(", ")}</p>
    <nav aria-label="Sections">
      <ul>
        ${sections.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
      </ul>
    </nav>
  </header>`;
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function leadOf({ statements: all, findings, gaps }: CheckResult): string {
  const verdicts = Object.values(all);
  const broken = verdicts.filter((verdict) => verdict === "violated").length;
  const open = verdicts.filter((verdict) => verdict === "unknown").length;
  if (broken === 0 && open === 0) return "All three statements hold, each with a certificate that can be checked.";
  const parts = [
    broken > 0 ? `${broken} of 3 statements ${broken === 1 ? "does" : "do"} not hold` : "",
    open > 0 ? `${open} of 3 cannot be decided` : "",
  ].filter((text) => text !== "");
  return `${parts.join(", ")}: ${plural(findings.length, "finding")}, ${plural(gaps.length, "gap")}.`;
}

const STATED = {
  wall: "Nothing of a lower environment can change a higher one.",
  singlePerson: "No one person, with every account and bot they hold, can change production alone.",
  data: "Nothing held in production can come to be read by a lower environment.",
} as const;

function statements(result: CheckResult): Markup {
  const names = Object.keys(STATEMENT_NAMES) as (keyof typeof STATEMENT_NAMES)[];
  return html`<section class="statements" aria-label="Statements">
    ${names.map((name) => {
      const verdict = result.statements[name];
      return html`<div class="statement ${verdict}">
        <h2>${STATEMENT_NAMES[name]}</h2>
        <p class="verdict ${verdict}">${VERDICTS[verdict]}</p>
        <p class="stated">${STATED[name]}</p>
        <p>${capital(statementWords(result, name))}.</p>
      </div>`;
    })}
  </section>`;
}

/** Crossings with more findings than this fold the rest. */
const LISTED = 6;

function ship(result: CheckResult, { crossings, others }: Crossings, told: readonly Told[]): Markup {
  const numbers = numbersOf(told);
  return html`<section id="ship">
    <h2>The picture</h2>
    <figure class="pair">
      <div class="drawing">${picture(result, crossings)}${legend()}</div>
      <figcaption>
        ${crossings.length === 0 && html`<p>No way across was found${result.gaps.length > 0 && ` in what was read; ${plural(result.gaps.length, "input")} could not be read`}.</p>`}
        ${crossings.map((crossing) => crossingList(crossing, numbers))}
        ${
          others.length > 0 &&
          html`<section class="crossing" id="crossing-others">
            <h3>About one thing</h3>
            ${linked(others, numbers)}
          </section>`
        }
      </figcaption>
    </figure>
  </section>`;
}

function crossingList(crossing: Crossing, numbers: ReadonlyMap<string, number>): Markup {
  const disclosing =
    crossing.flow === "influence" ? crossing.findings.filter(({ statements: broken }) => broken.includes("data")).length : 0;
  const what = { influence: "can change it", disclosure: "can be read there", people: "alone" }[crossing.flow];
  const all = crossing.findings.length;
  const also = disclosing === 0 ? "" : disclosing === all ? " and read its data" : `, ${disclosing} of ${all} read its data too`;
  return html`<section class="crossing ${crossing.verdict}" id="${crossing.anchor}">
    <h3>
      ${directionOf(crossing)}
      <span class="verdict ${crossing.verdict}">${what}${also}${crossing.verdict === "unknown" && ", not certain"}</span>
    </h3>
    ${linked(crossing.findings, numbers)}
  </section>`;
}

function linked(findings: readonly Finding[], numbers: ReadonlyMap<string, number>): Markup {
  const ordered = findings.toSorted((a, b) => (numbers.get(a.id) ?? 0) - (numbers.get(b.id) ?? 0));
  const items = ordered.map(
    (finding) => html`<li value="${numbers.get(finding.id)}">${chip(finding)} <a href="#${anchorOf(finding)}">${finding.summary}</a></li>`,
  );
  if (items.length <= LISTED)
    return html`<ol>
      ${items}
    </ol>`;
  return html`<ol>
      ${items.slice(0, LISTED)}
    </ol>
    <details>
      <summary>${items.length - LISTED} more</summary>
      <ol>
        ${items.slice(LISTED)}
      </ol>
    </details>`;
}
