// Builds the pods that each network policy recipe speaks of beside the manifests in its text, and asks whether what it says holds.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { connectionsIn } from "./net.ts";

const corpus = process.env["BULKHEAD_CORPUS"] ?? resolve(import.meta.dirname, "../../../shared/corpus");
const root = join(corpus, "k8s/ahmetb+kubernetes-network-policy-recipes");
const isThere = existsSync(root);

type Labels = Readonly<Record<string, string>>;

/** A manifest of the recipe by its place, the first of another recipe, or one whose ingress is replaced: by a fragment in the text, or by what the text says in words. */
type Applied = number | string | { readonly of: number; readonly fragment?: number; readonly ingress?: unknown };

/** What a recipe's text claims, in our words. `SOURCE => DESTINATION : PROTOCOL PORT`; `outside` is an address of the internet. */
interface Claim {
  readonly says: string;
  /** Why the specification says otherwise than the text; the expectations are then the specification's. */
  readonly differs?: string;
  readonly policies: readonly Applied[];
  readonly namespaces?: Readonly<Record<string, Labels>>;
  readonly pods: Readonly<Record<string, Labels>>;
  readonly ports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly allowed: readonly string[];
  readonly blocked: readonly string[];
}

const claims = JSON.parse(readFileSync(new URL("./net-recipes.json", import.meta.url), "utf8")) as Readonly<
  Record<string, readonly Claim[]>
>;

interface Policy {
  readonly spec: object;
  readonly [key: string]: unknown;
}

interface Recipe {
  readonly policies: readonly Policy[];
  /** Lists of ingress rules that the text shows without the rest. */
  readonly fragments: readonly unknown[];
}

/** Everything between fences that is YAML: whole policies and pieces of them. */
function recipe(file: string): Recipe {
  const text = readFileSync(join(root, file), "utf8");
  const found = [...text.matchAll(/^```(\S*)[ \t]*\n([\s\S]*?)^```[ \t]*$/gm)].flatMap(([, language = "", block = ""]) =>
    language === "" || language === "yaml"
      ? parseAllDocuments(block).flatMap((document): unknown[] => (document.errors.length === 0 ? [document.toJS()] : []))
      : [],
  );
  const objects = found.filter((each): each is Record<string, unknown> => typeof each === "object" && each !== null);
  return {
    policies: objects.filter(({ kind }) => kind === "NetworkPolicy") as unknown as Policy[],
    fragments: objects.filter(({ kind, ingress }) => kind === undefined && Array.isArray(ingress)).map(({ ingress }) => ingress),
  };
}

function policiesOf(file: string, { policies }: Claim): object[] {
  return policies.map((each) => {
    if (typeof each === "string") return recipe(each).policies[0] as Policy;
    const own = recipe(file);
    if (typeof each === "number") return own.policies[each] as Policy;
    const base = own.policies[each.of] as Policy;
    return { ...base, spec: { ...base.spec, ingress: each.fragment === undefined ? each.ingress : own.fragments[each.fragment] } };
  });
}

function manifests(file: string, claim: Claim): object[] {
  const metadataOf = (key: string): { namespace: string; name: string } => {
    const [namespace = "", name = ""] = key.split("/");
    return { namespace, name };
  };
  const portsOf = (key: string): object[] =>
    Object.entries(claim.ports?.[key] ?? {}).map(([name, text]) => {
      const [protocol, port] = text.split(" ");
      return { name, protocol, containerPort: Number(port) };
    });
  return [
    ...Object.entries(claim.namespaces ?? {}).map(([name, labels]) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, labels },
    })),
    ...Object.entries(claim.pods).map(([key, labels]) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...metadataOf(key), labels },
      spec: { containers: [{ name: "main", image: "main", ports: portsOf(key) }] },
    })),
    ...policiesOf(file, claim),
  ];
}

function answers(file: string, claim: Claim): (statement: string) => boolean {
  const text = JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests(file, claim) });
  const read = connectionsIn(new Map([["all.json", new TextEncoder().encode(text)]]));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  expect(read.value.gaps).toEqual([]);
  const connections = read.value.clusters.flatMap((each) => each.connections);
  const isEnd = (name: string, end: string): boolean => (end === "outside" ? name.endsWith("[External]") : name === `${end}[Pod]`);
  return (statement) => {
    const [src = "", dst = "", protocol, port] = statement.split(/ => | : | /);
    return connections.some(
      (each) =>
        isEnd(each.src, src) &&
        isEnd(each.dst, dst) &&
        each.ports.some((range) => range.protocol === protocol && range.from <= Number(port) && Number(port) <= range.to),
    );
  };
}

describe.skipIf(!isThere)("network policy recipes (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  const files = isThere ? readdirSync(root).filter((file) => file.endsWith(".md") && recipe(file).policies.length > 0) : [];

  test("every recipe with a manifest is asked about, and every manifest and fragment in it is used", () => {
    expect(Object.keys(claims).toSorted()).toEqual(files.toSorted());
    for (const file of files) {
      const { policies, fragments } = recipe(file);
      const used = (claims[file] ?? []).flatMap((claim) => claim.policies);
      policies.forEach((_, i) => expect(used, `${file}, manifest ${i}`).toContain(i));
      fragments.forEach((_, i) => expect(used, `${file}, fragment ${i}`).toContainEqual({ of: 0, fragment: i }));
    }
  });

  test("each holds as its text says, or the difference is explained", () => {
    const counts = { recipes: files.length, claims: 0, connections: 0, asSaid: 0, otherwise: 0 };
    for (const file of files) {
      for (const claim of claims[file] ?? []) {
        const holds = answers(file, claim);
        for (const each of claim.allowed) expect(holds(each), `${file}: ${claim.says}: ${each}`).toBe(true);
        for (const each of claim.blocked) expect(holds(each), `${file}: ${claim.says}: not ${each}`).toBe(false);
        counts.claims++;
        counts.connections += claim.allowed.length + claim.blocked.length;
        counts[claim.differs === undefined ? "asSaid" : "otherwise"]++;
        if (claim.differs !== undefined) console.log(`otherwise ${file}: ${claim.says}: ${claim.differs}`);
      }
    }
    console.table(counts);
    expect(counts.asSaid).toBeGreaterThan(counts.otherwise);
  });
});
