// Clause D1: a comparison with production found its data in a lower environment.
import type { Estate } from "../../analyze/estate.ts";
import type { MaskingCertificate } from "../../model/observations/masking.ts";
import type { Check, Found } from "../check.ts";
import { certificatesOf, type MaskDoor, maskDoors, withoutDoor, withoutMasking } from "../masking.ts";

const DAY_MS = 86_400_000;

export const check: Check = {
  id: "production-data-unmasked-below",
  clause: "D1",
  severity: "critical",
  title: "Production data stands unmasked in a lower environment",
  remediation:
    "Drop the copy, mask the columns that the certificate names, and bring it down again: bulkhead mask run, then bulkhead mask verify.",
  evaluate: ({ estate }) => {
    const why = withoutMasking(estate);
    if (why !== undefined) return { notApplicable: why };
    const outcomes = maskDoors(estate).map((door) => outcomeOf(estate, door));
    return {
      findings: outcomes.flatMap(({ findings }) => findings),
      unknown: [
        ...outcomes.flatMap(({ unknown }) => unknown),
        ...withoutDoor(estate).map(
          (name) => `${name} may hold masked data, and no mask leads to it: how it came there, and whether it is masked, is not known`,
        ),
      ],
      shown: outcomes.flatMap(({ shown }) => shown),
    };
  },
};

interface DoorOutcome {
  readonly findings: readonly Found[];
  readonly unknown: readonly string[];
  readonly shown: readonly string[];
}

function outcomeOf(estate: Estate, door: MaskDoor): DoorOutcome {
  const { trusted, strangers } = certificatesOf(estate, door);
  const latest = new Map(trusted.map((certificate) => [certificate.target, certificate]));
  const outcomes = [...latest.values()].map((certificate) => ofCertificate(estate, door, certificate));
  const unknown = [
    ...(latest.size === 0
      ? [`no certificate of ${door.name} that the charter's keys signed was read: nobody has compared ${door.to} with ${door.from}`]
      : []),
    ...strangers.map(({ source }) => `${source.file} is not signed by a key that the charter names for ${door.name}`),
  ];
  return {
    findings: outcomes.flatMap(({ findings }) => findings),
    unknown: [...unknown, ...outcomes.flatMap((outcome) => outcome.unknown)],
    shown: outcomes.flatMap(({ shown }) => shown),
  };
}

function ofCertificate(estate: Estate, door: MaskDoor, certificate: MaskingCertificate): DoorOutcome {
  const { target, verification, source } = certificate;
  const open = (why: string): DoorOutcome => ({ findings: [], unknown: [why], shown: [] });
  if (verification === undefined) return open(`${target} was masked, and nobody has compared it with ${door.from} (${source.file})`);
  if (verification.verdict === "violated") return { findings: [found(door, certificate)], unknown: [], shown: [] };
  if (verification.verdict === "unknown") return open(`the comparison of ${target} is not whole: ${verification.gaps.join("; ")}`);
  const { asOf } = estate;
  if (asOf !== undefined && Date.parse(asOf) - Date.parse(verification.at) > door.verifyDays * DAY_MS)
    return open(`${target} was last compared with ${door.from} on ${verification.at.slice(0, 10)}, more than ${door.verifyDays} days ago`);
  return {
    findings: [],
    unknown: [],
    shown: [`${target} was compared with ${door.from} on ${verification.at.slice(0, 10)}, in full: no production data was found`],
  };
}

function found(door: MaskDoor, { target, verification, source }: MaskingCertificate): Found {
  const { leaks = [], unmasked = [] } = verification ?? {};
  const [leak] = leaks;
  const [column] = unmasked;
  const what =
    leak !== undefined
      ? `${leak.found} values of ${leak.from} stand in ${leak.to}${leak.inside ? ", inside of texts" : ""}`
      : column !== undefined
        ? `${column.equal} of ${column.rows} rows of ${column.column} hold the value that they have in ${door.from}`
        : "it does not hold what its policy promises";
  const more = leaks.length + unmasked.length - 1;
  return {
    verdict: "violated",
    summary: `${target} holds data of ${door.from}: ${what}${more > 0 ? `, and ${more} more` : ""}`,
    from: `environment:${door.from}`,
    to: `environment:${door.to}`,
    fromEnvironment: door.from,
    toEnvironment: door.to,
    grant: `masking:${target}`,
    count: Math.max(1, leaks.length + unmasked.length),
    change: [...leaks.map(({ to }) => `mask or remove: ${to}`), ...unmasked.map(({ column: name }) => `mask: ${name}`)],
    source,
  };
}
