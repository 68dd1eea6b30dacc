// What the Terraform collector reads: observations of the systems that Terraform manages, and pieces of them that other resources add to.
import type { Json } from "../../lib/json.ts";
import type { HclBody } from "../../lib/hcl-tree.ts";
import type { Scope } from "../manifest.ts";
import type { Source } from "../source.ts";
import type { AwsEksAccessEntry, AwsGroup, AwsObservation, AwsPrincipalName, AwsRole, AwsUser, NamedPolicy } from "./aws.ts";
import type { GithubObservation } from "./github.ts";
import type { KubernetesObservation } from "./kubernetes.ts";

/**
 * One file of Terraform's language, secrets taken out. What it makes shows only beside the other files of its folder, so the collector's `join` reads
 * it, and planes never see one.
 */
export interface TerraformSource {
  readonly kind: "terraform/source";
  readonly source: Source;
  readonly scope?: Scope;
  readonly body: HclBody;
  /** Of the list that `terraform init` writes: the folders of fetched modules, from the root's on, by their keys. */
  readonly fetched?: Readonly<Record<string, string>>;
}

/**
 * One resource of Terraform tells a piece: a role, or a policy attached to it. The collector puts the pieces of every file together; a plan adds
 * and takes pieces from an estate that was read. Planes never see one.
 */
export type TerraformPart = {
  readonly kind: "terraform/part";
  readonly source: Source;
} & (
  | { readonly part: "whole"; readonly observation: AwsObservation | KubernetesObservation | GithubObservation }
  /** Policies come by pieces of their own; `inline` and `managed` are empty. */
  | { readonly part: "principal"; readonly principal: AwsRole | AwsUser | AwsGroup }
  | { readonly part: "attached"; readonly of: AwsPrincipalName; readonly policy: string }
  | { readonly part: "inline"; readonly of: AwsPrincipalName; readonly policy: NamedPolicy }
  | { readonly part: "member"; readonly of: AwsPrincipalName; readonly group: string }
  | { readonly part: "profile"; readonly of: AwsPrincipalName; readonly profile: string }
  | { readonly part: "public-access"; readonly bucket: string; readonly restricts: boolean }
  /** One statement of a function's policy; they are many resources of Terraform, and one policy of Lambda. */
  | { readonly part: "statement"; readonly arn: string; readonly account: string; readonly id: string; readonly statement: Json }
  | {
      readonly part: "access-policy";
      readonly cluster: string;
      readonly principal: string;
      readonly policy: AwsEksAccessEntry["policies"][number];
    }
);
