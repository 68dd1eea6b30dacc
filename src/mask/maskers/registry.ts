// Every masker there is, and how one is compiled for a column.
import type { Column, Masker, Maskers, Masking } from "../masker.ts";
import type { Prf } from "../prf/prf.ts";
import { type Choice, compileChoice } from "./choice.ts";
import { masker as address } from "./address/masker.ts";
import { masker as array } from "./array/masker.ts";
import { masker as bytes } from "./bytes/masker.ts";
import { masker as card } from "./card/masker.ts";
import { masker as city } from "./city/masker.ts";
import { masker as composite } from "./composite/masker.ts";
import { masker as constant } from "./constant/masker.ts";
import { masker as date } from "./date/masker.ts";
import { masker as digits } from "./digits/masker.ts";
import { masker as email } from "./email/masker.ts";
import { masker as freeText } from "./free-text/masker.ts";
import { masker as hash } from "./hash/masker.ts";
import { masker as hstore } from "./hstore/masker.ts";
import { masker as iban } from "./iban/masker.ts";
import { masker as integer } from "./integer/masker.ts";
import { masker as ip } from "./ip/masker.ts";
import { masker as json } from "./json/masker.ts";
import { masker as label } from "./label/masker.ts";
import { masker as mac } from "./mac/masker.ts";
import { masker as name } from "./name/masker.ts";
import { masker as number } from "./number/masker.ts";
import { masker as path } from "./path/masker.ts";
import { masker as phone } from "./phone/masker.ts";
import { masker as postcode } from "./postcode/masker.ts";
import { masker as range } from "./range/masker.ts";
import { masker as redact } from "./redact/masker.ts";
import { masker as synthetic } from "./synthetic/masker.ts";
import { masker as text } from "./text/masker.ts";
import { masker as tsvector } from "./tsvector/masker.ts";
import { masker as url } from "./url/masker.ts";
import { masker as uuid } from "./uuid/masker.ts";
import { masker as xml } from "./xml/masker.ts";

/** Only `chosen` hands a masker its options, and only after its own schema has read them: which type they have may be forgotten here. */
const forgetting = <O>(masker: Masker<O>): Masker<unknown> => masker as unknown as Masker<unknown>;

const all: readonly Masker<unknown>[] = [
  forgetting(address),
  forgetting(array),
  forgetting(bytes),
  forgetting(card),
  forgetting(city),
  forgetting(composite),
  forgetting(constant),
  forgetting(date),
  forgetting(digits),
  forgetting(email),
  forgetting(freeText),
  forgetting(hash),
  forgetting(hstore),
  forgetting(iban),
  forgetting(integer),
  forgetting(ip),
  forgetting(json),
  forgetting(label),
  forgetting(mac),
  forgetting(name),
  forgetting(number),
  forgetting(path),
  forgetting(phone),
  forgetting(postcode),
  forgetting(range),
  forgetting(redact),
  forgetting(synthetic),
  forgetting(text),
  forgetting(tsvector),
  forgetting(url),
  forgetting(uuid),
  forgetting(xml),
];

export const maskers: Maskers = new Map(all.map((masker) => [masker.id, masker]));

/** `prf` is that of the column's key domain. Throws `MaskError` where the choice cannot stand on the column. */
export const compileMasking = (choice: Choice, column: Column, prf: Prf): Masking => compileChoice(choice, column, prf, maskers);
