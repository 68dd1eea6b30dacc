// Our own lint rules: who may import whom, and where the world (disk, network, clock, chance) may not be touched.
import { dirname, join, relative, resolve } from "node:path";

const BELOW_EVIDENCE = [
  ...["model", "ledger", "charter", "collect", "mask", "analyze", "findings", "checks"],
  ...["gate", "breakglass", "review", "release", "vendors", "exposure"],
];

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
  gate: ["model", "charter", "findings", "ledger"],
  breakglass: ["model", "charter", "findings", "ledger"],
  review: ["model", "charter", "findings", "ledger"],
  release: [],
  vendors: ["model", "charter", "findings", "ledger"],
  exposure: ["model", "charter", "findings", "ledger"],
  evidence: [...BELOW_EVIDENCE],
  app: [...BELOW_EVIDENCE, "evidence"],
  server: ["app"],
  // A command that serves starts a server; everything else goes through app.
  cli: ["app", "server"],
};

/** Rooms that may import types, and types only, of every room. */
const TYPES_ONLY: ReadonlySet<string> = new Set(["cli", "server"]);

/** A vendor's SDK is imported in its collector's folder only, so that everything else starts and runs without it. */
const SDKS: readonly (readonly [RegExp, string])[] = [
  [/^@(aws-sdk|smithy)\//, "aws"],
  [/^@kubernetes\//, "kubernetes"],
  [/^(@octokit\/|octokit$)/, "github"],
  [/^@gitbeaker\//, "gitlab"],
  [/^@azure\//, "azure"],
];

/** The same input gives the same bytes there: no disk, no network, no clock, no chance. */
const PURE: ReadonlySet<string> = new Set([
  ...["model", "charter", "analyze", "checks", "findings", "ledger"],
  ...["gate", "breakglass", "review", "vendors", "exposure"],
]);

const WORLD = /^(node:)?(fs|net|http|http2|https|tls|dgram|dns|child_process|worker_threads|cluster|os|timers)(\/promises)?$/;

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

const TABLE = "tools/lint/plugin.ts";

const root = resolve(import.meta.dirname, "../..");

const partsOf = (file: string): readonly string[] => relative(join(root, "src"), file).split(/[\\/]/);

const isTest = (file: string): boolean =>
  /\.test\.ts$|(^|\/)(fixtures|cases)\/|random-estate\.ts$|-support\.ts$|case-estate\.ts$|test-result\.ts$|-fixture\.ts$/.test(file);

const everyImport = (look: (node: Node) => void) => ({
  ImportDeclaration: look,
  ExportNamedDeclaration: look,
  ExportAllDeclaration: look,
  ImportExpression: look,
});

/** Folders of collectors and checks stand alone: each sees its own files and the contract beside the folders. */
const ALONE: ReadonlySet<string> = new Set(["collect", "checks"]);

const importTable = {
  create(context: Context) {
    const file = context.filename;
    const [room, folder] = partsOf(file);
    if (room === undefined || room === ".." || partsOf(file).length < 2 || isTest(file)) return {};
    const allowed = IMPORTS[room];
    if (allowed === undefined)
      return {
        Program: (node: Node) => context.report({ message: `src/${room} is no room: add it to the import table of ${TABLE}`, node }),
      };
    const look = (node: Node): void => {
      const target = node.source?.value;
      if (typeof target !== "string") return;
      if (!target.startsWith(".")) {
        const owner = SDKS.find(([name]) => name.test(target))?.[1];
        if (owner !== undefined && !((room === "collect" || room === "release") && folder === owner))
          context.report({ message: `${target} may be imported in src/collect/${owner} and src/release/${owner} only`, node });
        return;
      }
      const [to, inner, ...rest] = partsOf(resolve(dirname(file), target));
      if (to === undefined || to === ".." || to === room) {
        const crosses = to === room && ALONE.has(room) && rest.length > 0 && inner !== folder && partsOf(file).length > 2;
        if (crosses) context.report({ message: `${room}/${folder} may not import ${room}/${inner}: each stands alone`, node });
        return;
      }
      const typesOnly = TYPES_ONLY.has(room) && node.importKind === "type";
      if (to !== "lib" && !typesOnly && !allowed.includes(to)) context.report({ message: `${room} may not import ${to}`, node });
    };
    return everyImport(look);
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
      ...everyImport((node) => {
        if (typeof node.source?.value === "string" && WORLD.test(node.source.value) && node.importKind !== "type")
          context.report({ message: `${room} is pure: no ${node.source.value}`, node });
      }),
      CallExpression(node: Node) {
        if (isCall(node, "Date", "now") || isCall(node, "Math", "random") || isCall(node, "performance", "now"))
          context.report({ message: `${room} is pure: no clock, no chance`, node });
        if (node.callee?.type === "Identifier" && (node.callee.name === "Date" || node.callee.name === "fetch"))
          context.report({ message: `${room} is pure: no clock, no network`, node });
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

/** Named exports only, so that a thing has one name everywhere; unions instead of enums, which type stripping cannot erase. */
const shape = {
  create(context: Context) {
    return {
      ExportDefaultDeclaration: (node: Node) => context.report({ message: "named exports only", node }),
      TSEnumDeclaration: (node: Node) => context.report({ message: "a union of strings, no enum", node }),
    };
  },
};

export default { meta: { name: "bulkhead" }, rules: { "import-table": importTable, pure, opening, shape } };
