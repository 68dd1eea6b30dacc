// Trust policies in the forms that AWS's own consoles and guides write.
import { ACCOUNTS, ISSUER, ORG } from "../names.ts";
import type { AccountName, ClusterName, RepositoryName } from "../names.ts";

export type Document = { readonly Version: "2012-10-17"; readonly Id?: string; readonly Statement: readonly object[] };

export const policy = (...statements: readonly object[]): Document => ({ Version: "2012-10-17", Statement: statements });

export const allow = (action: string | readonly string[], resource: string | readonly string[], condition?: object): object => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
  ...(condition && { Condition: condition }),
});

export const service = (name: string): Document => policy({ Effect: "Allow", Principal: { Service: name }, Action: "sts:AssumeRole" });

/** Whoever the other principals are, they name this role in their own policies too: across accounts both sides must allow. */
export const principals = (arns: string | readonly string[], condition?: object): Document =>
  policy({ Effect: "Allow", Principal: { AWS: arns }, Action: "sts:AssumeRole", ...(condition && { Condition: condition }) });

const GITHUB = "token.actions.githubusercontent.com";

/** Which jobs of which repository: `subject` is what follows `repo:ORG/REPO:`. */
export interface Jobs {
  readonly repository: RepositoryName;
  readonly subject: string;
}

/** Subjects with `*` are compared by StringLike, others by StringEquals. */
export function githubTrust(account: AccountName, ...jobs: readonly Jobs[]): Document {
  const subjects = jobs.map((job) => `repo:${ORG}/${job.repository}:${job.subject}`);
  const sub = { [`${GITHUB}:sub`]: subjects.length === 1 ? subjects[0] : subjects };
  const aud = { [`${GITHUB}:aud`]: "sts.amazonaws.com" };
  return policy({
    Effect: "Allow",
    Principal: { Federated: `arn:aws:iam::${ACCOUNTS[account]}:oidc-provider/${GITHUB}` },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: subjects.some((text) => text.includes("*")) ? { StringEquals: aud, StringLike: sub } : { StringEquals: { ...aud, ...sub } },
  });
}

/** IAM roles for service accounts: the cluster's issuer signs a token that names namespace and service account. */
export function irsaTrust(account: AccountName, cluster: ClusterName, namespace: string, serviceAccount: string): Document {
  const issuer = ISSUER[cluster];
  return policy({
    Effect: "Allow",
    Principal: { Federated: `arn:aws:iam::${ACCOUNTS[account]}:oidc-provider/${issuer}` },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: { [`${issuer}:aud`]: "sts.amazonaws.com", [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}` },
    },
  });
}

export const podIdentityTrust = (): Document =>
  policy({ Effect: "Allow", Principal: { Service: "pods.eks.amazonaws.com" }, Action: ["sts:AssumeRole", "sts:TagSession"] });

/** The trust of a role that IAM Identity Center made for a permission set. */
export const ssoTrust = (account: AccountName): Document =>
  policy({
    Effect: "Allow",
    Principal: { Federated: `arn:aws:iam::${ACCOUNTS[account]}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE` },
    Action: ["sts:AssumeRoleWithSAML", "sts:TagSession"],
    Condition: { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" } },
  });
