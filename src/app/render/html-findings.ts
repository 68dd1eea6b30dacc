// The findings as cards: the sentence, the walk hop by hop, what to change, and what a reviewer asks next.
import type { CheckResult, Finding, FindingSource, Step } from "../../findings/result.ts";
import { between, whoStarts } from "./finding.ts";
import { html, type Markup } from "./html-markup.ts";
import { placeText, plural } from "./text.ts";
import { besideWords, causeWords, ownerWords, type Told } from "./told.ts";

/** Cards that stand open at first; the rest open when asked. */
const OPEN = 3;

export const levelOf = (finding: Finding): string => (finding.verdict === "unknown" ? "unknown" : finding.severity);

export const chip = (finding: Finding): Markup => html`<span class="chip ${levelOf(finding)}">${levelOf(finding)}</span>`;

export const anchorOf = (finding: Finding): string => `finding-${finding.id}`;

export function findingsSection(result: CheckResult, told: readonly Told[]): Markup {
  const known = result.baseline
    ? html`<p class="note">${plural(result.baseline.known, "known finding")} of ${result.baseline.asOf.slice(0, 10)} left out.</p>`
    : undefined;
  if (told.length === 0)
    return html`<section id="findings">
      <h2>Findings</h2>
      ${known}
      <p>None.</p>
    </section>`;
  return html`<section id="findings">
    <h2>Findings</h2>
    ${known}
    <form class="filter" id="filter" hidden>
      <label>Find <input type="search" id="find" autocomplete="off" /></label>
      <label
        >Level
        <select id="level">
          <option value="">all</option>
          <option>critical</option>
          <option>high</option>
          <option>medium</option>
          <option>low</option>
          <option>unknown</option>
        </select></label
      >
      <button type="button" id="all">Open all</button> <output id="shown"></output>
    </form>
    ${told.map((each) => card(each, result))}
  </section>`;
}

function card(told: Told, result: CheckResult): Markup {
  const { number, finding, beside } = told;
  const notes = [causeWords(told), ownerWords(told)].filter((text) => text !== "");
  return html`<article class="finding" id="${anchorOf(finding)}" data-level="${levelOf(finding)}" aria-labelledby="${anchorOf(finding)}-title">
<details${number <= OPEN && html` open`}><summary><span class="number">${number}</span>
<span class="headline">${chip(finding)}<span class="crosses">${between(finding)}</span><span class="tag">${finding.clause} · ${finding.id}</span>
<h3 id="${anchorOf(finding)}-title">${finding.summary}</h3></span></summary>
<div class="body">${account(finding)}
${change(finding)}
${notes.map((note) => html`<p class="about">${note}</p>`)}
${beside.map((each) => alone(each, finding, result))}
${facts(finding, result)}</div></details></article>`;
}

/** What happened, and by which way. */
function account(finding: Finding): Markup {
  const about = [finding.count > 1 ? `${finding.count} things at once` : "", whoStarts(finding)].filter((text) => text !== "").join("; ");
  const { exception } = finding;
  return html`${about !== "" && html`<p class="about">${about}</p>`}
  ${exception && html`<p class="exception"><strong>${exception.expired ? "Exception expired on" : "Accepted until"} ${exception.expires}</strong> by ${exception.owner}: ${exception.reason}. Meanwhile: ${exception.control}.</p>`}
  ${
    finding.path.length > 0 &&
    html`<ol class="walk">
      ${finding.path.map(hop)}
    </ol>`
  }
  ${finding.path.length === 0 && finding.source && html`<p>${place(finding.source)}</p>`}`;
}

const place = (source: FindingSource): Markup => html`<code class="place">${placeText(source)}</code>`;

function hop(step: Step): Markup {
  const isNext = step.needs.length === 0 || (step.needs.length === 1 && step.needs[0] === step.id - 1);
  return html`<li value="${step.id}" class="${step.certainty}">
    <p>
      ${step.how}${!isNext && html` <span class="needs">needs ${step.needs.length === 1 ? "step" : "steps"} ${step.needs.join(" and ")}</span>`}
    </p>
    ${step.because !== undefined && html`<p class="because">Not certain: ${step.because}</p>`}
    <p class="where">
      ${place(step.source)}${step.grant !== undefined && html` <span class="grant">grant <code>${step.grant}</code></span>`}
    </p>
  </li>`;
}

const change = (finding: Finding): Markup | undefined =>
  finding.cut.length === 0
    ? undefined
    : html`<div class="change">
        <h4>Change</h4>
        ${finding.cut.map((each) => html`<p>${each}</p>`)}
      </div>`;

/** Another way by the same grant or cause: told here, with an address of its own. */
function alone(finding: Finding, first: Finding, result: CheckResult): Markup {
  return html`<details class="beside" id="${anchorOf(finding)}">
    <summary>${besideWords(finding, first)}: ${finding.summary} <span class="tag">${finding.clause} · ${finding.id}</span></summary>
    <div class="body">${account(finding)}${facts(finding, result)}</div>
  </details>`;
}

function facts(finding: Finding, result: CheckResult): Markup {
  const clause = result.clauses.find(({ id }) => id === finding.clause)?.title ?? "";
  const row = (term: string, value: Markup | string | false): Markup | false =>
    value !== "" &&
    value !== false &&
    html`<dt>${term}</dt>
      <dd>${value}</dd>`;
  return html`<dl class="facts">
    ${row("To mend it", finding.remediation)} ${row("Check", html`<code>${finding.check}</code>: ${finding.title}`)}
    ${row("Clause", `${finding.clause} ${clause}`.trim())} ${row("From", html`<code>${finding.from}</code>`)}
    ${row("To", html`<code>${finding.to}</code>`)} ${row("Grant", finding.grant !== undefined && html`<code>${finding.grant}</code>`)}
    ${row("People", finding.people.join(", "))} ${row("Frameworks", finding.frameworks.join(", "))}
  </dl>`;
}
