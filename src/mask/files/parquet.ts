// Parquet through a library, a row group at a time. Types that the library would read with a loss are refused, and so are nested ones.
import { createHash } from "node:crypto";
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  type SchemaElement,
} from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { writeAll } from "../dump/statement.ts";
import type { FieldCount, FieldRule } from "../engine/row.ts";
import { MaskError } from "../error.ts";
import type { ColumnFacts } from "../inventory.ts";
import { type FileDone, type FileFormat, type FileMasking, textColumn } from "./format.ts";
import { type ValueMasker, valueMasker } from "./value.ts";

const refused = (file: string, what: string): MaskError =>
  new MaskError("UNREADABLE", `${file}  ${what}\n  Drop the column before, or write the file with another type.`);

/** What comes back as it was: texts, whole numbers, floats and truth values. A decimal or a timestamp is read as a float or to the millisecond. */
function typeOf(
  file: string,
  { name, type, converted_type: converted, logical_type: logical, num_children: children, repetition_type: repetition }: SchemaElement,
): string {
  const kind = logical?.type ?? converted;
  if (children !== undefined || repetition === "REPEATED") throw refused(file, `column ${name} is nested`);
  if (type === "BOOLEAN" && kind === undefined) return "boolean";
  if ((type === "INT32" || type === "INT64") && (kind === undefined || /^(INT_?(32|64)?|INTEGER)$/.test(kind)))
    return type === "INT32" ? "integer" : "bigint";
  if ((type === "FLOAT" || type === "DOUBLE") && kind === undefined) return "double precision";
  if (type === "BYTE_ARRAY" && (kind === "UTF8" || kind === "STRING")) return "text";
  throw refused(file, `column ${name} has type ${[type, kind].filter(Boolean).join(" ")}, which is not read without a loss`);
}

async function open(
  file: string,
): Promise<{ readonly buffer: AsyncBuffer; readonly metadata: FileMetaData; readonly elements: readonly SchemaElement[] }> {
  try {
    const buffer = await asyncBufferFromFile(file);
    const metadata = await parquetMetadataAsync(buffer);
    return { buffer, metadata, elements: metadata.schema.slice(1) };
  } catch (cause) {
    throw new MaskError("UNREADABLE", `${file}  is no Parquet file\n  Write it again: it may not be whole.`, { cause });
  }
}

async function columns(file: string): Promise<readonly ColumnFacts[]> {
  const { elements } = await open(file);
  return elements.map((element) => ({
    ...textColumn(element.name, typeOf(file, element)),
    isNullable: element.repetition_type !== "REQUIRED",
  }));
}

type Row = Readonly<Record<string, unknown>>;

const bytesOf = (value: unknown): Buffer | undefined => (value === null || value === undefined ? undefined : Buffer.from(String(value)));

/** In the type of the column; a mask that is no number cannot stand in one. */
function typed(file: string, { name, type }: SchemaElement, masked: string): unknown {
  if (type === "BYTE_ARRAY") return masked;
  if (type === "BOOLEAN") return masked.startsWith("t");
  const value = type === "INT64" ? BigInt(masked) : Number(masked);
  if (typeof value === "number" && Number.isNaN(value)) throw refused(file, `a mask of column ${name} is no number`);
  return value;
}

function masked(
  file: string,
  element: SchemaElement,
  rows: readonly Row[],
  rule: FieldRule,
  masker: ValueMasker | undefined,
  names: readonly string[],
): unknown[] {
  if (rule.kind === "null") return rows.map(() => null);
  if (masker === undefined) return rows.map((row) => row[element.name] ?? null);
  return rows.map((row) => {
    const value = bytesOf(row[element.name]);
    if (value === undefined) {
      masker.count.nulls++;
      return null;
    }
    const sink = masker.mask(value, 0, value.length, (place) => bytesOf(row[names[place] ?? ""]));
    return typed(file, element, sink.bytes.toString("utf8", 0, sink.at));
  });
}

async function mask(file: string, { rule, columns: names, out }: FileMasking): Promise<FileDone> {
  const { buffer, metadata, elements } = await open(file);
  const kept = elements.filter(({ name }) => rule(name).kind !== "drop");
  const maskers = new Map<string, ValueMasker>();
  for (const { name } of kept) {
    const each = rule(name);
    if (each.kind === "mask") maskers.set(name, valueMasker(each));
  }
  const [root] = metadata.schema;
  const hash = createHash("sha256");
  const writer = new ByteWriter();
  // Statistics of a column hold values of it: those are computed anew from the masked ones. Key-value metadata may hold anything, and is left out.
  const target = new ParquetWriter({ writer, schema: [{ ...(root as SchemaElement), num_children: kept.length }, ...kept] });
  let at = 0;
  for (const group of metadata.row_groups) {
    const count = Number(group.num_rows);
    const rows: readonly Row[] = await parquetReadObjects({ file: buffer, metadata, rowStart: at, rowEnd: at + count });
    at += count;
    await target.write({
      columnData: kept.map((element) => ({
        name: element.name,
        data: masked(file, element, rows, rule(element.name), maskers.get(element.name), names),
      })),
      rowGroupSize: count,
    });
  }
  await target.finish();
  const bytes = writer.getBytes();
  hash.update(bytes);
  writeAll(out, bytes);
  const counts = new Map<string, FieldCount>([...maskers].map(([name, { count }]) => [name, count]));
  return { rows: at, bytes: bytes.length, sha256: hash.digest("hex"), counts };
}

export const parquet: FileFormat = { endings: [".parquet"], columns, mask };
