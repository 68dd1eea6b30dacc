// Files that nobody would write: whatever they hold is read or refused, in time that stays in proportion to the file.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { looksLikePipeline, readJenkinsfile } from "./pipeline/read.ts";
import { readXml } from "./xml.ts";

const reading = (text: string) => readJenkinsfile(text, "Jenkinsfile", 1, () => "0f");

const PARTS =
  "pipeline|node|stage('a')|steps|{|}|(|)|[|]|,|:|sh 'x'|\"${|\"|'|'''|\"\"\"|$/|/$|/|//|/*|*/|\\|def x =|if (a)|else|try|catch (e)|->|@|@Library('a')|\n|;|.|?.|a|1|parallel|input|switch (a)|case 1:|for (a in b)|class A|new A|return|throw|!|==|&&|? |<|>|\u0000|é".split(
    "|",
  );

test("any text is read, or refused with a reason", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PARTS), { maxLength: 60 }), fc.constantFrom("", " "), (parts, between) => {
      const text = parts.join(between);
      looksLikePipeline(text);
      const { pipeline, problems } = reading(text);
      expect(pipeline !== undefined || problems.some((problem) => problem.isFatal)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

describe("what is deep or multiplies ends", () => {
  const deep = (open: string, close: string): string => `node { ${open.repeat(50_000)}${close.repeat(50_000)} }`;
  test.each([
    ["closures", deep("a {", "}")],
    ["lists", `node { x = ${"[".repeat(50_000)}${"]".repeat(50_000)} }`],
    ["parentheses", `node { x = ${"(".repeat(50_000)} }`],
    ["negations", `node { x = ${"!".repeat(50_000)}a }`],
    ["conditions", `node { x = ${"a ? ".repeat(50_000)} }`],
    ["else", `node { ${"if (a) { b() } else ".repeat(20_000)} c() }`],
    ["strings in strings", `node { sh "${'${"'.repeat(20_000)} }`],
    ["assignments", `node { ${"a = ".repeat(50_000)}b }`],
    ["operators", `node { x = a${" + a".repeat(60_000)} }`],
    ["members", `node { a${".b".repeat(60_000)}() }`],
    ["slashes", `node { x = ${"a = / ".repeat(60_000)} }`],
    ["calls", `node { ${"a(".repeat(50_000)} }`],
    ["arrows", `node { ${"{ a ".repeat(50_000)} }`],
  ])("%s", (_name, text) => {
    const { pipeline, problems } = reading(text);
    expect(pipeline !== undefined || problems.length > 0).toBe(true);
  });

  test("methods that call methods twice", () => {
    const methods = Array.from({ length: 30 }, (_, at) => `def m${at}() { m${at + 1}()\n m${at + 1}() }`).join("\n");
    const { pipeline, problems } = reading(`${methods}\ndef m30() { sh 'x' }\nnode { m0() }`);
    expect(pipeline).toBeUndefined();
    expect(problems.map((problem) => problem.what)).toContain("it comes to more than 20000 steps");
  });

  test("more text than a pipeline has", () => {
    const { pipeline, problems } = reading(`node { sh 'x' }\n${" ".repeat((1 << 20) + 1)}`);
    expect(pipeline).toBeUndefined();
    expect(problems.map((problem) => problem.what).join()).toContain("characters");
  });
});

describe("XML", () => {
  test("a document type, which could make entities, is refused", () => {
    expect(readXml('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')).toMatchObject({ ok: false });
  });

  test("nested too deep, or not closed, is refused", () => {
    expect(readXml("<a>".repeat(100_000))).toMatchObject({ ok: false });
    expect(readXml("<a><b></a></b>")).toMatchObject({ ok: false, line: 1 });
  });

  test("attributes, text, CDATA and lines", () => {
    const read = readXml("<?xml version='1.1'?>\n<a b='c &gt; d'>\n  <e>f &amp; <![CDATA[<g>]]></e>\n</a>");
    expect(read).toMatchObject({
      ok: true,
      root: { name: "a", attributes: { b: "c > d" }, line: 2, children: [{ name: "e", text: "f & <g>", line: 3 }] },
    });
  });

  test("a long name is no attribute, and takes no longer for that", () => {
    expect(readXml(`<a ${"b".repeat(200_000)}/>`)).toMatchObject({ ok: true, root: { attributes: {} } });
  });

  test("any text is read or refused", () => {
    const part = fc.constantFrom("<a>", "</a>", "<a/>", "<", ">", "<!--", "-->", "<![CDATA[", "]]>", "&lt;", "&x", '"', "text", "\n");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        expect(typeof readXml(parts.join("")).ok).toBe("boolean");
      }),
    );
  });
});
