// Clause B4: something of a lower environment can open a network connection to production that a stranger on the internet could not.
import type { Estate } from "../../analyze/estate.ts";
import type { Way } from "../../analyze/reach/decide.ts";
import { connects, productionNames, UNDECLARED, wallQuestions } from "../../analyze/reach/semantics.ts";
import { type Check, foundWay } from "../check.ts";
import { isConnectionWay } from "../ways.ts";
import { atStart, can, labelOf, placeWords, within } from "../words.ts";

export const check: Check = {
  id: "production-reachable-over-the-network-from-below",
  clause: "B4",
  severity: "high",
  title: "A lower environment can open a connection to production",
  remediation: "Narrow the rule that lets it in to production's own addresses, or take away the route that leads there.",
  claims: isConnectionWay,
  evaluate: ({ ways, estate }) => ({
    findings: ways.map((way) => foundWay(way, sentence(way, estate))),
    unknown: unjudged(estate),
  }),
};

/** Who sends stands first: what its connection passes, step by step, tells the way. */
function sentence(way: Way, estate: Estate): string {
  const sender = way.steps.find((step) => step.rule === undefined)?.to;
  const label = sender === undefined ? placeWords(way.from) : labelOf(estate, sender);
  const who = way.from === UNDECLARED ? `Something in no environment, ${label},` : atStart(within(label, way.from));
  return `${who} ${can(way)} open a connection to ${within(labelOf(estate, way.target.entity), way.to)}`;
}

/** Without a rule about connections nothing was asked: neither what listens in production was read, nor what stands below. */
function unjudged(estate: Estate): readonly string[] {
  if (wallQuestions(estate).length === 0) return [];
  const production = productionNames(estate.charter);
  const listens = [...estate.entities.values()].some(
    (entity) => NETWORKED.has(entity.kind) && connects(entity).length > 0 && production.has(estate.environmentOf(entity.id) ?? ""),
  );
  return listens ? [] : [NOTHING_READ];
}

const NETWORKED: ReadonlySet<string> = new Set(["workload", "data-store", "endpoint", "host"]);

const NOTHING_READ =
  "no network of production was read: collect what EC2 describes of its accounts, its clusters' pods and network policies, or its firewalls' rules";
