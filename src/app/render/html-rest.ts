// What stands after the findings: the cut, the clauses, what was not seen, and what the verdict rests on.
import type { CheckResult, Verdict } from "../../findings/result.ts";
import { environmentsByTier, faultOf } from "./html-crossings.ts";
import { html, type Inner, type Markup } from "./html-markup.ts";
import { placeText, plural } from "./text.ts";
import { numbersOf, type Told } from "./told.ts";

export const VERDICTS: Readonly<Record<Verdict, string>> = {
  violated: "violated",
  separated: "separated",
  unknown: "unknown",
  "not-applicable": "not applicable",
  "not-checked": "not checked",
};

/** A statement is separated; a clause that asks for it is met. */
const verdictWord = (verdict: Verdict): Markup =>
  html`<span class="verdict ${verdict}">${verdict === "separated" ? "met" : VERDICTS[verdict]}</span>`;

/** Findings by the numbers they are told under; those that are told together once. */
function links(ids: readonly string[], numbers: ReadonlyMap<string, number>): Markup {
  const byNumber = new Map(ids.toReversed().flatMap((id) => (numbers.has(id) ? [[numbers.get(id) as number, id] as const] : [])));
  const ordered = [...byNumber].sort(([a], [b]) => a - b);
  return html`${ordered.map(([number, id], index) => html`${index > 0 && ", "}<a href="#finding-${id}">${number}</a>`)}`;
}

export function cutSection({ cut }: CheckResult, told: readonly Told[]): Markup | undefined {
  if (cut === null) return undefined;
  const numbers = numbersOf(told);
  const lead = cut.complete
    ? `${plural(cut.size, "change")} ${cut.size === 1 ? "separates" : "separate"} everything that was seen${cut.lowerBound === cut.size ? (cut.size > 1 ? ", and no fewer do" : "") : `; at least ${cut.lowerBound} are needed`}.`
    : `${plural(cut.size, "change")} ${cut.size === 1 ? "closes" : "close"} what can be closed without breaking what the charter grants. Some ways stay open: they rest on the charter's own access rules or doors.`;
  return html`<section id="cut">
    <h2>The cut</h2>
    <p>${lead}</p>
    <ol class="cut">
      ${cut.changes.map(
        ({ instruction, label, closes, source }) =>
          html`<li>
            <p class="instruction">${instruction}</p>
            <p class="where">
              <span class="label">${label}</span> ${source && html`<code class="place">${placeText(source)}</code>`}
              ${closes.length > 0 && html`<span class="closes">closes ${links(closes, numbers)}</span>`}
            </p>
          </li>`,
      )}
    </ol>
  </section>`;
}

export function clausesSection({ clauses }: CheckResult, told: readonly Told[]): Markup | undefined {
  if (clauses.length === 0) return undefined;
  const numbers = numbersOf(told);
  const asked = clauses.filter(({ verdict }) => verdict !== "not-checked");
  const later = clauses.filter(({ verdict }) => verdict === "not-checked");
  const rows = asked.map(
    ({ id, title, verdict, findings, reason, shown = [] }) =>
      html`<tr>
        <th scope="row">${id}</th>
        <td>
          ${title}${reason !== undefined && html`<p class="note">${reason}</p>`}${shown.map((each) => html`<p class="note">${each}</p>`)}
        </td>
        <td>${verdictWord(verdict)}</td>
        <td class="numbers">${links(findings, numbers)}</td>
      </tr>`,
  );
  return html`<section id="clauses">
    <h2>Clauses</h2>
    ${table(["clause", "asks", "verdict", "findings"], rows, "Clauses of ISO/IEC 27001:2022 control 8.31 with their verdicts")}
    ${later.length > 0 && html`<p class="note">Not checked: ${later.map(({ id, title }, index) => html`${index > 0 && ", "}<abbr title="${title}">${id}</abbr>`)}.</p>`}
  </section>`;
}

