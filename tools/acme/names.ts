// The names that systems share: accounts, clusters, hosts, repositories. Ids are those of vendors' documentation.

export const REGION = "eu-west-1";

export const ACCOUNTS = { production: "111122223333", development: "222233334444", tooling: "333344445555" } as const;
export type AccountName = keyof typeof ACCOUNTS;

export const ORGANIZATION = "o-acmeexample";
export const REGISTRY = `${ACCOUNTS.tooling}.dkr.ecr.${REGION}.amazonaws.com`;

export type ClusterName = "production" | "development";
export const CLUSTERS: readonly ClusterName[] = ["production", "development"];

/** The id in a cluster's OIDC issuer. */
export const ISSUER: Readonly<Record<ClusterName, string>> = {
  production: `oidc.eks.${REGION}.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9`,
  development: `oidc.eks.${REGION}.amazonaws.com/id/9F8E7D6C5B4A39281706F5E4D3C2B1A0`,
};

export const DATABASE_HOST: Readonly<Record<ClusterName, string>> = {
  production: `acme-production.cexampleprod.${REGION}.rds.amazonaws.com`,
  development: `acme-development.cexampledev0.${REGION}.rds.amazonaws.com`,
};

export const ORG = "acme";
export const REPOSITORIES = ["shop", "payments", "platform-infrastructure", "website"] as const;
export type RepositoryName = (typeof REPOSITORIES)[number];

export const roleArn = (account: AccountName, name: string): string => `arn:aws:iam::${ACCOUNTS[account]}:role/${name}`;

/** Permission sets of IAM Identity Center become roles below this path, in each account where they are assigned. */
export const ssoRoleName = (account: AccountName, permissionSet: string): string =>
  `AWSReservedSSO_${permissionSet}_${{ production: "a1b2c3d4e5f60718", development: "b2c3d4e5f6071829", tooling: "c3d4e5f60718293a" }[account]}`;

export const ssoRoleArn = (account: AccountName, permissionSet: string): string =>
  roleArn(account, `aws-reserved/sso.amazonaws.com/${REGION}/${ssoRoleName(account, permissionSet)}`);
