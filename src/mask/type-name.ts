// One name for a type that engines and people call by several.

/** PostgreSQL documentation, table 8.1, column "Aliases"; and what MySQL calls the nearest type. */
const ALIASES: Readonly<Record<string, string>> = {
  int8: "bigint",
  int: "integer",
  int4: "integer",
  int2: "smallint",
  tinyint: "smallint",
  mediumint: "integer",
  serial: "integer",
  serial4: "integer",
  bigserial: "bigint",
  serial8: "bigint",
  smallserial: "smallint",
  serial2: "smallint",
  bool: "boolean",
  varchar: "character varying",
  nvarchar: "character varying",
  char: "character",
  nchar: "character",
  bpchar: "character",
  "double precision": "double precision",
  float8: "double precision",
  float: "double precision",
  double: "double precision",
  float4: "real",
  decimal: "numeric",
  varbit: "bit varying",
  timestamp: "timestamp without time zone",
  datetime: "timestamp without time zone",
  timestamptz: "timestamp with time zone",
  time: "time without time zone",
  timetz: "time with time zone",
  string: "text",
  tinytext: "text",
  mediumtext: "text",
  longtext: "text",
  blob: "bytea",
  tinyblob: "bytea",
  mediumblob: "bytea",
  longblob: "bytea",
  binary: "bytea",
  varbinary: "bytea",
};

/** Without modifiers and schema, in the form of `format_type`: `pg_catalog.varchar(20)` is `character varying`; of an array, its element's with `[]`. */
export function canonicalType(name: string): string {
  const bare = name
    .toLowerCase()
    .replace(/^pg_catalog\./, "")
    .replaceAll(/\s*\([^)]*\)/g, "")
    .replaceAll(/\s+/g, " ")
    .replace(/ unsigned$/, "")
    .trim();
  if (bare.endsWith("[]")) return `${canonicalType(bare.replace(/(\[\])+$/, ""))}[]`;
  if (bare.startsWith("_")) return `${canonicalType(bare.slice(1))}[]`;
  return ALIASES[bare] ?? bare;
}
