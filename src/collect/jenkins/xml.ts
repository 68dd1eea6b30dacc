// Jenkins' XML → elements with their lines: as much of XML as its settings use, and no more.

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Own text, without that of the elements inside. */
  readonly text: string;
  readonly line: number;
}

export type XmlResult =
  | { readonly ok: true; readonly root: Element }
  | { readonly ok: false; readonly what: string; readonly line: number };

/** Threat: attacker-controlled files. No entity is expanded but the five of XML and numbers, so none can grow (XML 1.0, sections 4.1 and 4.6). */
const MOST_ELEMENTS = 100_000;
const DEEPEST = 200;

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

const decoded = (text: string): string =>
  text.replaceAll(/&(?:#x([\da-fA-F]{1,6})|#(\d{1,7})|(\w{1,8}));/g, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/** A name begins where no name goes on: a long one is looked at once. */
const ATTRIBUTE = /(?<![\w:.-])([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  readonly texts: string[];
  readonly line: number;
}

export function readXml(text: string): XmlResult {
  const root: Open = { name: "", attributes: {}, children: [], texts: [], line: 1 };
  const stack: Open[] = [root];
  let at = 0;
  let line = 1;
  let elements = 0;
  const refuse = (what: string): XmlResult => ({ ok: false, what, line });
  const move = (to: number): string => {
    const passed = text.slice(at, to);
    for (let i = passed.indexOf("\n"); i >= 0; i = passed.indexOf("\n", i + 1)) line++;
    at = to;
    return passed;
  };
  while (at < text.length) {
    const open = stack.at(-1) as Open;
    const next = text.indexOf("<", at);
    open.texts.push(decoded(move(next < 0 ? text.length : next)));
    if (next < 0) break;
    const special = SPECIAL.find(([start]) => text.startsWith(start, at));
    if (special !== undefined) {
      const end = text.indexOf(special[1], at + special[0].length);
      if (end < 0) return refuse(`a ${special[0]} that does not end`);
      const passed = move(end + special[1].length);
      if (special[0] === "<![CDATA[") open.texts.push(passed.slice("<![CDATA[".length, -"]]>".length));
      continue;
    }
    if (text.startsWith("<!", at)) return refuse("a document type, which settings of Jenkins do not have");
    const end = endOfTag(text, at);
    if (end < 0) return refuse("a tag that does not end");
    const start = line;
    const tag = move(end + 1).slice(1, -1);
    if (++elements > MOST_ELEMENTS) return refuse(`more than ${MOST_ELEMENTS} elements`);
    if (tag.startsWith("/")) {
      if (stack.length === 1 || open.name !== tag.slice(1).trim()) return refuse(`</${tag.slice(1).trim()}> closes nothing`);
      stack.pop();
      (stack.at(-1) as Open).children.push(closed(open));
      continue;
    }
    const begun = begin(tag, start);
    if (tag.endsWith("/")) open.children.push(closed(begun));
    else if (stack.length >= DEEPEST) return refuse(`it is nested deeper than ${DEEPEST} levels`);
    else stack.push(begun);
  }
  const [first] = root.children;
  if (stack.length > 1) return refuse(`<${stack.at(-1)?.name ?? ""}> is not closed`);
  return first === undefined ? refuse("no element") : { ok: true, root: first };
}

const SPECIAL: readonly (readonly [string, string])[] = [
  ["<![CDATA[", "]]>"],
  ["<!--", "-->"],
  ["<?", "?>"],
];

/** A `>` inside a quoted value ends no tag. */
function endOfTag(text: string, from: number): number {
  let quote = "";
  for (let at = from; at < text.length; at++) {
    const char = text[at] as string;
    if (quote !== "") quote = char === quote ? "" : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === ">") return at;
  }
  return -1;
}

function begin(tag: string, line: number): Open {
  const name = /^[^\s/]*/.exec(tag)?.[0] ?? "";
  const attributes = Object.fromEntries(
    [...tag.slice(name.length).matchAll(ATTRIBUTE)].map((found) => [found[1] ?? "", decoded(found[2] ?? found[3] ?? "")]),
  );
  return { name, attributes, children: [], texts: [], line };
}

const closed = ({ name, attributes, children, texts, line }: Open): Element => ({ name, attributes, children, text: texts.join(""), line });

export const child = (element: Element | undefined, name: string): Element | undefined =>
  element?.children.find((one) => one.name === name);

export const textAt = (element: Element | undefined, ...path: readonly string[]): string | undefined => {
  let at = element;
  for (const name of path) at = child(at, name);
  const text = at?.text.trim();
  return text === "" ? undefined : text;
};

/** Elements of these names, however deep. */
export function* every(element: Element, name: RegExp): Generator<Element> {
  const queue = [element];
  for (const at of queue) {
    if (name.test(at.name)) yield at;
    queue.push(...at.children);
  }
}
