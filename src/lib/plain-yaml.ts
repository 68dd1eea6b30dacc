// YAML text of the plain kind → values, several times as fast as the full reader; whatever is not plain is left to that one.
import { type Event, EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import type { ParseLimits } from "./parse-problem.ts";

/** The core schema's plain scalars (YAML 1.2.2, 10.3.2). What is infinite, not a number or out of range keeps its text, as in the full reader. */
const NULL = /^(?:~|[Nn]ull|NULL)?$/;
const BOOLEAN = /^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$/;
const NUMBER = /^(?:[-+]?[0-9]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$/;
/** Octal, hexadecimal, infinite or not a number: rare, and the full reader knows. */
const RARE = /^(?:0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** A block whose indentation is said (YAML 1.2.2, 8.1.1.1): at the top of a document the two readers count it from different columns. */
const SAYS_INDENTATION = /[|>](?:[+-]?[1-9]|[1-9][+-])[ \t]*(?:#.*)?$/m;

/** Thrown inside, so that a text that turns out not to be plain ends the reading from any depth. */
const NOT_PLAIN = Symbol("not plain");

interface Reading {
  readonly text: string;
  readonly events: readonly Event[];
  at: number;
}

/**
 * The documents that have content, as `readYaml` gives them; undefined where the text has anchors, aliases, tags, directives, merge keys, keys
 * that are not plain text or stand twice, or is no YAML at all: what that means, and the words for it, are the full reader's. Both readers pass
 * the YAML Test Suite; that they agree here is held by tests on every file of the corpus and on generated documents.
 */
export function readPlainYaml(text: string, limits: ParseLimits): readonly unknown[] | undefined {
  if (SAYS_INDENTATION.test(text)) return undefined;
  try {
    const reading: Reading = { text, events: parseEvents(text, { maxDepth: limits.depth }), at: 0 };
    const documents: unknown[] = [];
    while (reading.at < reading.events.length) {
      const value = documentOf(reading);
      if (value !== null) documents.push(value);
    }
    return documents;
  } catch {
    return undefined;
  }
}

function documentOf(reading: Reading): unknown {
  const opening = reading.events[reading.at++];
  if (opening?.type !== EVENT_ID.DOCUMENT || opening.directives.length > 0) throw NOT_PLAIN;
  if (reading.events[reading.at]?.type === EVENT_ID.POP) {
    reading.at++;
    return null;
  }
  const value = valueOf(reading);
  if (reading.events[reading.at++]?.type !== EVENT_ID.POP) throw NOT_PLAIN;
  return value;
}

function valueOf(reading: Reading): unknown {
  const event = reading.events[reading.at++];
  if (event === undefined || event.type === EVENT_ID.ALIAS || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP)
    throw NOT_PLAIN;
  if (event.anchorStart !== -1 || event.tagStart !== -1) throw NOT_PLAIN;
  if (event.type === EVENT_ID.SCALAR) return scalarOf(reading.text, event);
  if (event.type === EVENT_ID.SEQUENCE) {
    const values: unknown[] = [];
    while (reading.events[reading.at]?.type !== EVENT_ID.POP) values.push(valueOf(reading));
    reading.at++;
    return values;
  }
  const members: Record<string, unknown> = {};
  while (reading.events[reading.at]?.type !== EVENT_ID.POP) {
    const key = keyOf(reading);
    if (Object.hasOwn(members, key)) throw NOT_PLAIN;
    members[key] = valueOf(reading);
  }
  reading.at++;
  return members;
}

function scalarOf(text: string, event: ScalarEvent): unknown {
  const value = getScalarValue(text, event);
  if (event.style !== SCALAR_STYLE.PLAIN) return value;
  if (NULL.test(value)) return null;
  if (BOOLEAN.test(value)) return value[0] === "t" || value[0] === "T";
  if (RARE.test(value)) throw NOT_PLAIN;
  if (!NUMBER.test(value)) return value;
  const number = Number(value);
  return Number.isFinite(number) ? number : value;
}

/** Threat: `__proto__` by plain assignment would set the prototype; so it is not plain. Nor is `<<`, nor a key that might not be text. */
function keyOf(reading: Reading): string {
  const event = reading.events[reading.at++];
  if (event?.type !== EVENT_ID.SCALAR || event.anchorStart !== -1 || event.tagStart !== -1) throw NOT_PLAIN;
  const key = getScalarValue(reading.text, event);
  if (key === "__proto__" || (event.style === SCALAR_STYLE.PLAIN && (key === "<<" || NULL.test(key)))) throw NOT_PLAIN;
  return key;
}
