// Files of Terraform's language → for each root module, its resource instances as a plan would tell them, and gaps for what needs evaluation.
import type { HclBlock, HclExpression, HclReference } from "../../../lib/hcl-tree.ts";
import { isObject, type Json, type JsonObject } from "../../../lib/json.ts";
import type { Gap } from "../../../model/gap.ts";
import type { Scope as InputScope } from "../../../model/manifest.ts";
import { isMapped } from "../map.ts";
import { assumedAccount, constant } from "../places.ts";
import type { Contents } from "../read.ts";
import type { Reference, TerraformResource } from "../resource.ts";
import { gapOf } from "../topics.ts";
import { blockValues, lineOf } from "./blocks.ts";
import { addCalled, budget } from "./calls.ts";
import type { Tree } from "./tree.ts";
import { attributeOf, evaluate, instancesOf, localOf, type Module, type Placed, type Scope, scopeOf } from "./module.ts";
import { isKnown } from "./value.ts";

/** Why a value is not known. */
export const NEEDS_EVALUATION = "it is an expression that needs evaluation: give a plan (terraform show -json)";

export interface RootContents {
  /** The folder; `.` at the top. */
  readonly file: string;
  readonly scope?: InputScope;
  readonly contents: Contents;
  readonly gaps: readonly Gap[];
}

export function rootContents(root: string, tree: Tree, scope: InputScope | undefined): RootContents {
  const gaps: Gap[] = [];
  const providers = providersOf(root, tree);
  const expressions = (key: string): Json | undefined => providers.get(key);
  const account = assumedAccount(expressions("aws")) ?? scope?.account;
  const module: Module = {
    address: "",
    folder: tree.folder(root),
    argument: (name) => tree.given(root, name),
    children: new Map(),
    ...(account !== undefined && { account }),
    region: (key) => constant(expressions(key), "region"),
    provider: (key) => key,
    memo: new Map(),
  };
  addCalled(module, tree, budget(), (gap) => void gaps.push(gap));
  const resources = resourcesOf(module, (gap) => void gaps.push(gap));
  const contents: Contents = {
    shape: "terraform configuration",
    resources,
    prior: [],
    changes: [],
    configuration: { of: () => undefined, provider: expressions },
    deferred: [],
  };
  return { file: root === "" ? "." : root, ...(scope && { scope }), contents, gaps };
}

/** Provider configurations in the form of a plan's: constants, or that there is something that is not constant. */
function providersOf(root: string, tree: Tree): ReadonlyMap<string, Json> {
  const folder = tree.folder(root);
  const bare: Module = {
    address: "",
    folder,
    argument: (name) => tree.given(root, name),
    children: new Map(),
    region: () => undefined,
    provider: (key) => key,
    memo: new Map(),
  };
  const found = folder.blocks.filter(({ block }) => block.type === "provider");
  return new Map(
    found.map(({ block }) => {
      const alias = attributeOf(block.body, "alias")?.value;
      const name = block.labels[0] ?? "";
      const key = alias?.is === "literal" ? `${name}.${String(alias.value)}` : name;
      return [key, constants(block, scopeOf(bare))];
    }),
  );
}

function constants(block: HclBlock, scope: Scope): JsonObject {
  const written = block.body.attributes.map(({ name, value }): [string, Json] => {
    const worked = evaluate(value, scope);
    return [name, isKnown(worked) ? { constant_value: worked.json } : { references: [] }];
  });
  const nested = Map.groupBy(block.body.blocks, ({ type }) => type);
  return Object.fromEntries([
    ...written,
    ...[...nested].map(([type, all]): [string, Json] => [type, all.map((each) => constants(each, scope))]),
  ]);
}

/** More resources of one root are taken for made to grow. */
const MOST_RESOURCES = 50_000;

function resourcesOf(root: Module, gap: (gap: Gap) => void): readonly TerraformResource[] {
  const found: TerraformResource[] = [];
  const visit = (module: Module): void => {
    for (const placed of module.folder.blocks) {
      const { block, file } = placed;
      if (block.type !== "resource" || !/^(aws|github|kubernetes)_/.test(block.labels[0] ?? "")) continue;
      if (found.length < MOST_RESOURCES) found.push(...instances(placed, module, gap));
      else
        gap(
          gapOf("terraform/file", `${file}#${module.address}${block.labels.join(".")}`, block.labels.join("."), TOO_MANY, {
            file,
            line: block.line,
          }),
        );
    }
    for (const called of module.children.values()) called?.forEach(visit);
  };
  visit(root);
  return found;
}

