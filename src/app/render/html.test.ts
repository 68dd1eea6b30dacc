// The page: it needs nothing else, it lets no text become markup, and its picture leads to every finding.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CheckResult } from "../../findings/result.ts";
import { crossingsOf } from "./html-crossings.ts";
import { hullOf } from "./html-hull.ts";
import { renderHtml } from "./html.ts";
import { HOSTILE, many, poisoned, separated, unread, violated } from "./test-result.ts";

const RESULTS: readonly (readonly [string, CheckResult])[] = [
  ["violated", violated],
  ["separated", separated],
  ["nothing read", unread],
  ["many findings", many(200)],
];

/** Every tag with its attributes; style and script are taken out, since their text is not markup. */
function tagsOf(page: string): readonly { name: string; attributes: readonly (readonly [string, string])[] }[] {
  const markup = page.replaceAll(/(<(style|script)>)[^]*?(<\/\2>)/g, "$1$3");
  return [...markup.matchAll(/<(\/?[a-z][a-z0-9]*|!doctype)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>/gi)].map(
    ([, name = "", attributes = ""]) => ({
      name,
      attributes: [...attributes.matchAll(/([a-z-]+)(?:="([^"]*)")?/gi)].map(([, key = "", value = ""]) => [key, value] as const),
    }),
  );
}

const valuesOf = (page: string, attribute: string): readonly string[] =>
  tagsOf(page).flatMap(({ attributes }) => attributes.filter(([key]) => key === attribute).map(([, value]) => value));

const inner = (page: string, element: string): string =>
  page.slice(page.indexOf(`<${element}>`) + element.length + 2, page.indexOf(`</${element}>`));

describe.each(RESULTS)("the page of a result: %s", (_, result) => {
  const page = renderHtml(result);

  test("refers to nothing outside itself", () => {
    expect(valuesOf(page, "href").filter((href) => !href.startsWith("#"))).toEqual([]);
    expect(
      tagsOf(page).filter(({ attributes }) => attributes.some(([key]) => /^(src|srcset|action|data|poster|style|on.*)$/.test(key))),
    ).toEqual([]);
    expect(tagsOf(page).filter(({ name }) => /^(link|img|iframe|object|embed|base|video|audio|use|image)$/.test(name))).toEqual([]);
    expect(page).not.toMatch(/@import|url\(|https?:/);
  });

  test("allows its own style and script by their digests, and nothing else", () => {
    const policy = valuesOf(page, "content").find((content) => content.includes("default-src")) ?? "";
    const digest = (text: string): string => createHash("sha256").update(text).digest("base64");
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${digest(inner(page, "style"))}'; script-src 'sha256-${digest(inner(page, "script"))}'; base-uri 'none'; form-action 'none'`,
    );
    expect(page.indexOf("Content-Security-Policy")).toBeLessThan(page.indexOf("<style>"));
    expect(page.match(/<(style|script)\b/g)).toHaveLength(2);
  });

  test("has every address once, and every link leads to one", () => {
    const ids = valuesOf(page, "id");
    expect(new Set(ids).size).toBe(ids.length);
    expect(valuesOf(page, "href").filter((href) => !ids.includes(href.slice(1)))).toEqual([]);
  });

  test("closes what it opens", () => {
    const alone = new Set(["meta", "input", "path", "rect", "line", "circle", "!doctype"]);
    const open: string[] = [];
    for (const { name } of tagsOf(page).filter((tag) => !alone.has(tag.name.toLowerCase()))) {
      if (name.startsWith("/")) expect(open.pop()).toBe(name.slice(1));
      else open.push(name);
    }
    expect(open).toEqual([]);
  });

  test("leads from the picture to every finding", () => {
    const picture = page.slice(page.indexOf("<figure"), page.indexOf("</figure>"));
    const linked = new Set(valuesOf(picture, "href"));
    expect(result.findings.filter(({ id }) => !linked.has(`#finding-${id}`))).toEqual([]);
    const ids = new Set(valuesOf(page, "id"));
    expect(result.findings.filter(({ id }) => !ids.has(`finding-${id}`))).toEqual([]);
  });
});

describe("text of others", () => {
  const shape = (page: string): unknown => tagsOf(page).map(({ name, attributes }) => [name, attributes.map(([key]) => key)]);
  const plain = shape(renderHtml(poisoned("x")));

  test.each(HOSTILE)("%j stays text", (text) => {
    const page = renderHtml(poisoned(text));
    expect(shape(page)).toEqual(plain);
    expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });

  test("no text whatever becomes an element or an attribute", () => {
    const nasty = fc.string({
      unit: fc.constantFrom("<", ">", "&", '"', "'", "`", "=", "/", "-", "!", " ", "\n", "a", "script", "svg", "\u0000"),
    });
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: "binary" })), (text) => {
        expect(shape(renderHtml(poisoned(`x${text}`)))).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the picture", () => {
  const environments = ["preview", "development", "sandbox", "test", "staging", "production", "disaster-recovery"].map((tier) => ({
    name: tier,
    tier,
    entities: 1,
    boundary: "account",
  }));
  const [first] = violated.findings as [CheckResult["findings"][number]];
  const crowded: CheckResult = {
    ...violated,
    environments,
    findings: environments.flatMap(({ name: from }, row) =>
      environments.slice(row + 1).map(({ name: to }, column) => ({
        ...first,
        id: `${row}${column}`.padStart(12, "0"),
        fromEnvironment: from,
        toEnvironment: to,
        statements: [column % 2 === 0 ? ("wall" as const) : ("data" as const)],
      })),
    ),
  };

  test("draws every pair apart: no two leaks overlap, and all stay inside the hull", () => {
    const { crossings } = crossingsOf(crowded);
    const hull = hullOf(crowded, crossings);
    expect(hull.leaks).toHaveLength(crossings.length);
    const spans = hull.leaks.map(({ x, start, end }) => ({ x, low: Math.min(start, end) - 10, high: Math.max(start, end) + 10 }));
    for (const [index, a] of spans.entries()) {
      expect(a.x).toBeGreaterThan(hull.left);
      expect(a.x + 10).toBeLessThan(hull.right);
      for (const b of spans.slice(index + 1)) expect(Math.abs(a.x - b.x) >= 20 || a.high < b.low || b.high < a.low).toBe(true);
    }
  });

  test("orders compartments by tier, the highest in the bow, and asks for no wall between peers that are not isolated", () => {
    const hull = hullOf(crowded, []);
    expect(hull.compartments.map(({ environment }) => environment.tier)).toEqual([
      "production",
      "disaster-recovery",
      "staging",
      "test",
      "development",
      "sandbox",
      "preview",
    ]);
    expect(hull.walls.map(({ isWall }) => isWall)).toEqual([false, true, true, true, false, true]);
    const isolated = environments.map((each) => (each.name === "sandbox" ? { ...each, isolated: true } : each));
    expect(hullOf({ ...crowded, environments: isolated }, []).walls.map(({ isWall }) => isWall)).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  test("shows influence upwards, disclosure downwards, people from outside", () => {
    const { crossings, others } = crossingsOf(violated);
    const { leaks, boardings } = hullOf(violated, crossings);
    expect(leaks.map(({ crossing, start, end }) => [crossing.flow, crossing.verdict, end < start ? "up" : "down"])).toEqual([
      ["influence", "unknown", "up"],
      ["influence", "violated", "up"],
      ["disclosure", "violated", "down"],
    ]);
    expect(boardings.map(({ crossing, doors }) => crossing?.flow ?? doors?.map(({ kind }) => kind))).toEqual(["people", ["break-glass"]]);
    expect(others.map(({ clause }) => clause)).toEqual(["B1", "B2"]);
  });

  test("draws a way from what stands in no environment, and is whole without doors and services", () => {
    const { doors: _, shared: __, ...older } = violated;
    const result: CheckResult = { ...older, findings: [{ ...first, fromEnvironment: "undeclared", verdict: "unknown" }] };
    expect(hullOf(result, crossingsOf(result).crossings).boardings.map(({ crossing }) => crossing?.from)).toEqual(["undeclared"]);
    expect(renderHtml(result)).toContain("undeclared");
  });

  test("marks a door whose guard is not there", () => {
    const [door] = violated.doors as [NonNullable<CheckResult["doors"]>[number]];
    const unguarded = { ...first, check: "declared-gate-unguarded", statements: [], path: [], to: door.through, from: door.through };
    const { fromEnvironment: _, ...finding } = unguarded;
    expect(renderHtml(violated)).not.toContain("not guarded");
    expect(renderHtml({ ...violated, findings: [finding] })).toContain("gate shop, not guarded");
    expect(renderHtml({ ...violated, findings: [{ ...finding, verdict: "unknown" }] })).toContain("not shown to be guarded");
  });
});

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));

test.skipIf(CHROMIUM === undefined)("the page's script runs under its own policy (needs Chromium: apt-get install chromium)", () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-page-"));
  try {
    writeFileSync(join(folder, "page.html"), renderHtml(violated));
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"];
    const page = execFileSync(
      CHROMIUM as string,
      [...flags, `--user-data-dir=${folder}/profile`, "--dump-dom", `file://${folder}/page.html#finding-46a363ffe001`],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        timeout: 50_000,
      },
    );
    expect(page).toMatch(/<form class="filter" id="filter">/);
    expect(page.slice(page.indexOf('id="finding-46a363ffe001"'))).toMatch(/^[^<]*<details open=""/s);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
