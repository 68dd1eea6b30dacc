// The configuration that a plan carries: which provider configuration a resource is of, and what an attribute refers to.
import { isObject, type Json } from "../../lib/json.ts";
import type { Reference } from "./resource.ts";

export interface Configured {
  readonly provider?: string;
  readonly references: (attribute: string) => readonly Reference[] | undefined;
}

export interface Configuration {
  /** By the address of the instance, its module included. */
  readonly of: (address: string) => Configured | undefined;
  /** Constant expressions of a provider configuration, such as its region. */
  readonly provider: (key: string) => Json | undefined;
}

/** An instance's address without index keys: `module.roles["a"].aws_iam_role.deploy[0]` is configured as `aws_iam_role.deploy` in `roles`. */
export function configuredAs(address: string): { readonly modules: readonly string[]; readonly resource: string } {
  const parts = withoutKeys(address).split(".");
  const modules: string[] = [];
  let at = 0;
  for (; parts[at] === "module" && parts[at + 1] !== undefined; at += 2) modules.push(parts[at + 1] as string);
  return { modules, resource: parts.slice(at).join(".") };
}

/** Without `[0]` and `["key"]`; a key may hold dots and brackets of its own. */
export const withoutKeys = (address: string): string => address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, "");

/** The module that an instance stands in, keys included; empty for the root. */
export const moduleOf = (address: string): string => /^(?:module\.[^.[]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.)*/.exec(address)?.[0] ?? "";

export function configurationOf(value: Json | undefined): Configuration {
  const root = isObject(value) ? value["root_module"] : undefined;
  const providers = isObject(value) ? value["provider_config"] : undefined;
  const indexes = new Map<string, ReadonlyMap<string, Json>>();
  const resourcesOf = (modules: readonly string[], module: Json | undefined): ReadonlyMap<string, Json> => {
    const path = modules.join(".");
    let index = indexes.get(path);
    if (!index) indexes.set(path, (index = byAddress(module)));
    return index;
  };
  return {
    of(address) {
      const { modules, resource } = configuredAs(address);
      const chain = moduleChain(root, modules);
      const found = chain && resourcesOf(modules, chain.at(-1)).get(resource);
      if (!chain || !isObject(found)) return undefined;
      const key = found["provider_config_key"];
      const expressions = found["expressions"];
      return {
        ...(typeof key === "string" && { provider: key }),
        references: (attribute) => referencesIn(isObject(expressions) ? expressions[attribute] : undefined, chain, moduleOf(address)),
      };
    },
    provider(key) {
      const found = isObject(providers) ? providers[key] : undefined;
      return isObject(found) ? found["expressions"] : undefined;
    },
  };
}

type Chain = readonly (Json | undefined)[];

function moduleChain(root: Json | undefined, names: readonly string[]): Chain | undefined {
  const chain: (Json | undefined)[] = [root];
  for (const name of names) {
    const call = member(member(chain.at(-1), "module_calls"), name);
    if (!isObject(call)) return undefined;
    chain.push(call["module"]);
  }
  return chain;
}

const member = (value: Json | undefined, key: string): Json | undefined => (isObject(value) ? value[key] : undefined);

const listOf = (value: Json | undefined, key: string): readonly Json[] => {
  const list = member(value, key);
  return Array.isArray(list) ? list : [];
};

const byAddress = (module: Json | undefined): ReadonlyMap<string, Json> =>
  new Map(
    listOf(module, "resources").flatMap((item) => (isObject(item) && typeof item["address"] === "string" ? [[item["address"], item]] : [])),
  );

const LONGEST = 20;

/** The references of an expression; a variable is followed to what the module's caller gives, an output to what the module computes. */
function referencesIn(expression: Json | undefined, chain: Chain, module: string, depth = 0): readonly Reference[] | undefined {
  if (!isObject(expression) || depth > LONGEST) return undefined;
  const references = expression["references"];
  if (!Array.isArray(references)) return undefined;
  return references.flatMap((item: Json): readonly Reference[] => {
    if (typeof item !== "string") return [];
    const variable = /^var\.([^.[]+)/.exec(item)?.[1];
    if (variable !== undefined && chain.length > 1) {
      const { parent, name } = parentOf(module);
      const given = member(member(member(member(chain.at(-2), "module_calls"), name), "expressions"), variable);
      return referencesIn(given, chain.slice(0, -1), parent, depth + 1) ?? [];
    }
    const output = /^module\.([^.[]+)((?:\[[^\]]*\])?)\.([^.[]+)/.exec(item);
    if (output) {
      const inner = member(member(member(chain.at(-1), "module_calls"), output[1] as string), "module");
      const computed = member(member(member(inner, "outputs"), output[3] as string), "expression");
      return referencesIn(computed, [...chain, inner], `${module}module.${output[1]}${output[2]}.`, depth + 1) ?? [];
    }
    return [{ module, text: item }];
  });
}

/** `module.a["x"].module.b.` → its parent `module.a["x"].` and its name `b`. */
function parentOf(module: string): { readonly parent: string; readonly name: string } {
  const inner = [...module.matchAll(/module\.([^.[]+)(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\./g)].at(-1);
  return inner ? { parent: module.slice(0, inner.index), name: inner[1] as string } : { parent: "", name: "" };
}
