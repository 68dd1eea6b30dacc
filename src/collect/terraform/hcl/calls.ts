// What a module calls: local sources are followed, and what was fetched from elsewhere where it stands; all else is a gap.
import type { HclBody } from "../../../lib/hcl-tree.ts";
import type { Gap } from "../../../model/gap.ts";
import { gapOf } from "../topics.ts";
import { withoutKeys } from "../configuration.ts";
import { attributeOf, instancesOf, type Module, type Placed, scopeOf } from "./module.ts";
import { localSource, type Tree } from "./tree.ts";

/** More modules of one root, calls of calls included, are taken for made to grow. */
const MOST_MODULES = 1000;

export interface Budget {
  modules: number;
}
export const budget = (): Budget => ({ modules: MOST_MODULES });

/** Threat: a module that calls itself, or modules that call one another in a circle. */
function isAround(module: Module, path: string): boolean {
  for (let at: Module | undefined = module; at; at = at.parent) if (at.folder.path === path) return true;
  return false;
}

/** Makes the modules that one calls. Those whose number depends on others come last. */
export function addCalled(module: Module, tree: Tree, left: Budget, gap: (gap: Gap) => void): void {
  const calls = module.folder.blocks.filter(({ block }) => block.type === "module");
  const isCounted = ({ block }: Placed): boolean => block.body.attributes.some(({ name }) => name === "count" || name === "for_each");
  for (const { block, file } of [...calls.filter((call) => !isCounted(call)), ...calls.filter(isCounted)]) {
    const name = block.labels[0] ?? "";
    const address = `${module.address}module.${name}`;
    const miss = (why: string): void => {
      module.children.set(name, undefined);
      gap(gapOf("terraform/file", `${file}#${address}`, address, `${why}: give a plan (terraform show -json)`, { file, line: block.line }));
    };
    const path = localSource(block.body, module.folder.path) ?? fetchedFor(module, name, tree);
    const instances = instancesOf(block.body, scopeOf(module));
    if (path === undefined || !tree.has(path)) miss("its source is not among the files");
    else if (isAround(module, path)) miss("modules call one another in a circle");
    else if (!instances) miss("how many of it there are needs evaluation");
    else if ((left.modules -= instances.length) < 0) miss(`more than ${MOST_MODULES} modules are called`);
    else {
      const children = new Map<string, Module>();
      for (const { key, scope } of instances) {
        const child: Module = {
          ...module,
          address: `${address}${key}.`,
          folder: tree.folder(path),
          parent: module,
          argument: (wanted) => {
            const given = attributeOf(block.body, wanted);
            return given && { expression: given.value, scope };
          },
          children: new Map(),
          provider: (wanted) => module.provider(passedOn(block.body, wanted) ?? wanted),
          memo: new Map(),
        };
        addCalled(child, tree, left, gap);
        children.set(key, child);
      }
      module.children.set(name, children);
    }
  }
}

/** By the list that `terraform init` wrote: the names of the calls on the way, joined by dots. */
function fetchedFor(module: Module, name: string, tree: Tree): string | undefined {
  let root = module;
  while (root.parent) root = root.parent;
  const way = withoutKeys(`${module.address}module.${name}`)
    .split(".")
    .filter((_, i) => i % 2 === 1);
  return tree.fetched(root.folder.path, way.join("."));
}

/** `providers = { aws = aws.production }`: which of the caller's configurations stands for a module's own name. */
function passedOn(body: HclBody, wanted: string): string | undefined {
  const given = attributeOf(body, "providers")?.value;
  if (given?.is !== "object") return undefined;
  const text = (expression: (typeof given.members)[number]["value"]): string | undefined =>
    expression.is === "literal"
      ? String(expression.value)
      : expression.is === "reference"
        ? [expression.root, ...expression.steps.filter((step) => typeof step === "string")].join(".")
        : undefined;
  const member = given.members.find(({ key }) => text(key) === wanted);
  return member && text(member.value);
}
