// What the charter declares somebody to have in custody: expected, capped in number and compensated for.
import type { Charter } from "../../charter/schema.ts";
import { globMatches } from "../../lib/glob.ts";

/** Whether the person is a declared custodian of the thing, or of an organization, group or folder that it is in. */
export const isCustodianOf = ({ custodians }: Charter, person: string, id: string): boolean =>
  custodians.some(
    ({ who, of }) => who === `person:${person}` && of.some((pattern) => withAbove(id).some((each) => globMatches(pattern, each))),
  );

/** `github:acme/shop`, `github:acme`. */
function withAbove(id: string): readonly string[] {
  if (!/^(?:github|gitlab|jenkins|azure):[^#]+$/.test(id)) return [id];
  const parts = id.split("/");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("/"));
}

/** Whether somebody is, whoever. */
export const isInCustody = ({ custodians }: Charter, id: string): boolean =>
  custodians.some(({ who, of }) => who === id || of.some((pattern) => globMatches(pattern, id)));
