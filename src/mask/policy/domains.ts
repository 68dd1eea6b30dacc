// Key domains: columns joined by references, directly or through others, are one domain, so that equal values stay equal across tables.
import { fail, ok, type Result } from "../../lib/result.ts";
import type { Inventory, TableFacts } from "../inventory.ts";
import type { Column } from "../masker.ts";
import type { Declared, DeclaredRule } from "./declared.ts";
import { needsDistinct } from "./distinct.ts";
import type { LoadedPolicy } from "./load.ts";
import type { Rule } from "./plan.ts";
import { type PolicyProblem, quoted } from "./problem.ts";
import type { Referring } from "./references.ts";

export interface Domains {
  readonly columnOf: (table: string, column: string) => Column;
  readonly ruleOf: (table: string, column: string) => Rule;
}

interface Member {
  readonly table: TableFacts;
  readonly column: string;
}

interface Class {
  readonly members: readonly Member[];
  /** The column that the others refer to. */
  readonly root: Member;
  readonly isReferred: boolean;
}

const keyOf = (table: string, column: string): string => JSON.stringify([table, column]);

export function domainsOf(
  loaded: LoadedPolicy,
  inventory: Inventory,
  declared: Declared,
  references: readonly Referring[],
): Result<Domains, readonly PolicyProblem[]> {
  const classes = classesOf(inventory, references);
  const problems: PolicyProblem[] = [];
  const columns = new Map<string, Column>();
  const rules = new Map<string, Rule>();
  for (const each of new Set(classes.values())) {
    const domain = domainName(loaded, each, declared, problems);
    const column = compiledFor(each, domain);
    const inherited = inheritedRule(each, declared);
    for (const member of each.members) {
      const key = keyOf(member.table.id, member.column);
      columns.set(key, column);
      const rule = declared.rules.get(member.table.id)?.get(member.column);
      if (rule === undefined) continue;
      if (rule.kind === "inherit" && inherited === undefined) problems.push(nothingToInherit(loaded, member));
      else rules.set(key, settled(member, rule.kind === "inherit" ? (inherited as DeclaredRule) : rule, problems, loaded));
    }
  }
  if (problems.length > 0) return fail(problems);
  return ok({
    columnOf: (table, column) => columns.get(keyOf(table, column)) as Column,
    // Of a table that is emptied or left out no value is read.
    ruleOf: (table, column) => rules.get(keyOf(table, column)) ?? { kind: "keep" },
  });
}

/** Union-find over the pairs of columns that references join. */
function classesOf(inventory: Inventory, references: readonly Referring[]): ReadonlyMap<string, Class> {
  const parent = new Map<string, string>();
  const find = (key: string): string => {
    let at = key;
    for (let next = parent.get(at); next !== undefined && next !== at; next = parent.get(at)) at = next;
    return at;
  };
  const children = new Set<string>();
  const referred = new Set<string>();
  for (const { from, columns, to, toColumns } of references)
    for (const [index, column] of columns.entries()) {
      const child = keyOf(from, column);
      const root = keyOf(to, toColumns[index] ?? "");
      if (child === root) continue;
      parent.set(find(child), find(root));
      // A table that refers to itself has its root in the column referred to.
      children.add(child);
      referred.add(find(root));
    }
  const groups = new Map<string, Member[]>();
  for (const table of inventory.tables) {
    if (table.partitionOf !== undefined) continue;
    for (const { name } of table.columns) {
      const group = find(keyOf(table.id, name));
      const members = groups.get(group) ?? [];
      members.push({ table, column: name });
      groups.set(group, members);
    }
  }
  const classes = new Map<string, Class>();
  for (const [group, members] of groups) {
    const root = members.find(({ table, column }) => !children.has(keyOf(table.id, column))) ?? (members[0] as Member);
    classes.set(group, { members, root, isReferred: members.length > 1 });
  }
  return classes;
}

function domainName({ file, locate }: LoadedPolicy, { members, root }: Class, declared: Declared, problems: PolicyProblem[]): string {
  let given: string | undefined;
  for (const { table, column } of members) {
    const rule = declared.rules.get(table.id)?.get(column);
    if (rule?.kind !== "mask" || rule.domain === undefined) continue;
    if (given !== undefined && rule.domain !== given)
      problems.push({
        file,
        ...locate(["tables", table.id, "columns", column, "domain"]),
        message: `${table.id}.${column} has domain ${quoted(rule.domain)}, but is joined by a reference to a column of domain ${quoted(given)}`,
        remedy: "Give both one domain, or leave it out: references decide it.",
      });
    given ??= rule.domain;
  }
  return given ?? `${root.table.id}.${root.column}`;
}

/** One function for the whole class: the root's type decides, and what is unique anywhere is unique everywhere. */
function compiledFor({ members, root }: Class, domain: string): Column {
  const facts = root.table.columns.find(({ name }) => name === root.column);
  if (facts === undefined) throw new Error(`${root.table.id} has no column ${root.column}`);
  const { type, maxLength, precision, scale, labels, element, fields } = facts;
  return {
    schema: root.table.schema,
    table: root.table.name,
    name: root.column,
    type,
    ...(maxLength !== undefined && { maxLength }),
    ...(precision !== undefined && { precision }),
    ...(scale !== undefined && { scale }),
    ...(labels && { labels }),
    ...(element && { element }),
    ...(fields && { fields }),
    isUnique: members.some(({ table, column }) => needsDistinct(table, column)),
    domain,
  };
}

/** The root's rule; where the root itself says nothing usable, the one that another member has. */
function inheritedRule({ members, root }: Class, declared: Declared): DeclaredRule | undefined {
  const usable = ({ table, column }: Member): DeclaredRule | undefined => {
    const rule = declared.rules.get(table.id)?.get(column);
    return rule === undefined || rule.kind === "inherit" || rule.kind === "drop" ? undefined : rule;
  };
  const own = usable(root);
  if (own !== undefined || members.length === 1) return own;
  return members.map(usable).find((rule) => rule !== undefined && rule.kind !== "null");
}

const nothingToInherit = ({ file, locate }: LoadedPolicy, { table, column }: Member): PolicyProblem => ({
  file,
  ...locate(["tables", table.id, "columns", column]),
  message: `${table.id}.${column} inherits, and refers to no column that has a rule`,
  remedy: "Write a rule of its own, or declare the reference under  references.",
});

function settled({ table, column }: Member, rule: DeclaredRule, problems: PolicyProblem[], { file, locate }: LoadedPolicy): Rule {
  const facts = table.columns.find(({ name }) => name === column);
  if (facts?.isGenerated === true && rule.kind !== "drop") {
    if (rule.kind !== "keep")
      problems.push({
        file,
        ...locate(["tables", table.id, "columns", column]),
        message: `${table.id}.${column} is generated: the database computes it anew from masked values`,
        remedy: "Write  keep  or  drop.",
      });
    return { kind: "generated" };
  }
  if (rule.kind === "mask") return { kind: "mask", masker: rule.masker, options: rule.options, reads: [] };
  return { kind: rule.kind === "inherit" ? "keep" : rule.kind };
}