const TOO_MANY = `it has more than ${MOST_RESOURCES} resources`;

function instances({ block, file }: Placed, module: Module, gap: (gap: Gap) => void): readonly TerraformResource[] {
  const [type = "", name = ""] = block.labels;
  const address = `${module.address}${type}.${name}`;
  const source = { file, line: block.line };
  const found = instancesOf(block.body, scopeOf(module));
  if (!found) {
    if (isMapped(type))
      gap(gapOf("terraform/file", `${file}#${address}`, address, `how many of it there are needs evaluation: ${GIVE_PLAN}`, source));
    return [];
  }
  return found.map(({ key, scope }): TerraformResource => {
    const { json, unknown } = blockValues(block.body, scope);
    return {
      address: `${address}${key}`,
      type,
      mode: "managed",
      provider: module.provider(providerKey(block) ?? (type.split("_")[0] as string)),
      values: isObject(json) ? json : {},
      unknown,
      references: (attribute) => referencesOf(attributeOf(block.body, attribute)?.value, scope),
      hasConfiguration: true,
      source,
      placeOf: (path) => ({ file, line: lineOf(block.body, block.line, path) }),
    };
  });
}

export const GIVE_PLAN = "give a plan (terraform show -json)";

/** `provider = aws.production`. */
function providerKey({ body }: HclBlock): string | undefined {
  const written = attributeOf(body, "provider")?.value;
  return written?.is === "reference" ? [written.root, ...written.steps.filter((step) => typeof step === "string")].join(".") : undefined;
}

const DEEPEST = 20;

/** What an expression refers to, as a plan tells it: a variable is followed to what the caller gives, a local and an output to what it computes. */
function referencesOf(expression: HclExpression | undefined, scope: Scope, depth = 0): readonly Reference[] | undefined {
  if (expression === undefined) return undefined;
  if (depth > DEEPEST) return [];
  return referencesIn(expression).flatMap((reference): readonly Reference[] => {
    const { root, steps } = reference;
    const [first] = steps;
    const { module } = scope;
    if (root === "local" && typeof first === "string") return referencesOf(localOf(module, first), scopeOf(module), depth + 1) ?? [];
    if (root === "var" && typeof first === "string") {
      const given = module.argument(first);
      return given ? (referencesOf(given.expression, given.scope, depth + 1) ?? []) : [];
    }
    if (root === "module" && typeof first === "string") return outputReferences(module, reference, depth);
    return [{ module: module.address, text: textOf(reference, scope) }];
  });
}

function outputReferences(module: Module, { steps }: HclReference, depth: number): readonly Reference[] {
  const [name, ...rest] = steps;
  const wanted = rest.find((step) => typeof step === "string");
  const called = typeof name === "string" ? module.children.get(name) : undefined;
  return [...(called?.values() ?? [])].flatMap((child) => {
    const output = child.folder.blocks.find(({ block }) => block.type === "output" && block.labels[0] === wanted);
    return referencesOf(output && attributeOf(output.block.body, "value")?.value, scopeOf(child), depth + 1) ?? [];
  });
}

function referencesIn(expression: HclExpression): readonly HclReference[] {
  switch (expression.is) {
    case "reference":
      return [expression];
    case "list":
      return expression.items.flatMap(referencesIn);
    case "object":
      return expression.members.flatMap(({ value }) => referencesIn(value));
    case "template":
    case "other":
      return expression.parts.flatMap(referencesIn);
    case "call":
      return expression.arguments.flatMap(referencesIn);
    case "choice":
      return [expression.test, expression.yes, expression.no].flatMap(referencesIn);
    case "operation":
      return expression.operands.flatMap(referencesIn);
    case "literal":
      return [];
  }
}

/** With the keys that are known; `each.key` is the instance's own, which whoever looks the reference up tries. */
function textOf({ root, steps }: HclReference, scope: Scope): string {
  const written = steps.map((step) => {
    if (typeof step === "string") return step === "*" ? "" : `.${step}`;
    const key = evaluate(step.index, scope);
    return isKnown(key) ? `[${JSON.stringify(key.json)}]` : "";
  });
  return `${root}${written.join("")}`;
}
