// Clause S2: an instance of an environment lacks patches that its baseline approves.
import type { Estate } from "../../analyze/estate.ts";
import type { ObservationOf } from "../../model/observation.ts";
import type { Check, Found } from "../check.ts";
import { labelOf, within } from "../words.ts";

const TOPIC = "aws/patch-state";

export const check: Check = {
  id: "instance-lacks-patches",
  clause: "S2",
  severity: "medium",
  title: "An instance lacks patches",
  remediation:
    "Install what the patch baseline approves, below as well as in production, and replace machines that are not patched in place.",
  evaluate: ({ estate }) => {
    const absent = estate.charter.absent[TOPIC];
    if (absent !== undefined) return { notApplicable: absent };
    const states = new Map(estate.observations("aws/patch-state").map((state) => [`${state.account} ${state.instance}`, state]));
    const instances = estate
      .observations("aws/resource")
      .filter(({ type, arn }) => type === "instance" && estate.environmentOf(arn) !== undefined)
      .toSorted((a, b) => (a.arn < b.arn ? -1 : 1));
    const asked = instances.map((instance) => ({ instance, state: states.get(`${instance.account} ${instance.name}`) }));
    return {
      findings: asked.flatMap(({ instance, state }) => (state && state.missing + state.failed > 0 ? [found(estate, instance, state)] : [])),
      unknown: [
        ...asked
          .filter(({ state }) => !state)
          .map(({ instance }) => `which patches instance ${instance.name} of account ${instance.account} lacks`),
        ...(instances.length === 0 ? ["no instance of an environment was read, so nothing tells what is patched"] : []),
      ],
    };
  },
};

function found(estate: Estate, { arn }: ObservationOf<"aws/resource">, state: ObservationOf<"aws/patch-state">): Found {
  const environment = estate.environmentOf(arn) ?? "";
  const lacks = [
    state.missing > 0 ? `lacks ${state.missing} ${state.missing === 1 ? "patch" : "patches"}` : [],
    state.failed > 0 ? `could not install ${state.failed}` : [],
  ].flat();
  const label = within(labelOf(estate, arn), environment);
  return {
    verdict: "violated",
    summary: `${label.charAt(0).toUpperCase()}${label.slice(1)} ${lacks.join(" and ")}`,
    from: arn,
    to: arn,
    toEnvironment: environment,
    grant: `${arn}#patches`,
    count: state.missing + state.failed,
    change: [`patch ${labelOf(estate, arn)}, or replace it by a machine of a newer image`],
    source: state.source,
  };
}
