// One module of Terraform's language as it is called: its variables, locals, resources and the modules it calls, worked out where literals tell.
import type { HclAttribute, HclBlock, HclBody, HclExpression, HclReference } from "../../../lib/hcl-tree.ts";
import type { Json } from "../../../lib/json.ts";
import { isObject } from "../../../lib/json.ts";
import { computed } from "./computed.ts";
import { call, joinedText, operate } from "./functions.ts";
import { policyDocument } from "./policy-document.ts";
import { isKnown, itemsOf, known, listOf, memberOf, objectOf, UNKNOWN, type Value } from "./value.ts";

/** A block and the file that it stands in. */
export interface Placed {
  readonly block: HclBlock;
  readonly file: string;
}

/** All `.tf` files of one folder. */
export interface Folder {
  readonly path: string;
  readonly blocks: readonly Placed[];
}

export interface Argument {
  readonly expression: HclExpression;
  readonly scope: Scope;
}

export interface Module {
  /** `module.roles["a"].`; empty for a root. */
  readonly address: string;
  readonly folder: Folder;
  readonly parent?: Module;
  /** What the caller gives; for a root, what its tfvars files say. */
  readonly argument: (name: string) => Argument | undefined;
  /** Modules that it calls, by the name of the call; undefined where they are not among the files, or how many there are is not known. */
  readonly children: Map<string, ReadonlyMap<string, Module> | undefined>;
  /** Account and partition where its default provider works, as far as the scope tells. */
  readonly account?: string;
  readonly region: (provider: string) => string | undefined;
  /** The root's key of a provider configuration, as this module's blocks name it. */
  readonly provider: (key: string) => string;
  readonly memo: Map<string, Value>;
}

/** A module, and the names that a resource, a call or a block adds: `each`, `count`, an iterator. */
export interface Scope {
  readonly module: Module;
  readonly names: ReadonlyMap<string, Value>;
}

export const attributeOf = (body: HclBody, name: string): HclAttribute | undefined => body.attributes.find((each) => each.name === name);

export function evaluate(expression: HclExpression, scope: Scope): Value {
  const worked = (each: HclExpression): Value => evaluate(each, scope);
  switch (expression.is) {
    case "literal":
      return known(expression.value);
    case "list":
      return listOf(expression.items.map(worked));
    case "object": {
      const members = expression.members.map(({ key, value }) => [worked(key), worked(value)] as const);
      if (!members.every(([key]) => isKnown(key) && typeof key.json !== "object")) return UNKNOWN;
      return objectOf(members.map(([key, value]) => [String(key.json), value]));
    }
    case "template":
      return joinedText(expression.parts.map(worked));
    case "call":
      return call(expression.name, expression.arguments.map(worked));
    case "choice": {
      const test = worked(expression.test);
      if (!isKnown(test) || typeof test.json !== "boolean") return UNKNOWN;
      return worked(test.json ? expression.yes : expression.no);
    }
    case "operation":
      return operate(expression.operator, expression.operands.map(worked));
    case "reference":
      return resolve(expression, scope);
    case "other":
      return UNKNOWN;
  }
}

type Step = Json | "*";

function resolve({ root, steps }: HclReference, scope: Scope): Value {
  const keys = steps.map((step) => (typeof step === "string" ? known(step) : evaluate(step.index, scope)));
  if (!keys.every(isKnown)) return UNKNOWN;
  const path: readonly Step[] = keys.map(({ json }) => json);
  const own = scope.names.get(root);
  if (own) return walk(own, path);
  const { module } = scope;
  const [first, ...rest] = path;
  if (typeof first !== "string") return UNKNOWN;
  if (root === "var") return walk(variable(module, first), rest);
  if (root === "local") return walk(local(module, first), rest);
  if (root === "module") return output(module, first, rest);
  if (root === "data") return typeof rest[0] === "string" ? fromData(module, first, rest[0], rest.slice(1)) : UNKNOWN;
  return ["path", "terraform", "self", "each", "count"].includes(root) ? UNKNOWN : fromResource(module, root, first, rest);
}

function walk(value: Value, path: readonly Step[]): Value {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (step !== "*") return walk(memberOf(value, step), rest);
  const items = itemsOf(value);
  return items ? listOf(items.map((item) => walk(item, rest))) : UNKNOWN;
}

/** Worked out once. What is asked again while it is worked out goes round in a circle, which Terraform refuses: it is not known. */
function once(module: Module, key: string, work: () => Value): Value {
  const found = module.memo.get(key);
  if (found) return found;
  module.memo.set(key, UNKNOWN);
  const value = work();
  module.memo.set(key, value);
  return value;
}

const blocksOf = (module: Module, type: string, ...labels: readonly string[]): readonly Placed[] =>
  module.folder.blocks.filter(({ block }) => block.type === type && labels.every((label, i) => block.labels[i] === label));

function variable(module: Module, name: string): Value {
  return once(module, `var.${name}`, () => {
    const given = module.argument(name);
    if (given) return evaluate(given.expression, given.scope);
    const [declared] = blocksOf(module, "variable", name);
    const usual = declared && attributeOf(declared.block.body, "default");
    return usual ? evaluate(usual.value, scopeOf(module)) : UNKNOWN;
  });
}

export const scopeOf = (module: Module): Scope => ({ module, names: new Map() });

export const localOf = (module: Module, name: string): HclExpression | undefined =>
  blocksOf(module, "locals").flatMap(({ block }) => attributeOf(block.body, name)?.value ?? [])[0];

