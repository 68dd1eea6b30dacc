// Which folders are modules, and which of them are roots; what tfvars files give a root, and where Terraform put what it fetched.
import type { HclBody } from "../../../lib/hcl-tree.ts";
import { folderOf, joinPath } from "../../../lib/safe-path.ts";
import type { TerraformSource } from "../../../model/observations/terraform.ts";
import { type Argument, attributeOf, type Folder, type Module, type Placed, scopeOf } from "./module.ts";

/** All files of one scope, by folder. */
export interface Tree {
  readonly roots: readonly string[];
  readonly folder: (path: string) => Folder;
  readonly has: (path: string) => boolean;
  /** What a root's tfvars files say of a variable. */
  readonly given: (root: string, name: string) => Argument | undefined;
  /** The folder of a module that was fetched for a root, by its key: `network.subnets`. */
  readonly fetched: (root: string, key: string) => string | undefined;
  /** Files that change what others say. */
  readonly overrides: readonly string[];
}

const nameOf = (file: string): string => file.slice(file.lastIndexOf("/") + 1);

/** Loaded by themselves, in this order, the last wins (Terraform documentation, "Variable Definition Precedence"). Others are named when it runs. */
function orderOf(file: string): string | undefined {
  const name = nameOf(file);
  if (name === "terraform.tfvars") return "0";
  if (name === "terraform.tfvars.json") return "1";
  return /\.auto\.tfvars(\.json)?$/.test(name) ? `2${name}` : undefined;
}

export const isValues = (file: string): boolean => /\.tfvars(\.json)?$/.test(file);

/** Terraform lays these over the other files of the folder (Terraform documentation, "Override Files"). */
const isOverride = (file: string): boolean => /(^|_)override\.(tf|tofu)(\.json)?$/.test(nameOf(file));

/** What `terraform init` fetched stands below this folder of the root, and its list in it. */
const FETCHED = ".terraform/modules";
export const isFetchedList = (file: string): boolean => file === `${FETCHED}/modules.json` || file.endsWith(`/${FETCHED}/modules.json`);
const isFetched = (path: string): boolean => path.startsWith(`${FETCHED}/`) || path.includes(`/${FETCHED}/`);

export function treeOf(sources: readonly TerraformSource[]): Tree {
  const folders = new Map<string, Folder & { readonly blocks: Placed[] }>();
  const values = new Map<string, { readonly order: string; readonly body: HclBody }[]>();
  const fetched = new Map<string, Readonly<Record<string, string>>>();
  const overrides: string[] = [];
  for (const { source, body, fetched: list } of sources) {
    const path = folderOf(source.file);
    const order = orderOf(source.file);
    if (list) fetched.set(path.slice(0, -FETCHED.length).replace(/\/$/, ""), list);
    else if (isOverride(source.file)) overrides.push(source.file);
    else if (!isValues(source.file)) {
      const folder = folders.get(path) ?? { path, blocks: [] };
      folders.set(path, folder);
      folder.blocks.push(...body.blocks.map((block) => ({ block, file: source.file })));
    } else if (order !== undefined) values.set(path, [...(values.get(path) ?? []), { order, body }]);
  }
  return {
    roots: rootsOf(folders),
    folder: (path) => folders.get(path) ?? { path, blocks: [] },
    has: (path) => folders.has(path),
    given(root, name) {
      const loaded = (values.get(root) ?? []).toSorted((a, b) => (a.order < b.order ? -1 : 1));
      const said = loaded.map(({ body }) => attributeOf(body, name)).findLast((attribute) => attribute !== undefined);
      // A tfvars file holds literals alone.
      return said && { expression: said.value, scope: scopeOf(nowhere) };
    },
    fetched(root, key) {
      const folder = fetched.get(root)?.[key];
      return folder === undefined ? undefined : joinPath(root, folder);
    },
    overrides,
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
      // What was fetched is called by whoever it was fetched for, or by nobody.
      if (seen.has(path) || isFetched(path) || (isFirst && called.has(path))) continue;
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
export function localSource(body: HclBody, from: string): string | undefined {
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
