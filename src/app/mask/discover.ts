// bulkhead mask discover: where to look, and what to say about it.
import { MaskError } from "../../mask/error.ts";
import type { Discovery } from "../../mask/discover/look.ts";
import { discoverPostgres, type LookOptions } from "../../mask/discover/postgres-source.ts";
import { LEAST_CONFIDENCE } from "../../mask/discover/classify.ts";
import { kindFacts } from "../../mask/discover/kind.ts";
import { policyText } from "../../mask/discover/propose.ts";
import { addressOf } from "../../mask/mysql/address.ts";
import { openSource, withFolder } from "../../mask/mysql/run.ts";
import { discoverDump } from "../../mask/discover/dump-source.ts";
import { discoverFolder } from "../../mask/discover/folder-source.ts";
import { dumpOf } from "./open-dump.ts";
import { placeOf, shownPlace } from "./source.ts";

export type { Discovery, LookOptions };

export async function discover(source: string, options: LookOptions): Promise<Discovery> {
  const place = placeOf(source);
  if (place.kind === "postgres") return discoverPostgres(source, options);
  if (place.kind === "mysql") return withFolder((folder) => discoverDump(openSource(addressOf(source), folder), "mysql", options));
  if (place.kind === "folder") return discoverFolder(place.path, options);
  const dump = dumpOf(place);
  if (dump !== undefined) return discoverDump(dump.open, dump.dialect, options);
  throw new MaskError(
    "UNREADABLE",
    `${source}  is not there\n  Write postgres://HOST/NAME, mysql://HOST/NAME, a dump, or a folder of CSV and JSON lines.`,
  );
}

export const discoveredPolicy = (discovery: Discovery, source: string): string =>
  policyText(discovery, source.includes("://") ? shownPlace(source) : source);

/** What was found, for programs: no value, only forms. */
export const discoveredJson = ({ findings, isFull }: Discovery): string =>
  `${JSON.stringify(
    {
      full: isFull,
      columns: findings.map(({ table, column, classified, paths, looked, unread, forms }) => ({
        table: table.id,
        column: column.name,
        type: column.written,
        looked,
        unread,
        ...(classified !== undefined && classified.confidence >= LEAST_CONFIDENCE && { ...classified, forms }),
        ...(paths.length > 0 && { paths: paths.map((each) => ({ path: each.path, ...each.classified })) }),
      })),
    },
    undefined,
    2,
  )}\n`;

export function discoveredSummary({ findings, isFull }: Discovery): string {
  const found = findings.filter(
    ({ classified, paths }) => paths.length > 0 || (classified !== undefined && classified.confidence >= LEAST_CONFIDENCE),
  );
  const kinds = Map.groupBy(
    found.flatMap(({ classified, paths }) => [
      ...(classified === undefined ? [] : [classified.kind]),
      ...paths.map((each) => each.classified.kind),
    ]),
    (kind) => kind,
  );
  const list = [...kinds].map(([kind, all]) => `${all.length} ${kindFacts[kind].title}`).join(", ");
  const unread = findings.reduce((sum, each) => sum + each.unread, 0);
  return `${found.length} of ${findings.length} columns seem to hold personal or secret data${list === "" ? "" : `: ${list}`}. Looked at ${isFull ? "every row" : "a sample of the rows"}${unread === 0 ? "" : `; ${unread} values could not be read`}.\n`;
}
