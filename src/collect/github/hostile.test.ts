// What somebody else wrote: nothing makes the collector throw, what has the wrong form is a gap in its place, and no secret value gets through.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchPath, parseCall } from "./call.ts";
import { collector } from "./collector.ts";
import { type Answer, read, readAll } from "./fixtures/read.ts";
import { SHAPES } from "./shapes.ts";
import { TOPICS } from "./topics.ts";

interface Case extends Answer {
  readonly call: string;
  readonly shape: string;
  readonly document: unknown;
}

const fixture = <T>(name: string): readonly T[] =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")) as readonly T[];
const answers = fixture<Case>("answers.json");

const listIn = (each: Case): { readonly list: unknown[]; readonly pointer: string; readonly whole: unknown } | undefined => {
  const key = SHAPES.find((shape) => shape.name === each.shape)?.list;
  if (key === undefined) return undefined;
  const whole = structuredClone(each.document);
  const list = (key === "[]" ? whole : (whole as Record<string, unknown>)[key]) as unknown[];
  return { list, pointer: key === "[]" ? "" : `/${key}`, whole };
};

describe("an answer of the wrong form", () => {
  test.each(answers)("$call: a text in its place", ({ call, shape }) => {
    const key = SHAPES.find((each) => each.name === shape)?.list ?? "[]";
    const result = read({ document: "none", call });
    expect(result.gaps.map((gap) => gap.source?.pointer)).toEqual([key === "[]" ? "" : `/${key}`]);
    const said = result.observations.filter((each) => !("part" in each && /^(?:page|branch-policies|custom-rules)$/.test(each.part)));
    expect(said.filter((each) => !("part" in each))).toEqual([]);
  });

  test.each(answers.filter(listIn))("$call: a number in place of its last entry", (each) => {
    const found = listIn(each);
    if (!found) throw new Error("not a list");
    found.list.push(7);
    const result = read({ document: found.whole, call: each.call });
    expect(result.gaps.map((gap) => gap.source?.pointer)).toContain(`${found.pointer}/${found.list.length - 1}`);
    const whole = read({ document: each.document, call: each.call });
    expect(result.gaps).toHaveLength(whole.gaps.length + 1);
    expect(result.observations).toHaveLength(whole.observations.length);
  });
});

describe("without a call", () => {
  test.each(answers)("$call is recognized as what it is, or not at all", ({ document, shape }) => {
    const byContent = SHAPES.filter((each) => each.looks?.(document as Readonly<Record<string, unknown>>)).map((each) => each.name);
    const isKnown = SHAPES.find((each) => each.name === shape)?.looks !== undefined;
    expect(Array.isArray(document) ? [] : byContent).toEqual(isKnown ? [shape] : []);
  });
});

describe("a call that was denied", () => {
  const calls = SHAPES.flatMap((shape) =>
    shape.paths.map((path) => ({ path, topic: shape.topic, call: `GET ${path.replaceAll(/[:+](\w+)/g, "$1-1")}` })),
  );

  test.each(calls)("$call is one gap, and the same whether a manifest or its file tells", ({ call, topic, path }) => {
    const gaps = collector.denied(call, "Not Found", { system: "github" });
    const refusal = { message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" };
    const told = read({ document: refusal, call, scope: "acme" }).gaps;
    expect(gaps).toMatchObject([{ topic, why: "Not Found", clauses: TOPICS[topic] }]);
    expect(told).toMatchObject([{ topic, subject: gaps[0]?.subject, why: "Not Found", what: gaps[0]?.what }]);
    const owner = path.startsWith("/repos/") ? "github:owner-1/repo-1" : "github:org-1";
    expect(gaps[0]?.subject.startsWith(owner)).toBe(true);
  });

  test.each(calls)("$call matches its own shape alone", ({ call, path }) => {
    const asked = parseCall(call)?.path ?? [];
    const matching = SHAPES.flatMap((shape) => shape.paths).filter((each) => matchPath(each, asked) !== undefined);
    expect(matching).toEqual([path]);
  });
});

describe("no value of a secret gets through", () => {
  const CANARY = "canary-1f4e";
  const TOKEN = `ghp_${"C4nary".repeat(6)}`;
  const RANDOM = `C4nary${"aB3".repeat(12)}`;

  test.each([
    ["DB_PASSWORD", CANARY],
    ["deployToken", CANARY],
    ["DATABASE_URL", `postgres://app:${CANARY}@db.acme.example/shop`],
    ["NOTE", `use ${TOKEN} for now`],
    ["PLAIN", RANDOM],
  ])("of a variable %s", (name, value) => {
    for (const call of ["GET /repos/acme/shop/actions/variables", "GET /repos/acme/shop/actions/organization-variables"]) {
      const result = readAll([{ call, document: { total_count: 1, variables: [{ name, value }] } }]);
      expect(result.observations).toHaveLength(2);
      expect(JSON.stringify(result)).not.toMatch(/canary-1f4e|ghp_|C4nary/);
    }
  });

  test("of an entry that does not fit, whatever its form", () => {
    const variables = [{ name: 7, value: CANARY }, { value: { password: CANARY } }, CANARY];
    const result = readAll([{ call: "GET /repos/acme/shop/actions/variables", document: { total_count: 3, variables } }]);
    expect(result.gaps).toHaveLength(3);
    expect(JSON.stringify(result)).not.toContain(CANARY);
  });

  test("of a member that is not read", () => {
    const document = answers.find((each) => each.call === "GET /repos/acme/shop/keys")?.document as readonly object[];
    const keys = document.map((key) => ({ ...key, key: CANARY, private: CANARY }));
    expect(JSON.stringify(readAll([{ call: "GET /repos/acme/shop/keys", document: keys }]))).not.toContain(CANARY);
  });

  test("of a workflow, in every place where a literal may stand under a name", () => {
    const held = { DB_PASSWORD: CANARY };
    const job = {
      "runs-on": "x",
      env: held,
      outputs: held,
      container: { image: "node", env: held, credentials: { username: "app", password: CANARY } },
      services: { db: { image: "postgres", env: held } },
      strategy: { matrix: { url: [`postgres://app:${CANARY}@db`] } },
      steps: [
        { uses: "acme/deploy@v1", with: held, env: held },
        { run: `export DB_PASSWORD=${CANARY}\ndeploy --token ${CANARY} --key ${TOKEN}` },
      ],
    };
    const call = { uses: "./.github/workflows/b.yml", with: held, secrets: held };
    const on = { workflow_dispatch: { inputs: { password: { default: CANARY } } } };
    const result = read({ path: ".github/workflows/a.yml", document: { on, env: held, jobs: { a: job, b: call } } });
    expect(result.observations).toHaveLength(1);
    expect(JSON.stringify(result)).not.toMatch(/canary-1f4e|ghp_/);
  });
});

/** Anything that JSON or YAML can hold, with the names that answers and workflows have. */
const KEYS = [
  "on",
  "jobs",
  "steps",
  "runs-on",
  "uses",
  "with",
  "env",
  "secrets",
  "environments",
  "rules",
  "total_count",
  "message",
  "name",
];
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(null, true, 0, -1, 1e308, "", "push", "${{ secrets }}", "${{", "a".repeat(300), "__proto__"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...KEYS, "__proto__", "constructor"), fc.string({ maxLength: 5 })), tie("value"), {
      maxKeys: 5,
      // What is parsed has the prototype of every object; without one zod fails on a member "constructor".
      noNullPrototype: true,
    }),
  ),
})).value;

