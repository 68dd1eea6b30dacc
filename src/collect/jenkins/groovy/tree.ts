// The tree of a Groovy file, as far as pipelines use the language: what the parser gives and the pipeline's readers walk.

/** A value or a call. `line` is where it begins, from 1. */
export type Expression =
  | {
      readonly kind: "text";
      readonly value: string;
      /** It holds `${…}` or `$name`, which stand in it as written. */ readonly isOpen: boolean;
      readonly line: number;
    }
  | { readonly kind: "literal"; readonly value: number | boolean | null; readonly line: number }
  | { readonly kind: "name"; readonly name: string; readonly line: number }
  | { readonly kind: "list"; readonly items: readonly Expression[]; readonly line: number }
  | { readonly kind: "map"; readonly entries: readonly Argument[]; readonly line: number }
  | { readonly kind: "closure"; readonly body: readonly Statement[]; readonly line: number }
  | { readonly kind: "member"; readonly of: Expression; readonly name: string; readonly line: number }
  | {
      readonly kind: "call";
      readonly on?: Expression;
      readonly name: string;
      readonly arguments: readonly Argument[];
      readonly line: number;
    }
  /** Operators, indexing, casts: their parts are kept, what they come to is not worked out. */
  | { readonly kind: "operation"; readonly operator: string; readonly parts: readonly Expression[]; readonly line: number };

/** `name: value`, or a value alone. A name that is no literal (`(key): value`) has none. */
export interface Argument {
  readonly name?: string;
  readonly value: Expression;
}

export type Statement =
  | { readonly kind: "expression"; readonly value: Expression; readonly line: number }
  | { readonly kind: "assign"; readonly name: string; readonly value?: Expression; readonly line: number }
  | {
      readonly kind: "if";
      readonly condition: Expression;
      readonly holds: readonly Statement[];
      readonly otherwise: readonly Statement[];
      readonly line: number;
    }
  | { readonly kind: "loop"; readonly over?: Expression; readonly body: readonly Statement[]; readonly line: number }
  | {
      readonly kind: "try";
      readonly body: readonly Statement[];
      readonly handlers: readonly (readonly Statement[])[];
      readonly after: readonly Statement[];
      readonly line: number;
    }
  | { readonly kind: "method"; readonly name: string; readonly body: readonly Statement[]; readonly line: number }
  | {
      readonly kind: "leave";
      readonly word: "return" | "throw" | "break" | "continue";
      readonly value?: Expression;
      readonly line: number;
    };

/** A part of the file that was passed over, and why. */
export interface Passed {
  readonly what: string;
  readonly line: number;
}

/** `@Library('shared@main') _`. */
export interface Annotation {
  readonly name: string;
  readonly arguments: readonly Argument[];
  readonly line: number;
}

export interface GroovyFile {
  readonly statements: readonly Statement[];
  readonly annotations: readonly Annotation[];
  readonly passed: readonly Passed[];
}