function local(module: Module, name: string): Value {
  const expression = localOf(module, name);
  return expression ? once(module, `local.${name}`, () => evaluate(expression, scopeOf(module))) : UNKNOWN;
}

/** `module.roles.arns`, `module.roles["a"].arns`. */
function output(module: Module, name: string, path: readonly Step[]): Value {
  const called = module.children.get(name);
  const hasKey = called?.has("") === false;
  const child = called?.get(hasKey ? keyText(path[0] ?? null) : "");
  const [wanted, ...rest] = hasKey ? path.slice(1) : path;
  if (!child || typeof wanted !== "string") return UNKNOWN;
  const [declared] = blocksOf(child, "output", wanted);
  const value = declared && attributeOf(declared.block.body, "value");
  return value
    ? walk(
        once(child, `output.${wanted}`, () => evaluate(value.value, scopeOf(child))),
        rest,
      )
    : UNKNOWN;
}

/** As an address writes the key of an instance. */
export const keyText = (key: Json): string =>
  typeof key === "number" ? `[${key}]` : typeof key === "string" ? `[${JSON.stringify(key)}]` : "";

/** More than this are taken for made to grow. */
const MOST_INSTANCES = 1000;

/** The instances of a block with `count` or `for_each`, each with its key and names; undefined where how many there are is not known. */
export function instancesOf(body: HclBody, scope: Scope): readonly { readonly key: string; readonly scope: Scope }[] | undefined {
  const count = attributeOf(body, "count");
  const forEach = attributeOf(body, "for_each");
  if (!count && !forEach) return [{ key: "", scope }];
  const asked = evaluate((count ?? (forEach as HclAttribute)).value, scope);
  const named = (key: Json, name: string, value: Value) => ({
    key: keyText(key),
    scope: { module: scope.module, names: new Map([...scope.names, [name, value]]) },
  });
  if (count) {
    const { json } = asked;
    if (!isKnown(asked) || typeof json !== "number" || json > MOST_INSTANCES) return undefined;
    return Array.from({ length: Math.max(0, json) }, (_, i) => named(i, "count", known({ index: i })));
  }
  const pairs = pairsOf(asked);
  return pairs && pairs.length <= MOST_INSTANCES ? pairs.map(([key, each]) => named(key, "each", each)) : undefined;
}

/** Keys with `{key, value}`, of a map or a set of texts. The keys must be known, values need not be. */
export function pairsOf(value: Value): readonly (readonly [string, Value])[] | undefined {
  const { json, unknown } = value;
  if (unknown === true) return undefined;
  if (isObject(json))
    return Object.keys(json).map(
      (key) =>
        [
          key,
          objectOf([
            ["key", known(key)],
            ["value", memberOf(value, key)],
          ]),
        ] as const,
    );
  if (!Array.isArray(json) || !isKnown(value)) return undefined;
  return json.map((item: Json, i) => [
    typeof item === "string" ? item : String(i),
    objectOf([
      ["key", known(typeof item === "string" ? item : i)],
      ["value", known(item)],
    ]),
  ]);
}

function fromData(module: Module, type: string, name: string, path: readonly Step[]): Value {
  const [found] = blocksOf(module, "data", type, name);
  if (!found) return UNKNOWN;
  const provider = attributeOf(found.block.body, "provider");
  if (type === "aws_caller_identity" && path[0] === "account_id" && !provider)
    return module.account === undefined ? UNKNOWN : known(module.account);
  if (type === "aws_partition" && path[0] === "partition") return known("aws");
  if (type === "aws_region" && (path[0] === "name" || path[0] === "region") && !provider) {
    const region = module.region("aws");
    return region === undefined ? UNKNOWN : known(region);
  }
  if (type !== "aws_iam_policy_document") return UNKNOWN;
  return ofInstance(found, module, path, (scope, [attribute]) =>
    attribute === "json" || attribute === "minified_json" ? policyDocument(found.block.body, scope) : UNKNOWN,
  );
}

/** An attribute that is written, or that follows from one by the provider's own rule. */
function fromResource(module: Module, type: string, name: string, path: readonly Step[]): Value {
  const [found] = blocksOf(module, "resource", type, name);
  if (!found) return UNKNOWN;
  return ofInstance(found, module, path, (scope, [attribute, ...rest]) => {
    if (typeof attribute !== "string") return UNKNOWN;
    const read = (wanted: string): Value => {
      const written = attributeOf(found.block.body, wanted);
      return written ? evaluate(written.value, scope) : UNKNOWN;
    };
    if (attributeOf(found.block.body, attribute)) return walk(read(attribute), rest);
    // A resource of another provider stands in that provider's account.
    const isElsewhere = attributeOf(found.block.body, "provider") !== undefined && type !== "aws_s3_bucket";
    return isElsewhere ? UNKNOWN : walk(computed(type, attribute, read, module), rest);
  });
}

function ofInstance(found: Placed, module: Module, path: readonly Step[], read: (scope: Scope, path: readonly Step[]) => Value): Value {
  const { type, labels, body } = found.block;
  return once(module, JSON.stringify([type, labels, path]), () => {
    const instances = instancesOf(body, scopeOf(module));
    const isOne = instances?.[0]?.key === "";
    if (path[0] === "*" && instances) return listOf(instances.map(({ scope }) => read(scope, path.slice(1))));
    const instance = isOne ? instances?.[0] : instances?.find(({ key }) => key === keyText(path[0] ?? null));
    return instance ? read(instance.scope, isOne ? path : path.slice(1)) : UNKNOWN;
  });
}
