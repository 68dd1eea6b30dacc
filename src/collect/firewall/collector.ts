// Firewalls between segments on premises: rules as exported, in the documented table or JSON.
import { isObject } from "../../lib/json.ts";
import type { Collector } from "../collector.ts";
import { mapJson, mapTable } from "./map.ts";
import { COLUMNS } from "./schema.ts";
import { headerOf } from "../../lib/csv.ts";

const TABLE = "firewall table";
const JSON_FORM = "firewall export";

/** A table is told by its columns. Four of them suffice: one that lacks a column is refused with its line, and not passed over. */
function isTable(document: unknown): document is string {
  if (typeof document !== "string") return false;
  const header = new Set(headerOf(document));
  return header.has("src") && header.has("dst") && COLUMNS.filter((name) => header.has(name)).length >= 4;
}

export const collector: Collector = {
  system: "firewall",
  reads: [
    "Tables (CSV) of firewall rules: device, order, action, src, dst, protocol, ports",
    "The same rules as JSON, one device a document",
  ],
  permissions: ["None of its own: rules are exported by whoever may read a firewall's configuration"],
  cannotSee: [
    "Translation of addresses, and rules that go by user, application or name (B4)",
    "Which firewall stands between which segments, where the charter does not say and there is more than one (B4)",
  ],
  recognize: (document) =>
    isTable(document) ? TABLE : isObject(document) && document["bulkhead"] === "firewall/1" ? JSON_FORM : undefined,
  map(document, index, file, sink) {
    if (typeof document === "string") mapTable(document, file, sink);
    else mapJson(document, index, file, sink);
  },
  denied: (call, error, scope) => [
    {
      topic: "firewall/rules",
      subject: scope.device ?? call,
      what: `rules of firewall ${scope.device ?? call}`,
      why: error,
      clauses: ["B4"],
    },
  ],
};
