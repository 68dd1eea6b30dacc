// Attributes that nobody writes and that follow from what is written: the id of a role is its name, the ARN of a bucket is made of its name.
import { isObject } from "../../../lib/json.ts";
import { FORMS } from "../names.ts";
import { known, textOf, UNKNOWN, type Value } from "./value.ts";

/** What `id` and the other names of a thing repeat (Terraform AWS provider, "Attribute Reference" of each). */
const SAME: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws_iam_role: { id: "name" },
  aws_iam_user: { id: "name" },
  aws_iam_group: { id: "name" },
  aws_iam_instance_profile: { id: "name" },
  aws_s3_bucket: { id: "bucket" },
  aws_ecr_repository: { id: "name" },
  aws_eks_cluster: { id: "name" },
  aws_lambda_function: { id: "function_name" },
  kubernetes_namespace: { id: "metadata" },
};

const IAM: Readonly<Record<string, string>> = {
  aws_iam_role: "role",
  aws_iam_user: "user",
  aws_iam_group: "group",
  aws_iam_policy: "policy",
  aws_iam_instance_profile: "instance-profile",
};

interface Where {
  readonly account?: string;
  readonly region: (provider: string) => string | undefined;
}

export function computed(type: string, attribute: string, read: (name: string) => Value, where: Where): Value {
  const same = SAME[type]?.[attribute];
  if (same !== undefined) {
    const value = read(same);
    return isObject(value.json) ? UNKNOWN : value;
  }
  return attribute === "arn" ? arnOf(type, read, where) : UNKNOWN;
}

/** As AWS forms it, in the account of the default provider. */
function arnOf(type: string, read: (name: string) => Value, { account, region }: Where): Value {
  if (type === "aws_s3_bucket") {
    const bucket = textOf(read("bucket"));
    return bucket === undefined ? UNKNOWN : known(`arn:aws:s3:::${bucket}`);
  }
  if (account === undefined) return UNKNOWN;
  const kind = IAM[type];
  if (kind !== undefined) {
    const [name, path] = [textOf(read("name")), read("path")];
    const written = path === UNKNOWN ? "/" : textOf(path);
    return name === undefined || written === undefined ? UNKNOWN : known(`arn:aws:iam::${account}:${kind}${written}${name}`);
  }
  const form = FORMS[type];
  const [name, there] = [form?.name === undefined ? undefined : textOf(read(form.name)), region("aws")];
  // What AWS adds a random ending to has an ARN that nobody knows beforehand.
  if (!form || name === undefined || there === undefined || form.service === "secretsmanager") return UNKNOWN;
  return known(`arn:aws:${form.service}:${there}:${account}:${form.resource}${name}`);
}
