// The clusters as Amazon EKS describes them: issuer, who may enter, which pods act as which role.
import type { Folder } from "../folder.ts";
import { ACCOUNTS, ISSUER, REGION, roleArn, ssoRoleArn } from "../names.ts";
import type { ClusterName } from "../names.ts";
import { hex, instant, uuid } from "../pseudo.ts";

interface Entry {
  readonly principal: string;
  readonly type: "STANDARD" | "EC2_LINUX";
  readonly groups: readonly string[];
  readonly username: string;
  readonly policies: readonly { readonly name: string; readonly namespaces?: readonly string[] }[];
}

const standard = (principal: string, ...policies: Entry["policies"]): Entry => {
  const [, , , , account, resource = ""] = principal.split(":");
  const name = resource.split("/").at(-1) ?? "";
  return { principal, type: "STANDARD", groups: [], username: `arn:aws:sts::${account}:assumed-role/${name}/{{SessionName}}`, policies };
};

const node = (cluster: ClusterName): Entry => ({
  principal: roleArn(cluster, `eks-${cluster}-node`),
  type: "EC2_LINUX",
  groups: ["system:nodes"],
  username: "system:node:{{EC2PrivateDNSName}}",
  policies: [],
});

const ENTRIES: Readonly<Record<ClusterName, readonly Entry[]>> = {
  production: [
    node("production"),
    // The end of flaw 1: whoever has this role administers the cluster. The mapping is right; the role's trust is not.
    standard(roleArn("production", "deploy-production"), { name: "AmazonEKSClusterAdminPolicy" }),
    standard(roleArn("production", "deploy-payments"), { name: "AmazonEKSEditPolicy", namespaces: ["payments"] }),
    standard(roleArn("production", "terraform-production"), { name: "AmazonEKSClusterAdminPolicy" }),
    standard(roleArn("production", "break-glass"), { name: "AmazonEKSClusterAdminPolicy" }),
    standard(ssoRoleArn("production", "ReadOnly"), { name: "AmazonEKSViewPolicy" }),
  ],
  development: [
    node("development"),
    standard(roleArn("development", "deploy-development"), {
      name: "AmazonEKSEditPolicy",
      namespaces: ["shop-dev", "payments-dev", "web-dev", "data-dev"],
    }),
    standard(roleArn("development", "deploy-test"), {
      name: "AmazonEKSEditPolicy",
      namespaces: ["test-shop", "test-payments", "test-web"],
    }),
    standard(roleArn("development", "terraform-development"), { name: "AmazonEKSClusterAdminPolicy" }),
    standard(ssoRoleArn("development", "PlatformAdministrator"), { name: "AmazonEKSClusterAdminPolicy" }),
    { ...standard(ssoRoleArn("development", "Developer")), groups: ["acme:developers"] },
  ],
};

interface Association {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly role: string;
}

const ASSOCIATIONS: Readonly<Record<ClusterName, readonly Association[]>> = {
  production: [{ namespace: "payments", serviceAccount: "payments-api", role: "payments-api" }],
  development: [{ namespace: "payments-dev", serviceAccount: "payments-api", role: "payments-api" }],
};

// The CLI prints this service's timestamps with a fraction and an offset.
const date = (label: string): string => instant(label).toISOString().replace("Z", "000+00:00");

const arnOf = (cluster: ClusterName, type: string, tail: string): string =>
  `arn:aws:eks:${REGION}:${ACCOUNTS[cluster]}:${type}/${cluster}${tail}`;

const describeCluster = (cluster: ClusterName): object => ({
  cluster: {
    name: cluster,
    arn: arnOf(cluster, "cluster", ""),
    createdAt: date(`eks/${cluster}`),
    version: "1.34",
    endpoint: `https://${hex(`eks/${cluster}`, 32).toUpperCase()}.gr7.${REGION}.eks.amazonaws.com`,
    roleArn: roleArn(cluster, `eks-${cluster}-cluster`),
    resourcesVpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: true },
    kubernetesNetworkConfig: { serviceIpv4Cidr: "172.20.0.0/16", ipFamily: "ipv4" },
    logging: { clusterLogging: [{ types: ["api", "audit", "authenticator"], enabled: true }] },
    identity: { oidc: { issuer: `https://${ISSUER[cluster]}` } },
    status: "ACTIVE",
    platformVersion: "eks.9",
    tags: { environment: cluster },
    accessConfig: { authenticationMode: "API" },
  },
});

function writeEntry(folder: Folder, cluster: ClusterName, entry: Entry): void {
  const file = `eks/access-entries/${entry.principal.split("/").at(-1)}`;
  const arn = arnOf(cluster, "access-entry", `/role/${ACCOUNTS[cluster]}/${entry.principal.split("/").at(-1)}/${uuid(entry.principal)}`);
  folder.answer(
    `aws eks describe-access-entry --cluster-name ${cluster} --principal-arn ${entry.principal}`,
    `${file}/describe-access-entry.json`,
    {
      accessEntry: {
        clusterName: cluster,
        principalArn: entry.principal,
        kubernetesGroups: entry.groups,
        accessEntryArn: arn,
        createdAt: date(arn),
        modifiedAt: date(arn),
        tags: {},
        username: entry.username,
        type: entry.type,
      },
    },
  );
  const list = `aws eks list-associated-access-policies --cluster-name ${cluster} --principal-arn ${entry.principal}`;
  folder.answer(list, `${file}/list-associated-access-policies.json`, {
    associatedAccessPolicies: entry.policies.map((policy) => ({
      policyArn: `arn:aws:eks::aws:cluster-access-policy/${policy.name}`,
      accessScope: policy.namespaces ? { type: "namespace", namespaces: policy.namespaces } : { type: "cluster", namespaces: [] },
      associatedAt: date(arn),
      modifiedAt: date(arn),
    })),
    clusterName: cluster,
    principalArn: entry.principal,
  });
}

function writeAssociation(folder: Folder, cluster: ClusterName, association: Association): object {
  const label = `${cluster}/${association.namespace}/${association.serviceAccount}`;
  const associationId = `a-${hex(label, 17)}`;
  const summary = {
    clusterName: cluster,
    namespace: association.namespace,
    serviceAccount: association.serviceAccount,
    associationArn: arnOf(cluster, "podidentityassociation", `/${associationId}`),
    associationId,
  };
  folder.answer(
    `aws eks describe-pod-identity-association --cluster-name ${cluster} --association-id ${associationId}`,
    `eks/pod-identity-associations/${associationId}/describe-pod-identity-association.json`,
    { association: { ...summary, roleArn: roleArn(cluster, association.role), tags: {}, createdAt: date(label), modifiedAt: date(label) } },
  );
  return summary;
}

export function writeEks(folder: Folder, cluster: ClusterName): void {
  folder.answer(`aws eks describe-cluster --name ${cluster}`, "eks/describe-cluster.json", describeCluster(cluster));
  folder.answer(`aws eks list-access-entries --cluster-name ${cluster}`, "eks/list-access-entries.json", {
    accessEntries: ENTRIES[cluster].map((entry) => entry.principal),
  });
  for (const entry of ENTRIES[cluster]) writeEntry(folder, cluster, entry);
  const associations = ASSOCIATIONS[cluster].map((association) => writeAssociation(folder, cluster, association));
  folder.answer(`aws eks list-pod-identity-associations --cluster-name ${cluster}`, "eks/list-pod-identity-associations.json", {
    associations,
  });
}
