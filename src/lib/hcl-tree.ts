// What a file in HashiCorp's configuration language says, as plain data: attributes and blocks with their lines, expressions not yet worked out.
import type { Json } from "./json.ts";

/** `resource "aws_iam_role" "deploy" { … }`, or the file itself. */
export interface HclBody {
  readonly attributes: readonly HclAttribute[];
  readonly blocks: readonly HclBlock[];
}

export interface HclAttribute {
  readonly name: string;
  readonly line: number;
  readonly value: HclExpression;
}

export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  readonly line: number;
  readonly body: HclBody;
}

/** A document of this form is what parseBytes gives of a file in this language. */
export interface HclFile {
  readonly hcl: HclBody;
}

/** `aws_iam_role.deploy[0].arn`: the root `aws_iam_role` and steps; `*` stands for a splat. */
export interface HclReference {
  readonly is: "reference";
  readonly root: string;
  readonly steps: readonly (string | { readonly index: HclExpression })[];
}

export type HclExpression =
  | { readonly is: "literal"; readonly value: Json }
  | { readonly is: "list"; readonly items: readonly HclExpression[] }
  | { readonly is: "object"; readonly members: readonly { readonly key: HclExpression; readonly value: HclExpression }[] }
  /** Texts and interpolations, one after another. */
  | { readonly is: "template"; readonly parts: readonly HclExpression[] }
  | HclReference
  | { readonly is: "call"; readonly name: string; readonly arguments: readonly HclExpression[] }
  | { readonly is: "choice"; readonly test: HclExpression; readonly yes: HclExpression; readonly no: HclExpression }
  | { readonly is: "operation"; readonly operator: string; readonly operands: readonly HclExpression[] }
  /** What is not told apart further: loops, directives, what comes after a call. Its parts are there for what they refer to. */
  | { readonly is: "other"; readonly parts: readonly HclExpression[] };
