// Clause A4: a key or a role that opens production, and that nobody used for a quarter.
import { type Grant, productionGrants, UNUSED_DAYS, useOf } from "../../analyze/people/unused.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "production-grant-not-used",
  clause: "A4",
  severity: "low",
  title: "Keys and roles into production are not used",
  remediation: "Delete what nobody used for a quarter; it can be made again by those who turn out to need it.",
  evaluate: ({ estate }) => {
    const grants = productionGrants(estate);
    if (grants.length === 0) return { notApplicable: "no deploy key that writes and no role that is taken from outside opens production" };
    const asked = grants.map((grant) => ({ grant, use: useOf(grant, estate.asOf) }));
    const unsaid = asked.filter(({ use }) => use === "not said").map(({ grant }) => grant.label);
    return {
      findings: asked.flatMap(({ grant, use }) => (use === "unused" ? [found(grant)] : [])),
      unknown: unsaid.length === 0 ? [] : [`when ${listed(unsaid)} ${unsaid.length === 1 ? "was" : "were"} last used is not in the files`],
    };
  },
};

const listed = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;

function found({ id, label, environment, change, used, source }: Grant): Found {
  const last = used?.last?.slice(0, 10);
  return {
    verdict: "violated",
    summary: `${label.charAt(0) === "d" ? "D" : "R"}${label.slice(1)} opens ${environment}, and ${
      last === undefined ? "was never used since anyone kept count" : `was last used on ${last}, more than ${UNUSED_DAYS} days ago`
    }`,
    from: id,
    to: `environment:${environment}`,
    toEnvironment: environment,
    grant: id,
    change: [change],
    source,
  };
}
