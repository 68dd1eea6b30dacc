// Public plans and states that nobody here wrote: each is read, or refused with a reason.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { isObject } from "../../lib/json.ts";
import { parseBytes } from "../../lib/parse.ts";
import { readOne } from "./fixtures/read.ts";
import { type Contents, read, shapeOf } from "./read.ts";
import { isSensitive } from "./resource.ts";

const corpus = join(process.env["BULKHEAD_CORPUS"] ?? fileURLToPath(new URL("../../../../shared/corpus", import.meta.url)), "aws");
const FOLDERS = ["bridgecrewio+checkov", "hashicorp+terraform-json", "snyk+driftctl", "cycloidio+inframap", "bridgecrewio+terragoat"];
const DRIFTCTL = "snyk+driftctl/pkg/iac/terraform/state/test";

function files(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? files(path) : [path];
    });
}

type Outcome =
  | { readonly is: "read"; readonly document: object; readonly contents: Contents }
  | { readonly is: "refused" | "other"; readonly why: string };

function outcomeOf(path: string): Outcome {
  const parsed = parseBytes(path, readFileSync(path));
  if (!parsed.ok) return { is: "refused", why: parsed.error.message };
  const [document] = parsed.value.documents;
  const shape = shapeOf(document);
  if (shape === undefined || !isObject(document)) return { is: "other", why: "neither a plan nor a state" };
  const contents = read(document, shape, { file: path }, () => "keyed");
  return contents.ok ? { is: "read", document, contents: contents.value } : { is: "refused", why: contents.error.why };
}

describe.skipIf(!existsSync(corpus))("the corpus (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  const all = FOLDERS.flatMap((folder) => files(join(corpus, folder))).filter((path) => /\.(json|tfstate)$/.test(path));
  const outcomes = all.map((path) => [path.slice(corpus.length + 1), outcomeOf(path)] as const);
  const those = (is: Outcome["is"]) => outcomes.filter(([, outcome]) => outcome.is === is).map(([path]) => path);

  test("every plan and state is read or refused with a reason, and nothing else is taken for one", () => {
    for (const folder of FOLDERS) {
      const count = (is: Outcome["is"]): number => those(is).filter((path) => path.startsWith(folder)).length;
      console.log(`${folder}: ${count("read")} read, ${count("refused")} refused, ${count("other")} neither plan nor state`);
    }
    for (const [path, outcome] of outcomes) if (outcome.is === "refused") expect(outcome.why, path).toMatch(/\w+ \w+/);
    const others = those("other").filter((path) => !/(results\.golden|package|single_store)\.json$/.test(path));
    expect(others).toEqual([]);
    expect(those("read").length).toBeGreaterThanOrEqual(140);
  });

  test("so is every other one of the corpus", () => {
    const rest = files(join(corpus, "..")).filter(
      (path) => /\.(json|tfstate)$/.test(path) && !FOLDERS.some((folder) => path.includes(folder)),
    );
    const told = rest.map((path) => [path, outcomeOf(path)] as const).filter(([, outcome]) => outcome.is !== "other");
    // What is no JSON at all is no plan.
    const ours = told.filter(([path, { is }]) => is === "read" || /plan|tfstate/.test(path));
    console.log(
      `the rest: ${rest.length} files, ${ours.filter(([, { is }]) => is === "read").length} read, ${ours.filter(([, { is }]) => is === "refused").length} refused`,
    );
    for (const [path, outcome] of ours) if (outcome.is === "refused") expect(outcome.why, path).toMatch(/\w+ \w+/);
  });

  test("what is refused is what should be", () => {
    const expected = /(utf_?16|lifecycle_check|plan_vpc_endpoint|\/invalid\/|v4\/invalid|invalid_version_state|enumerator\/testdata)/;
    expect(those("refused").filter((path) => !expected.test(path))).toEqual([]);
    expect(those("refused").filter((path) => path.includes("/invalid/"))).toHaveLength(2);
  });

  test("every resource becomes something or nothing without failing, and no sensitive value comes out", () => {
    const kinds = new Map<string, number>();
    let gaps = 0;
    for (const [path, outcome] of outcomes) {
      if (outcome.is !== "read") continue;
      const result = readOne(outcome.document, { account: "111122223333", cluster: "production" });
      for (const { kind } of result.observations) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      gaps += result.gaps.length;
      const text = JSON.stringify(result);
      for (const secret of secretsOf(outcome)) expect(text, path).not.toContain(secret);
    }
    console.log([...kinds].map(([kind, count]) => `${count} ${kind}`).join(", "), `and ${gaps} gaps`);
    expect(kinds.get("aws/role")).toBeGreaterThan(5);
    expect(kinds.get("aws/resource")).toBeGreaterThan(50);
  });

  test("the resources of driftctl's states are those it lists itself", () => {
    const compared = files(join(corpus, DRIFTCTL)).filter((path) => path.endsWith("/terraform.tfstate"));
    for (const path of compared) {
      const outcome = outcomeOf(path);
      if (outcome.is !== "read") throw new Error(path);
      const listed = JSON.parse(readFileSync(path.replace(/terraform\.tfstate$/, "results.golden.json"), "utf8")) as {
        Type: string;
        Id: string;
      }[];
      const ours = outcome.contents.resources.filter(({ mode, type }) => mode === "managed" && !LEFT_OUT.has(type));
      const named = (type: string, id: string): string => (REHASHED.has(type) ? type : `${type} ${id}`);
      expect(ours.map(({ type, values }) => named(type, values["id"] as string)).toSorted(), path).toEqual(
        listed.map(({ Type, Id }) => named(Type, Id)).toSorted(),
      );
    }
    console.log(`${compared.length} resource lists of driftctl compared`);
    expect(compared.length).toBeGreaterThan(50);
  });
});

/** Driftctl computes the ids of these anew, and had no reader for target groups when it wrote its lists. */
const REHASHED: ReadonlySet<string> = new Set(["aws_network_acl_rule", "aws_security_group_rule"]);
const LEFT_OUT: ReadonlySet<string> = new Set(["aws_lb_target_group"]);

/** Texts that stand only where the file marks them sensitive, long enough to be told from anything else. */
function secretsOf(outcome: Extract<Outcome, { is: "read" }>): readonly string[] {
  const hidden = new Set<string>();
  const open = new Set<string>();
  const raw = new Map<string, unknown>(valuesByAddress(outcome.document));
  for (const resource of outcome.contents.resources) collect(resource.values, raw.get(resource.address), hidden, open);
  return [...hidden].filter((secret) => secret.length >= 8 && !open.has(secret));
}

function collect(masked: unknown, plain: unknown, hidden: Set<string>, open: Set<string>): void {
  if (isSensitive(masked)) {
    if (typeof plain === "string") hidden.add(plain);
  } else if (typeof plain === "string") open.add(plain);
  else if (typeof plain === "object" && plain !== null)
    for (const [key, value] of Object.entries(plain)) collect((masked as Record<string, unknown> | undefined)?.[key], value, hidden, open);
}

function* valuesByAddress(value: unknown): Iterable<[string, unknown]> {
  if (typeof value !== "object" || value === null) return;
  if (isObject(value) && typeof value["address"] === "string" && isObject(value["values"])) yield [value["address"], value["values"]];
  for (const item of Object.values(value)) yield* valuesByAddress(item);
}
