// Clause B5: a credential of production is stored where jobs outside its environment receive it.
import type { Estate } from "../../analyze/estate.ts";
import type { Deployment } from "../../analyze/pipeline/promotion/deployments.ts";
import { intoProduction, NOT_APPLICABLE } from "../../analyze/pipeline/promotion/into-production.ts";
import { type WideCredential, wideCredentials } from "../../analyze/pipeline/promotion/taken-in.ts";
import { productionNames } from "../../analyze/reach/semantics.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "production-credential-outside-its-environment",
  clause: "B5",
  severity: "high",
  title: "A credential of production is given to more than the gated job",
  remediation:
    "Keep it as a secret of the protected environment, or take a role by the subject of that environment; delete the wider copy.",
  evaluate: ({ estate }) => {
    const { asked, into, unknown } = intoProduction(estate, "B5");
    if (into.length === 0 && unknown.length === 0) return { notApplicable: NOT_APPLICABLE };
    const all = into.flatMap(({ deployment, environment }) =>
      wideCredentials(asked, deployment).flatMap((credential) => found(estate, deployment, environment, credential)),
    );
    // One finding a credential and environment, however many jobs use it.
    return { findings: [...new Map(all.map((one) => [`${one.grant} ${one.toEnvironment ?? ""}`, one])).values()], unknown };
  },
};

/** What the charter says of it decides: it opens production, it does not, or nobody has said. */
function found(estate: Estate, { label, forgeEnvironments }: Deployment, environment: string, credential: WideCredential): Found[] {
  const declared = estate.charter.credentials.filter((one) => one.secret === credential.id);
  const production = productionNames(estate.charter);
  const opened = declared.flatMap((one) => [...one.actsAs, ...one.writes, ...one.reads]);
  const opens = opened.find((id) => production.has(estate.environmentOf(id) ?? ""));
  if (declared.length > 0 && opens === undefined) return [];
  const where = `is stored in ${credential.of}, where jobs outside ${environment} receive it`;
  const twin = credential.hasTwin ? ", beside one of the same name in the environment" : "";
  return [
    {
      verdict: opens === undefined ? "unknown" : "violated",
      summary:
        opens === undefined
          ? `Secret ${credential.name} of job ${label} ${where}${twin}; whether it opens ${environment} nobody has said`
          : `Secret ${credential.name} of job ${label} opens ${environment} and ${where}${twin}`,
      from: credential.id,
      to: forgeEnvironments[0] ?? `environment:${environment}`,
      toEnvironment: environment,
      grant: credential.id,
      change: [
        opens === undefined
          ? `say in the charter's credentials what ${credential.id} opens`
          : `move ${credential.name} into the environment, and delete it from ${credential.of}`,
      ],
      source: credential.source,
    },
  ];
}