/** A document with some value in it replaced. */
function changed(document: unknown, choices: readonly number[], value: unknown): unknown {
  const [choice, ...rest] = choices;
  if (choice === undefined || typeof document !== "object" || document === null) return value;
  const keys = Object.keys(document);
  const key = keys[choice % Math.max(keys.length, 1)];
  if (key === undefined) return value;
  const copy = structuredClone(document) as Record<string, unknown>;
  copy[key] = changed(copy[key], rest, value);
  return copy;
}

describe("whatever a document holds", () => {
  const places: readonly Answer[] = [
    { path: ".github/workflows/a.yml" },
    { path: "action.yml" },
    { path: "answer.json", scope: null },
    { path: "answer.json" },
  ];
  const sound = (result: ReturnType<typeof readAll>): void => {
    for (const gap of result.gaps) expect(TOPICS).toHaveProperty([gap.topic]);
    expect(result.observations.filter((each) => each.kind === "github/part")).toEqual([]);
  };

  test("recognizing, mapping and joining it never throw", () => {
    const calls = answers.map(({ call }) => ({ call }));
    fc.assert(
      fc.property(fc.array(fc.tuple(anything, fc.constantFrom(...places, ...calls)), { maxLength: 4 }), (documents) => {
        sound(readAll(documents.map(([document, place]) => ({ ...place, document }))));
      }),
      { numRuns: 2000 },
    );
  });

  test("nor an answer with any value in it replaced", () => {
    const choices = fc.array(fc.nat(20), { maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...answers), choices, anything, ({ call, document }, path, value) => {
        sound(readAll([{ call, document: changed(document, path, value) }]));
      }),
      { numRuns: 3000 },
    );
  });

  test("nor a workflow with any value in it replaced: it is read, or refused with its place", () => {
    const workflow = {
      on: { push: { branches: ["main"] }, workflow_call: { inputs: { a: { type: "string" } }, secrets: { b: { required: true } } } },
      permissions: { contents: "read" },
      jobs: {
        a: {
          "runs-on": ["x"],
          environment: { name: "test" },
          strategy: { matrix: { o: [1], include: [{ o: 2 }] } },
          steps: [{ run: "a" }],
        },
        b: { needs: ["a"], uses: "./.github/workflows/b.yml", with: { a: 1 }, secrets: "inherit" },
      },
    };
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 7 }), anything, (path, value) => {
        const result = read({ document: changed(workflow, path, value), path: ".github/workflows/a.yml" });
        if (result.shape !== undefined && result.observations.length === 0) expect(result.gaps).not.toEqual([]);
        for (const gap of result.gaps) expect(gap.source?.pointer).toBeDefined();
      }),
      { numRuns: 3000 },
    );
  });

  test("nor any call that is denied", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((path) => `GET /repos/acme/${path}`),
        ),
        fc.string(),
        (call, error) => {
          for (const gap of collector.denied(call, error, { system: "github" })) expect(TOPICS).toHaveProperty([gap.topic]);
        },
      ),
    );
  });
});
