// Which folders are modules, which of them are roots, and what a module calls: local sources are followed, others are gaps.
import type { HclBody } from "../../../lib/hcl-tree.ts";
import type { Gap } from "../../../model/gap.ts";
import type { TerraformSource } from "../../../model/observations/terraform.ts";
import { gapOf } from "../topics.ts";
import { type Argument, attributeOf, type Folder, instancesOf, type Module, type Placed, scopeOf } from "./module.ts";

/** All files of one scope, by folder. */
export interface Tree {
  readonly roots: readonly string[];
  readonly folder: (path: string) => Folder;
  readonly has: (path: string) => boolean;
  /** What a root's tfvars files say of a variable. */
  readonly given: (root: string, name: string) => Argument | undefined;
}

const folderOf = (file: string): string => file.slice(0, Math.max(0, file.lastIndexOf("/")));
const nameOf = (file: string): string => file.slice(file.lastIndexOf("/") + 1);

/** Loaded by themselves, in this order, the last wins (Terraform documentation, "Variable Definition Precedence"). Others are named when it runs. */
const isLoaded = (file: string): boolean => nameOf(file) === "terraform.tfvars" || file.endsWith(".auto.tfvars");

export const isValues = (file: string): boolean => file.endsWith(".tfvars");

export function treeOf(sources: readonly TerraformSource[]): Tree {
  const folders = new Map<string, Folder & { readonly blocks: Placed[] }>();
  const values = new Map<string, { readonly file: string; readonly body: HclBody }[]>();
  for (const { source, body } of sources) {
    const path = folderOf(source.file);
    if (isValues(source.file)) values.set(path, [...(values.get(path) ?? []), { file: source.file, body }]);
    else {
      const folder = folders.get(path) ?? { path, blocks: [] };
      folders.set(path, folder);
      folder.blocks.push(...body.blocks.map((block) => ({ block, file: source.file })));
    }
  }
  const empty = (path: string): Folder => ({ path, blocks: [] });
  return {
    roots: rootsOf(folders),
    folder: (path) => folders.get(path) ?? empty(path),
    has: (path) => folders.has(path),
    given(root, name) {
      const order = ({ file }: { readonly file: string }): string => (nameOf(file) === "terraform.tfvars" ? "" : nameOf(file));
      const loaded = (values.get(root) ?? []).filter(({ file }) => isLoaded(file)).toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
      const said = loaded.map(({ body }) => attributeOf(body, name)).findLast((attribute) => attribute !== undefined);
      // A tfvars file holds literals alone.
      return said && { expression: said.value, scope: scopeOf(nowhere) };
    },
  };
}

const nowhere: Module = {
  address: "",
  folder: { path: "", blocks: [] },
  argument: () => undefined,
  children: new Map(),
  region: () => undefined,
  provider: (key) => key,
  memo: new Map(),
};

/** Folders that no other calls; of folders that call one another in a circle, the first. */
function rootsOf(folders: ReadonlyMap<string, Folder>): readonly string[] {
  const calls = new Map(
    [...folders].map(([path, folder]) => [
      path,
      folder.blocks.flatMap(({ block }) => (block.type === "module" ? (localSource(block.body, path) ?? []) : [])),
    ]),
  );
  const called = new Set([...calls.values()].flat());
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    calls.get(path)?.forEach(visit);
  };
  const roots: string[] = [];
  for (const isFirst of [true, false])
    for (const path of [...folders.keys()].toSorted()) {
      if (seen.has(path) || (isFirst && called.has(path))) continue;
      roots.push(path);
      visit(path);
    }
  return roots;
}

const sourceOf = (body: HclBody): string | undefined => {
  const written = attributeOf(body, "source")?.value;
  return written?.is === "literal" && typeof written.value === "string" ? written.value : undefined;
};

/** The folder of `./x` or `../x`; undefined for whatever is fetched from elsewhere (Terraform documentation, "Module Sources"). */
function localSource(body: HclBody, from: string): string | undefined {
  const source = sourceOf(body);
  if (source === undefined || !/^\.\.?(\/|$)/.test(source)) return undefined;
  const parts = from === "" ? [] : from.split("/");
  for (const part of source.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

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
    const path = localSource(block.body, module.folder.path);
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