function table(heads: readonly string[], rows: readonly Markup[], caption: string): Markup | undefined {
  if (rows.length === 0) return undefined;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

export function doorsSection(result: CheckResult): Markup {
  const doors = (result.doors ?? []).map((door) => {
    const { kind, name, from, to, through, approvals, maximumMinutes } = door;
    const fault = faultOf(door, result);
    const terms = [
      approvals === undefined ? "" : plural(approvals, "approval"),
      maximumMinutes === undefined ? "" : `at most ${plural(maximumMinutes, "minute")}`,
      fault === undefined ? "" : fault === "violated" ? "not guarded" : "not shown to be guarded",
    ];
    return html`<tr>
      <th scope="row">${name}</th>
      <td>${kind}</td>
      <td>${from === undefined ? `→ ${to}` : `${from} → ${to}`}</td>
      <td><code>${through}</code></td>
      <td>${terms.filter((term) => term !== "").join(", ")}</td>
    </tr>`;
  });
  const environments = environmentsByTier(result).map(
    ({ name, tier, boundary, boundaryUnread, entities, isolated }) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>${tier}${isolated === true && ", isolated"}</td>
        <td>${boundary}${boundaryUnread !== undefined && `; not known: ${boundaryUnread}`}</td>
        <td class="numbers">${entities}</td>
      </tr>`,
  );
  const shared = (result.shared ?? []).map(
    ({ name, purpose, serves }) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>${purpose}</td>
        <td>${serves.join(", ")}</td>
      </tr>`,
  );
  return html`<section id="declared">
    <h2>What is declared</h2>
    ${table(["environment", "tier", "bounded by", "things"], environments, "Environments")}
    <div id="doors">
      ${table(["door", "kind", "way", "through", "terms"], doors, "Declared doors; a door counts only when collected facts prove its guard")}
    </div>
    <div id="shared">${table(["service", "purpose", "serves"], shared, "Shared services")}</div>
  </section>`;
}

export function notSeenSection(result: CheckResult): Markup {
  const gaps = result.gaps.map(
    ({ what, why, clauses, source }) =>
      html`<tr>
        <td>${what}</td>
        <td>${why}${source && html` <code class="place">${placeText(source)}</code>`}</td>
        <td>${clauses.join(" ")}</td>
      </tr>`,
  );
  const { unrecognized } = result;
  return html`<section id="not-seen">
    <h2>Not seen</h2>
    ${table(["what", "why", "concerns"], gaps, "What could not be read: each makes what it concerns uncertain")}
    ${gaps.length === 0 && html`<p>Everything that was asked for could be read.</p>`}
    ${
      unrecognized.length > 0 &&
      html`<details>
        <summary>${plural(unrecognized.length, "file")} not recognized</summary>
        <ul class="plain">
          ${unrecognized.map(({ file, why }) => html`<li><code>${file}</code> ${why}</li>`)}
        </ul>
      </details>`
    }
    ${list("Not modeled, so no verdict speaks of it", result.notModeled)}
  </section>`;
}

const list = (title: string, items: readonly Inner[]): Markup | undefined =>
  items.length === 0
    ? undefined
    : html`<h3>${title}</h3>
        <ul class="plain">
          ${items.map((item) => html`<li>${item}</li>`)}
        </ul>`;

export function basisSection(result: CheckResult): Markup {
  const custodians = result.custodians.map(
    ({ who, role, of, controls }) =>
      html`<tr>
        <th scope="row">${who}</th>
        <td>${role}</td>
        <td>${of.map((each, index) => html`${index > 0 && ", "}<code>${each}</code>`)}</td>
        <td>${controls.join("; ")}</td>
      </tr>`,
  );
  return html`<section id="basis">
    <h2>What the verdict rests on</h2>
    ${list("Assumed", result.assumptions)}
    ${table(["custodian", "is", "holds", "held in check by"], custodians, "Custodians: who could open everything")} ${certificate(result)}
    ${provenance(result)}
  </section>`;
}

function certificate({ certificate: proof, charter }: CheckResult): Markup {
  if (proof === null)
    return html`<h3>Certificate</h3>
      <p>None: no statement is separated.</p>`;
  const rows = proof.closures.map(
    ({ statement, from, sources, closed }) =>
      html`<tr>
        <th scope="row">${statement}</th>
        <td>${from.join(", ")}</td>
        <td class="numbers">${sources.length}</td>
        <td class="numbers">${closed.length}</td>
      </tr>`,
  );
  return html`<h3>Certificate</h3>
    <p>
      For ${proof.statements.join(", ")}: the sets of facts below hold their sources, are closed under every rule, and reach no target. The
      result as JSON carries them; <code>bulkhead verify-certificate RESULT.json --estate FOLDER</code> checks them without trusting the
      search.
    </p>
    ${table(["statement", "from", "sources", "facts"], rows, "Closed sets")}
    <dl class="facts">
      <dt>Rules</dt>
      <dd><code>${proof.rules}</code></dd>
      <dt>Membership</dt>
      <dd><code>${proof.membership}</code></dd>
      <dt>Charter</dt>
      <dd><code>${charter.hash}</code></dd>
    </dl>`;
}

function provenance({ bulkhead, profile, asOf, charter, estate }: CheckResult): Markup {
  const { collected, manifests, asGiven, systems, files, counts } = estate;
  const read = systems.map(
    ({ system, scope, entities }) =>
      html`<tr>
        <th scope="row">${system}</th>
        <td>${scope}</td>
        <td class="numbers">${entities}</td>
      </tr>`,
  );
  const held = manifests.map(
    ({ file, scope, signed, denied }) =>
      html`<tr>
        <th scope="row"><code>${file}</code></th>
        <td>
          ${Object.entries(scope)
            .map(([key, value]) => `${key} ${value}`)
            .join(", ")}
        </td>
        <td>${signed ? "signed" : "not signed"}</td>
        <td class="numbers">${denied}</td>
      </tr>`,
  );
  return html`<h3>Provenance</h3>
    <dl class="facts">
      <dt>Bulkhead</dt>
      <dd>${bulkhead}, profile ${profile}, as of ${asOf}</dd>
      <dt>Charter</dt>
      <dd><code>${charter.file}</code> <code>${charter.hash}</code></dd>
      <dt>Estate</dt>
      <dd>${plural(files, "file")}, ${plural(counts.entities, "thing")}, ${plural(counts.rules, "rule")} <code>${estate.hash}</code></dd>
      <dt>Collected</dt>
      <dd>${collected === null ? "no manifest says when" : `${collected[0]} to ${collected[1]}`}</dd>
      ${
        asGiven.length > 0 &&
        html`<dt>As given</dt>
          <dd>${asGiven.join(", ")}</dd>`
      }
    </dl>
    ${table(["system", "scope", "things"], read, "Systems read")}
    ${table(["manifest", "scope", "signature", "denied calls"], held, "Manifests")}`;
}
