// Every masker there is, and how one is compiled for a column.
import type { Column, Masker, Maskers, Masking } from "../masker.ts";
import type { Prf } from "../prf/prf.ts";
import { type Choice, compileChoice } from "./choice.ts";
import { masker as constant } from "./constant/masker.ts";
import { masker as date } from "./date/masker.ts";
import { masker as digits } from "./digits/masker.ts";
import { masker as email } from "./email/masker.ts";
import { masker as hash } from "./hash/masker.ts";
import { masker as integer } from "./integer/masker.ts";
import { masker as label } from "./label/masker.ts";
import { masker as name } from "./name/masker.ts";
import { masker as number } from "./number/masker.ts";
import { masker as redact } from "./redact/masker.ts";
import { masker as text } from "./text/masker.ts";
import { masker as uuid } from "./uuid/masker.ts";

/** Only `chosen` hands a masker its options, and only after its own schema has read them: which type they have may be forgotten here. */
const forgetting = <O>(masker: Masker<O>): Masker<unknown> => masker as unknown as Masker<unknown>;

const all: readonly Masker<unknown>[] = [
  forgetting(constant),
  forgetting(date),
  forgetting(digits),
  forgetting(email),
  forgetting(hash),
  forgetting(integer),
  forgetting(label),
  forgetting(name),
  forgetting(number),
  forgetting(redact),
  forgetting(text),
  forgetting(uuid),
];

export const maskers: Maskers = new Map(all.map((masker) => [masker.id, masker]));

/** `prf` is that of the column's key domain. Throws `MaskError` where the choice cannot stand on the column. */
export const compileMasking = (choice: Choice, column: Column, prf: Prf): Masking => compileChoice(choice, column, prf, maskers);
