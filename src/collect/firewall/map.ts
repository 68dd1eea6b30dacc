// An export → the rules of each device. One rule that cannot be read makes the others mean something else, so a file counts whole or not at all.
import { isObject } from "../../lib/json.ts";
import type { Gap } from "../../model/gap.ts";
import type { FirewallRule } from "../../model/observations/firewall.ts";
import { inside, type Source } from "../../model/source.ts";
import type { ObservationSink, ParsedFile } from "../collector.ts";
import { Export, Rule } from "./schema.ts";
import { type Row, rowsOf } from "../../lib/csv.ts";

interface Refusal {
  readonly why: string;
  readonly source: Source;
}

const isRefusal = (value: FirewallRule | undefined | Refusal): value is Refusal => value !== undefined && "why" in value;

export function mapTable(text: string, file: ParsedFile, sink: ObservationSink): void {
  const rows = rowsOf(text);
  if (!Array.isArray(rows)) {
    const { line, why } = rows as { line: number; why: string };
    return refuse(sink, file.path, { why, source: { file: file.path, line } });
  }
  const byDevice = Map.groupBy(rows as readonly Row[], ({ fields }) => fields["device"] ?? "");
  for (const [device, own] of byDevice) {
    const source = { file: file.path, line: own[0]?.line ?? 1 };
    if (device === "") {
      refuse(sink, file.path, { why: "the device is missing", source });
      continue;
    }
    keep(
      sink,
      device,
      "deny",
      own.map((row) => ruleOf(cells(row), { file: file.path, line: row.line })),
      source,
    );
  }
}

const LISTS = /[;|\s]+/;
const list = (text: string): readonly string[] => text.split(LISTS).filter((item) => item !== "");

/** Empty fields of protocol and ports stand for any. */
function cells({ fields }: Row): object {
  const { order = "", action, src = "", dst = "", protocol, ports = "", name, enabled = "" } = fields;
  return {
    order: /^\d+$/.test(order) ? Number(order) : order,
    action,
    src: list(src),
    dst: list(dst),
    ...(protocol !== undefined && protocol !== "" && { protocol }),
    ports: /^(any|all|\*)?$/i.test(ports) ? "any" : list(ports),
    ...(name !== undefined && name !== "" && { name }),
    enabled: !/^(no|false|0|disabled|inactive)$/i.test(enabled),
  };
}

export function mapJson(document: unknown, index: number, file: ParsedFile, sink: ObservationSink): void {
  const source: Source = { file: file.path, pointer: "", ...(index > 0 && { document: index }) };
  const parsed = Export.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const device = isObject(document) && typeof document["device"] === "string" ? document["device"] : file.path;
    return refuse(sink, device, { why: issue?.message ?? "not of the documented form", source: inside(source, ...pathOf(issue?.path)) });
  }
  const { device, otherwise, rules } = parsed.data;
  keep(
    sink,
    device,
    otherwise,
    rules.map((rule, i) => ruleOf(rule, inside(source, "rules", i))),
    source,
  );
}

const pathOf = (path: readonly PropertyKey[] | undefined): readonly (string | number)[] =>
  (path ?? []).map((key) => (typeof key === "symbol" ? "" : key));

/** Undefined: switched off. */
function ruleOf(value: unknown, source: Source): FirewallRule | undefined | Refusal {
  const parsed = Rule.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { why: told(issue), source };
  }
  const { order, action, src, dst, protocol, ports, name, enabled } = parsed.data;
  if (!enabled) return undefined;
  if (ports.length > 0 && protocol !== "tcp" && protocol !== "udp")
    return { why: `it names ports and its protocol is ${protocol}: write tcp or udp`, source };
  return { order, isAllow: action, from: src, to: dst, protocol, ports, ...(name !== undefined && { name }), source };
}

/** Of a choice of forms the deepest word is the one that helps. */
function told(issue: { readonly message: string; readonly path: readonly PropertyKey[]; readonly errors?: unknown } | undefined): string {
  const branches = (issue?.errors ?? []) as readonly (readonly { message: string; path: readonly PropertyKey[] }[])[];
  const inner = branches.flat().find(({ message }) => message.includes("write"));
  const field = [...(issue?.path ?? []), ...(inner?.path ?? [])].join(".");
  return `${field === "" ? "" : `${field}: `}${inner?.message ?? issue?.message ?? "not of the documented form"}`;
}

function keep(
  sink: ObservationSink,
  device: string,
  otherwise: "deny" | "allow",
  read: readonly (FirewallRule | undefined | Refusal)[],
  source: Source,
): void {
  const refused = read.find(isRefusal);
  if (refused) return refuse(sink, device, refused);
  const rules = read.filter((rule): rule is FirewallRule => rule !== undefined && !isRefusal(rule)).toSorted((a, b) => a.order - b.order);
  const twice = rules.find((rule, i) => rules[i + 1]?.order === rule.order);
  if (twice)
    return refuse(sink, device, {
      why: `order ${twice.order} stands twice: nobody can say which of the two is asked first`,
      source: twice.source,
    });
  sink.observation({ kind: "firewall/rules", device, otherwise, rules, source });
}

const refuse = (sink: ObservationSink, subject: string, { why, source }: Refusal): void => {
  const line = source.line === undefined ? "" : `line ${source.line}: `;
  sink.gap({
    topic: "firewall/rules",
    subject,
    what: `rules of firewall ${subject}`,
    why: `${line}${why}`,
    clauses: ["B4"],
    source,
  } satisfies Gap);
};
