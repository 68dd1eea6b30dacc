// The masking policy as people write it: what becomes of every column of every table.
import { z } from "zod";

const Options = z.record(z.string(), z.json()).describe("Settings of the masker, as its own page says them.");

const Name = z.string().min(1);

const Mask = z
  .strictObject({
    mask: Name.describe("The masker's name."),
    options: Options.optional(),
    domain: Name.optional().describe(
      "The key domain, when it is not the foreign key's: columns of one domain map equal values to equal values.",
    ),
  })
  .describe("Every value is replaced by what the masker makes of it.");

const Synthetic = z
  .strictObject({
    synthetic: Name.describe("What is made up, such as person.fullName: a method of Faker's."),
    options: Options.optional(),
    domain: Name.optional().describe("The key domain: columns of one domain map equal values to equal values."),
  })
  .describe("Every value is replaced by one that is made up.");

export const ColumnRule = z
  .union([z.enum(["keep", "null", "drop", "inherit"]), z.null(), Mask, Synthetic])
  .describe(
    "`keep`: copied as it is. `null`: emptied. `drop`: the column is left out. `inherit`: as the column that its foreign key points at. Or a masker.",
  );
export type ColumnRule = z.infer<typeof ColumnRule>;

export const TableRule = z
  .union([
    z.enum(["drop", "empty"]),
    z.strictObject({ columns: z.record(Name, ColumnRule).describe("Every column of the table, by name.") }),
  ])
  .describe("`drop`: the table is left out. `empty`: it is there without rows. Or its columns, each with its rule.");
export type TableRule = z.infer<typeof TableRule>;

const Reference = z
  .strictObject({
    from: Name.describe("The table that refers: `public.comments`."),
    columns: z.array(Name).min(1).describe("Its referring columns."),
    to: Name.describe("The table that is referred to."),
    toColumns: z.array(Name).min(1).describe("The columns referred to, in the same order."),
    when: z
      .strictObject({
        column: Name.describe("The column that says which table a row refers to."),
        is: z.string().describe("Its value in rows that refer to this table."),
      })
      .optional()
      .describe("For a polymorphic reference: in which rows it holds."),
  })
  .describe("A reference that the database does not know as a foreign key.");
export type Reference = z.infer<typeof Reference>;

const AnonymityRule = z
  .strictObject({
    table: Name.describe("The table: `public.patients`."),
    columns: z.array(Name).min(1).describe("Its quasi-identifiers: columns that together can tell who somebody is."),
    k: z.int().min(2).describe("In the masked data, rows that share all of them must be at least so many."),
    sensitive: Name.optional().describe("A column that must not be the same in all of them."),
    l: z.int().min(2).optional().describe("How many distinct values of it there must be among them."),
  })
  .describe("What verification measures: k-anonymity, and l-diversity where a sensitive column is named.");

export const MaskingPolicy = z
  .strictObject({
    masking: z.literal(1).describe("The version of this format."),
    tables: z.record(Name, TableRule).describe("Every table, as `schema.table`; partitions are ruled by their table."),
    references: z.array(Reference).default([]).describe("References that are not declared as foreign keys in the database."),
    anonymity: z.array(AnonymityRule).default([]).describe("Quasi-identifiers, and how many must share them."),
    comments: z.enum(["drop", "keep"]).default("drop").describe("Comments on tables and columns, which may hold data."),
    privileges: z.enum(["drop", "keep"]).default("drop").describe("Owners and grants; the roles must then exist in the target."),
    largeObjects: z
      .enum(["refuse", "drop"])
      .default("refuse")
      .describe("Large objects are never copied: a database that holds some is refused, unless they are to be left out."),
    materializedViews: z
      .enum(["refresh", "empty", "drop"])
      .default("refresh")
      .describe("Materialized views: computed anew from masked rows, left without rows, or left out."),
  })
  .describe("What becomes of every column of every table when production data comes down.");
export type MaskingPolicy = z.infer<typeof MaskingPolicy>;
