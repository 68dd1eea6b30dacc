// Where a fact was read: every entity, rule, grant and gap can say so.

/** A place in a file. `pointer` is a JSON Pointer (RFC 6901) into the document; `line` (from 1) is filled in late, for what is shown. */
export interface Source {
  /** Path relative to the folder that was checked. */
  readonly file: string;
  readonly pointer?: string;
  /** Index of the document in a multi-document YAML file, from 0. */
  readonly document?: number;
  readonly line?: number;
}

/**
 * The source one or more levels further in. Escapes `~` and `/` as RFC 6901 section 3 asks. A line of a text that is no document has no further
 * levels, and stays what it is.
 */
export const inside = (source: Source, ...keys: readonly (string | number)[]): Source =>
  source.line !== undefined && source.pointer === undefined
    ? source
    : {
        ...source,
        pointer: (source.pointer ?? "") + keys.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
      };
