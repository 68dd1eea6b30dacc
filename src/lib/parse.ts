// Bytes of one file → documents, or the one reason why the file is refused. Everything that is read from an estate comes through here.
import { decode, type Decoded } from "./decode.ts";
import { readJson } from "./json-text.ts";
import { readHcl } from "./hcl-text.ts";
import { DEFAULT_LIMITS, type ParseLimits, type ParseProblem, type Refusal } from "./parse-problem.ts";
import { fail, ok, type Result } from "./result.ts";
import { readYaml } from "./yaml-text.ts";

export { DEFAULT_LIMITS, placeOf, type ParseCode, type ParseLimits, type ParseProblem } from "./parse-problem.ts";

export interface ParsedBytes {
  readonly format: "json" | "yaml" | "text";
  /** Plain values. Terraform's language is text with one document (hcl-tree.ts). None for other text, and for YAML that holds only comments. Values behind YAML aliases are shared: do not change them. */
  readonly documents: readonly unknown[];
  /** Without byte order mark. */
  readonly text: string;
  readonly newline: Decoded["newline"];
  readonly byteOrderMark: boolean;
}

export function parseBytes(path: string, bytes: Uint8Array, limits: Partial<ParseLimits> = {}): Result<ParsedBytes, ParseProblem> {
  const all = { ...DEFAULT_LIMITS, ...limits };
  if (bytes.length > all.bytes) return fail({ file: path, ...tooLarge(all.bytes) });
  const decoded = decode(bytes);
  if (!decoded.ok) return fail(located(path, new TextDecoder().decode(bytes), decoded.error));
  const { text, newline, byteOrderMark } = decoded.value;
  const read = readAs(formatOf(path, text), decoded.value, all);
  return read.ok ? ok({ ...read.value, text, newline, byteOrderMark }) : fail(located(path, text, read.error));
}

type Read = Pick<ParsedBytes, "format" | "documents">;

function readAs(format: Format, { text, bytes }: Decoded, limits: ParseLimits): Result<Read, Refusal> {
  if (format === "text") return ok({ format, documents: [] });
  if (format === "yaml") return readAsYaml(text, bytes, limits);
  if (format === "hcl") return readAsHcl(text, bytes, limits);
  if (text.trim() === "") return fail({ code: "EMPTY", message: "is empty", remedy: "Collect or export it again." });
  const value = readJson(text, bytes, limits);
  return value.ok ? ok({ format: "json", documents: [value.value] }) : value;
}

// Every JSON text is YAML 1.2 (section 1.3) and far faster to read as JSON. A key that stands twice is no reason to try the slow way.
function readAsYaml(text: string, bytes: Uint8Array, limits: ParseLimits): Result<Read, Refusal> {
  if (/^\s*[{[](?!\{)/.test(text)) {
    const value = readJson(text, bytes, limits);
    if (value.ok) return ok({ format: "json", documents: [value.value] });
    if (value.error.code !== "NOT_JSON" && value.error.code !== "TRUNCATED") return value;
  }
  if (bytes.length > limits.yamlBytes) return fail(tooLarge(limits.yamlBytes, "YAML"));
  const documents = readYaml(text, limits);
  return documents.ok ? ok({ format: "yaml", documents: documents.value }) : documents;
}

function readAsHcl(text: string, bytes: Uint8Array, limits: ParseLimits): Result<Read, Refusal> {
  if (bytes.length > limits.hclBytes) return fail(tooLarge(limits.hclBytes, "Terraform's language"));
  const file = readHcl(text, limits);
  return file.ok ? ok({ format: "text", documents: [file.value] }) : file;
}

type Format = ParsedBytes["format"] | "hcl";

const EXTENSIONS: Readonly<Record<string, Format>> = Object.fromEntries([
  ...["json", "tfstate", "sarif"].map((extension) => [extension, "json"]),
  ...["yaml", "yml"].map((extension) => [extension, "yaml"]),
  ...["tf", "tofu", "tfvars"].map((extension) => [extension, "hcl"]),
  // Their syntax can begin like JSON or YAML.
  ...["md", "hcl", "sh", "bash", "js", "ts", "py", "rb", "go", "groovy", "toml", "ini", "csv", "xml", "html", "sql"].map((extension) => [
    extension,
    "text",
  ]),
]);

/** The extension when it says enough, else the content. What begins like JSON must be JSON: a policy cut short is no plain text. */
function formatOf(path: string, text: string): Format {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const known = name.includes(".") ? EXTENSIONS[name.slice(name.lastIndexOf(".") + 1).toLowerCase()] : undefined;
  if (known !== undefined) return known;
  if (/^\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[[{"\]]|$))/.test(text)) return "json";
  return looksLikeYaml(text) ? "yaml" : "text";
}

/** A Kubernetes object or a workflow, by the two keys that each must have. */
const looksLikeYaml = (text: string): boolean =>
  (/^apiVersion:\s/m.test(text) && /^kind:\s/m.test(text)) || (/^["']?on["']?:/m.test(text) && /^jobs:\s*$/m.test(text));

const tooLarge = (limit: number, what = "a file"): Refusal => ({
  code: "TOO_LARGE",
  message: `is larger than ${limit / 2 ** 20} MiB, the limit for ${what}`,
  remedy: "Collect it in parts, one file a namespace, region or repository; JSON is read faster than YAML.",
});

function located(file: string, text: string, { offset, ...problem }: Refusal): ParseProblem {
  if (offset === undefined) return { file, ...problem };
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  let line = 1;
  for (let i = before.indexOf("\n"); i >= 0; i = before.indexOf("\n", i + 1)) line++;
  return { file, ...problem, line, column: offset - lineStart + 1 };
}
