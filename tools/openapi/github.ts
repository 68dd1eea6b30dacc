// Takes from GitHub's OpenAPI description the operations that the collection asks for: `node tools/openapi/github.ts api.github.com.json VERSION`.
// The description ships in the npm package @octokit/openapi (MIT), which is too large (390 MB) to depend on.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isObject, type Json, type JsonObject } from "../../src/lib/json.ts";
import { SHAPES } from "../../src/collect/github/shapes.ts";
import { reduced } from "./reduce.ts";

const TARGET = fileURLToPath(new URL("../../src/collect/github/fixtures/openapi.json", import.meta.url));

/** Asked for, and no shape of the collector: who asks, and a file's text. */
const OTHERS = ["/user", "/repos/:owner/:repo/contents/:path"];

const [, , file, version] = process.argv;
if (file === undefined || version === undefined) throw new Error("node tools/openapi/github.ts FILE VERSION");
const whole = JSON.parse(readFileSync(file, "utf8")) as JsonObject;
const paths = whole["paths"] as JsonObject;
const nameless = (path: string): string => path.replaceAll(/[:+]\w+|\{\w+\}/g, "*");
const wanted = new Set([...SHAPES.flatMap((shape) => shape.paths), ...OTHERS].map(nameless));
const chosen = Object.keys(paths).filter((path) => wanted.has(nameless(path)));
const missing = [...wanted].filter((path) => !chosen.some((each) => nameless(each) === path));
if (missing.length > 0) throw new Error(`not in the description: ${missing.join(", ")}`);

/** "personal access tokens (classic) need the `admin:org` scope". */
function scopesOf(operation: JsonObject): Json {
  const text = typeof operation["description"] === "string" ? operation["description"] : "";
  const sentence = /[^.]*tokens \(classic\)[^.]*\bneed[^.]*\./g;
  const scopes = [...text.matchAll(sentence)].flatMap(([told]) =>
    [...told.matchAll(/`([\w:]+)` scope|`([\w:]+)`,? or/g)].map((found) => found[1] ?? found[2] ?? ""),
  );
  return [...new Set(scopes)];
}

const result = reduced(whole, chosen, (operation) => ({ scopes: scopesOf(isObject(operation) ? operation : {}) }));
writeFileSync(
  TARGET,
  `${JSON.stringify({ source: `@octokit/openapi ${version}, generated/api.github.com.json (MIT), reduced by tools/openapi/github.ts`, ...result })}\n`,
);
