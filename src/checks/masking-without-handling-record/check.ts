// Clause D2: masked data came down without a record of who asked for it, why, who else approved, and until when; or it is kept past that day.
import type { Estate } from "../../analyze/estate.ts";
import type { MaskingCertificate } from "../../model/observations/masking.ts";
import type { Check, Found } from "../check.ts";
import { certificatesOf, type MaskDoor, maskDoors, withoutMasking } from "../masking.ts";

export const check: Check = {
  id: "masking-without-handling-record",
  clause: "D2",
  severity: "medium",
  title: "Masked data came down without a handling record, or is kept too long",
  remediation:
    "Run the mask with --purpose, --requested-by, --approved-by, --environment and --delete-by, and delete what its day has passed.",
  evaluate: ({ estate }) => {
    const why = withoutMasking(estate);
    if (why !== undefined) return { notApplicable: why };
    const doors = maskDoors(estate).map((door) => ({ door, ...certificatesOf(estate, door) }));
    return {
      // A newer run has taken the place of what an older certificate is about.
      findings: doors.flatMap(({ door, trusted }) =>
        [...new Map(trusted.map((each) => [each.target, each])).values()].flatMap((certificate) => found(estate, door, certificate)),
      ),
      unknown: [
        ...doors.flatMap(({ door, trusted }) =>
          trusted.length === 0 ? [`no certificate of ${door.name} that the charter's keys signed was read`] : [],
        ),
        ...(doors.length === 0 ? ["the charter declares no mask, so nothing tells how masked data is handled"] : []),
      ],
    };
  },
};

function found(estate: Estate, door: MaskDoor, certificate: MaskingCertificate): readonly Found[] {
  const problem = problemOf(estate, door, certificate);
  if (problem === undefined) return [];
  const { target, source, finishedAt } = certificate;
  return [
    {
      verdict: "violated",
      summary: `${target}, masked on ${finishedAt.slice(0, 10)}: ${problem.what}`,
      from: `environment:${door.from}`,
      to: `environment:${door.to}`,
      fromEnvironment: door.from,
      toEnvironment: door.to,
      grant: `handling:${target}@${finishedAt}`,
      change: [problem.change],
      source,
    },
  ];
}

function problemOf(
  estate: Estate,
  door: MaskDoor,
  { handling, target }: MaskingCertificate,
): { readonly what: string; readonly change: string } | undefined {
  if (handling === undefined)
    return {
      what: "nobody recorded who asked for it, why, who approved, and until when it is kept",
      change: `mask ${target} again, with a handling record`,
    };
  const { requestedBy, approvedBy, deleteBy } = handling;
  const unknownPeople = [requestedBy, approvedBy].filter(
    (who) => who.startsWith("person:") && !estate.charter.people.some(({ id }) => who === `person:${id}`),
  );
  if (requestedBy === approvedBy)
    return {
      what: `${requestedBy} asked for it and approved it alone`,
      change: `have another than ${requestedBy} approve what ${door.name} brings down`,
    };
  if (unknownPeople.length > 0)
    return {
      what: `${unknownPeople.join(" and ")} is nobody that the charter knows`,
      change: `name in the handling record people whom the charter knows`,
    };
  const day = estate.asOf?.slice(0, 10);
  if (day !== undefined && deleteBy < day)
    return { what: `it was to be deleted by ${deleteBy}`, change: `delete ${target}, or approve it anew` };
  return undefined;
}
