// Our own lint rules: who may import whom, and where the world (disk, network, clock, chance) may not be touched.
import { dirname, join, relative, resolve } from "node:path";

/** Who may import whom (docs/architecture.md). All may import lib; what is not listed is forbidden. */
const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  model: [],
  ledger: [],
  charter: ["model"],
  collect: ["model"],
  mask: ["model"],
  analyze: ["model", "charter"],
  findings: ["model"],
  checks: ["model", "charter", "analyze", "findings"],
  app: ["model", "charter", "collect", "analyze", "findings", "checks"],
  cli: ["app"],
};

/** Rooms whose types alone may also be imported by the command line and the server. */
const TYPES_ONLY: ReadonlySet<string> = new Set(["cli"]);

/** The same input gives the same bytes there: no disk, no network, no clock, no chance. */
const PURE: ReadonlySet<string> = new Set(["model", "charter", "analyze", "checks", "findings", "ledger"]);

const WORLD = /^node:(fs|fs\/promises|net|http|http2|https|tls|dgram|dns|child_process|worker_threads|cluster|os)$/;

interface Node {
  readonly type: string;
  readonly source?: { readonly value?: unknown };
  readonly importKind?: string;
  readonly callee?: {
    readonly type?: string;
    readonly name?: string;
    readonly object?: { readonly name?: string };
    readonly property?: { readonly name?: string };
  };
  readonly arguments?: readonly unknown[];
}

interface Context {
  readonly filename: string;
  readonly sourceCode: { readonly text: string };
  report(problem: { readonly message: string; readonly node?: unknown; readonly loc?: unknown }): void;
}

const root = resolve(import.meta.dirname, "../..");

const partsOf = (file: string): readonly string[] => relative(join(root, "src"), file).split(/[\\/]/);

const isTest = (file: string): boolean =>
  /\.test\.ts$|(^|\/)(fixtures|cases)\/|random-estate\.ts$|-support\.ts$|case-estate\.ts$|test-result\.ts$|-fixture\.ts$/.test(file);

/** Folders of collectors and checks stand alone: each sees its own files and the contract beside the folders. */
const ALONE: ReadonlySet<string> = new Set(["collect", "checks"]);

const importTable = {
  create(context: Context) {
    const file = context.filename;
    const [room, folder] = partsOf(file);
    if (room === undefined || !(room in IMPORTS) || isTest(file)) return {};
    const look = (node: Node): void => {
      const target = node.source?.value;
      if (typeof target !== "string" || !target.startsWith(".")) return;
      const [to, inner, ...rest] = partsOf(resolve(dirname(file), target));
      if (to === undefined || to === ".." || to === room) {
        const crosses = to === room && ALONE.has(room) && rest.length > 0 && inner !== folder && partsOf(file).length > 2;
        if (crosses) context.report({ message: `${room}/${folder} may not import ${room}/${inner}: each stands alone`, node });
        return;
      }
      const typesOnly = TYPES_ONLY.has(room) && node.importKind === "type";
      if (to !== "lib" && !typesOnly && !(IMPORTS[room] as readonly string[]).includes(to))
        context.report({ message: `${room} may not import ${to}`, node });
    };
    return { ImportDeclaration: look, ExportNamedDeclaration: look, ExportAllDeclaration: look, ImportExpression: look };
  },
};

const pure = {
  create(context: Context) {
    const file = context.filename;
    const [room] = partsOf(file);
    if (room === undefined || !PURE.has(room) || isTest(file)) return {};
    const isCall = (node: Node, object: string, property: string): boolean =>
      node.callee?.object?.name === object && node.callee.property?.name === property;
    return {
      ImportDeclaration(node: Node) {
        if (typeof node.source?.value === "string" && WORLD.test(node.source.value))
          context.report({ message: `${room} is pure: no ${node.source.value}`, node });
      },
      CallExpression(node: Node) {
        if (isCall(node, "Date", "now") || isCall(node, "Math", "random") || isCall(node, "performance", "now"))
          context.report({ message: `${room} is pure: no clock, no chance`, node });
      },
      NewExpression(node: Node) {
        if (node.callee?.name === "Date" && node.arguments?.length === 0)
          context.report({ message: `${room} is pure: time is an input`, node });
      },
    };
  },
};

const opening = {
  create(context: Context) {
    return {
      Program(node: Node) {
        if (!/^(#!.*\n)?\/\/ \S/.test(context.sourceCode.text))
          context.report({ message: "a file opens with one sentence saying its place in the flow", node });
      },
    };
  },
};

export default { meta: { name: "bulkhead" }, rules: { "import-table": importTable, pure, opening } };
