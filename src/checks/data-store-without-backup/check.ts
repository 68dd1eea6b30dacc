// Clause S6: a database of an environment is not backed up.
import type { Estate } from "../../analyze/estate.ts";
import type { ObservationOf } from "../../model/observation.ts";
import type { Check, Found } from "../check.ts";
import { labelOf, within } from "../words.ts";

const TOPIC = "aws/backup";

export const check: Check = {
  id: "data-store-without-backup",
  clause: "S6",
  severity: "medium",
  title: "A database is not backed up",
  remediation: "Keep automated backups of it, or have AWS Backup protect it; development and test are restored from them as production is.",
  evaluate: ({ estate }) => {
    const absent = estate.charter.absent[TOPIC];
    if (absent !== undefined) return { notApplicable: absent };
    const databases = estate
      .observations("aws/resource")
      .filter(({ type, arn }) => type === "database" && estate.environmentOf(arn) !== undefined)
      .toSorted((a, b) => (a.arn < b.arn ? -1 : 1));
    const covered = new Set(estate.observations("aws/protected-resource").map(({ arn }) => arn));
    const read = new Set(
      estate.observations("aws/upkeep-read").flatMap(({ of, account }) => (of === "protected-resources" ? [account] : [])),
    );
    const open = databases.filter(({ arn, backupDays }) => !(backupDays !== undefined && backupDays > 0) && !covered.has(arn));
    const bare = open.filter(({ account, backupDays }) => backupDays === 0 && read.has(account));
    return {
      findings: bare.map((database) => found(estate, database)),
      unknown: [
        ...open
          .filter((database) => !bare.includes(database))
          .map(({ arn }) => `whether ${labelOf(estate, arn)} (${arn}) is backed up was not read`),
        ...(databases.length === 0 ? ["no database of an environment was read, so nothing tells what is backed up"] : []),
      ],
    };
  },
};

function found(estate: Estate, { arn, source }: ObservationOf<"aws/resource">): Found {
  const environment = estate.environmentOf(arn) ?? "";
  const label = within(labelOf(estate, arn), environment);
  return {
    verdict: "violated",
    summary: `Nothing backs up ${label}`,
    from: arn,
    to: arn,
    toEnvironment: environment,
    grant: `${arn}#backup`,
    change: [`keep automated backups of ${labelOf(estate, arn)}, or add it to a backup plan`],
    source,
  };
}
