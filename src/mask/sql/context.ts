// The keyed function, said in SQL, so that an engine or a warehouse masks as the maskers do: same key, same values.
import type { Column, Dialect, SqlContext } from "../masker.ts";
import { chosen, type Choice } from "../maskers/choice.ts";
import { maskers } from "../maskers/registry.ts";
import { createPrf, keyBlock } from "../prf/prf.ts";

interface Words {
  /** 64 lower-case digits of SHA-256 over bytes. */
  readonly sha256: (bytes: string) => string;
  readonly blob: (hex: string) => string;
  /** The length of bytes as four bytes, big-endian. */
  readonly length: (bytes: string) => string;
  readonly utf8: (text: string) => string;
  /** Eight hexadecimal digits as a number. */
  readonly number: (digits: string) => string;
  readonly list: (texts: readonly string[]) => string;
  readonly at: (list: string, place: string) => string;
  readonly shift: (number: string, bits: number) => string;
  readonly concat: (parts: readonly string[]) => string;
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const DIALECTS: Readonly<Record<Dialect, Words>> = {
  // PostgreSQL documentation, sections 9.4, 9.5 and 9.6.
  postgres: {
    sha256: (bytes) => `encode(sha256(${bytes}), 'hex')`,
    blob: (hex) => `'\\x${hex}'::bytea`,
    length: (bytes) => `int4send(octet_length(${bytes}))`,
    utf8: (text) => `convert_to((${text})::text, 'UTF8')`,
    number: (digits) => `('x' || ${digits})::bit(32)::bigint`,
    list: (texts) => `ARRAY[${texts.map(quoted).join(",")}]::text[]`,
    at: (list, place) => `(${list})[(${place})::int]`,
    shift: (number, bits) => `((${number}) >> ${bits})`,
    concat: (parts) => parts.join(" || "),
  },
  // DuckDB documentation, "Blob Functions", "Text Functions", "List Type".
  duckdb: {
    sha256: (bytes) => `sha256(${bytes})`,
    blob: (hex) => `unhex('${hex}')`,
    length: (bytes) => `unhex(printf('%08x', octet_length(${bytes})))`,
    utf8: (text) => `encode((${text})::VARCHAR)`,
    number: (digits) => `('0x' || ${digits})::BIGINT`,
    list: (texts) => `[${texts.map(quoted).join(",")}]`,
    at: (list, place) => `(${list})[${place}]`,
    shift: (number, bits) => `((${number}) >> ${bits})`,
    concat: (parts) => parts.join(" || "),
  },
  // Spark SQL documentation, "Built-in Functions".
  spark: {
    sha256: (bytes) => `sha2(${bytes}, 256)`,
    blob: (hex) => `unhex('${hex}')`,
    length: (bytes) => `unhex(lpad(hex(octet_length(${bytes})), 8, '0'))`,
    utf8: (text) => `encode(cast(${text} as string), 'UTF-8')`,
    number: (digits) => `cast(conv(${digits}, 16, 10) as bigint)`,
    list: (texts) => `array(${texts.map(quoted).join(",")})`,
    at: (list, place) => `element_at(${list}, cast(${place} as int))`,
    shift: (number, bits) => `shiftright(${number}, ${bits})`,
    concat: (parts) => `concat(${parts.join(", ")})`,
  },
};

/** THREAT: the expression holds a key derived for one domain and masker: it belongs where production may be read, and in no log. */
export function sqlContext(dialect: Dialect, key: Uint8Array, domain: string, value: string): SqlContext {
  const words = DIALECTS[dialect];
  const block = (purposes: readonly string[]): string => Buffer.from(keyBlock(key, [domain, ...purposes])).toString("hex");
  return {
    dialect,
    value,
    concat: words.concat,
    keyed: (purposes, body, alsoEmpty = false) => {
      const hash = words.sha256(words.concat([words.blob(block(purposes)), words.length("b"), "b"]));
      const word = (index: number): string => words.number(`substr(h, ${index * 8 + 1}, 8)`);
      const pick = (index: number, from: readonly string[]): string =>
        words.at(words.list(from), `${words.shift(`${word(index)} * ${from.length}`, 32)} + 1`);
      const digit = (index: number, bits: number, alphabet: string): string =>
        `substr(${quoted(alphabet)}, cast(${words.shift(word(index), bits)} % 32 as int) + 1, 1)`;
      const masked = `(SELECT ${body({ hex: "h", pick, digit })} FROM (SELECT ${hash} AS h FROM (SELECT ${words.utf8(value)} AS b) AS bytes) AS hashed)`;
      // What is empty says nothing, and stays empty.
      return alsoEmpty ? masked : `CASE WHEN ${value} = '' THEN ${value} ELSE ${masked} END`;
    },
    prf: (purposes) => purposes.reduce((prf, purpose) => prf.derive(purpose), createPrf(key).derive(domain)),
  };
}

/** The expression for a column's masked value; undefined where the masker cannot be said in SQL. */
export function sqlFor(choice: Choice, column: Column, dialect: Dialect, key: Uint8Array, value: string): string | undefined {
  const resolved = chosen(choice, maskers);
  if (!resolved.ok) return undefined;
  const { masker, options } = resolved.value;
  return masker.sql?.(options, column, sqlContext(dialect, key, column.domain, value));
}
