// EKS: clusters, who may enter them, and which pods act as which role.
import { arnIn, iamArn, resourceArn } from "./names.ts";
import { accountOf, type Mapper, noAccount, type Reading, referred, WHY_NOT } from "./reading.ts";
import { at, attribute, known, text, texts } from "./resource.ts";

const cluster: Mapper = (reading) => {
  const { resource } = reading;
  const account = accountOf(reading);
  if (account === undefined) return noAccount(reading);
  const arn = resourceArn(reading, resource);
  const name = known(resource, "name");
  if (arn === undefined || name === undefined) {
    const why = name === undefined ? "its name is known only after apply" : "neither an ARN nor the provider says its region";
    return reading.gap("aws/resource-list", `${account}:eks`, `cluster ${resource.address}`, why);
  }
  const issuer = known(resource, "identity", 0, "oidc", 0, "issuer")?.replace(/^https:\/\//, "");
  const mode = known(resource, "access_config", 0, "authentication_mode");
  reading.whole({
    kind: "aws/eks-cluster",
    arn,
    account,
    name,
    ...(issuer !== undefined && { issuer }),
    ...(mode !== undefined && { authenticationMode: mode }),
    source: resource.source,
  });
};

/** The cluster's ARN from its name, which is what every other EKS resource gives. */
function clusterArn(reading: Reading): string | undefined {
  const of = referred(reading, "cluster_name", ["aws_eks_cluster"]);
  const found = of && resourceArn(reading, of);
  if (found !== undefined) return found;
  const name = known(reading.resource, "cluster_name");
  const { account, region: usual, partition } = reading.placeOf(reading.resource);
  const region = known(reading.resource, "region") ?? usual;
  return name === undefined || account === undefined || region === undefined
    ? undefined
    : `arn:${partition}:eks:${region}:${account}:cluster/${name}`;
}

const ROLES = {
  aws_iam_role: (reading: Reading, role: Reading["resource"]) => iamArn(reading, role, "role"),
  aws_iam_user: (reading: Reading, user: Reading["resource"]) => iamArn(reading, user, "user"),
};

/** Cluster and principal, or a gap as wide as what is not known. */
function entering(reading: Reading, principalName: string, what: string): { cluster: string; principal: string } | undefined {
  const found = clusterArn(reading);
  const account = accountOf(reading);
  const { address } = reading.resource;
  if (found === undefined) {
    if (account === undefined) noAccount(reading);
    else reading.gap("aws/resource-list", `${account}:eks`, `${what} ${address}`, "which cluster it is of is known only after apply");
    return undefined;
  }
  const principal = arnIn(reading, principalName, ROLES);
  if (principal !== undefined) return { cluster: found, principal };
  reading.gap(
    "aws/eks-access",
    found,
    `${what} ${address}`,
    `whom it lets in is known only after apply`,
    at(reading.resource, principalName),
  );
  return undefined;
}

const accessEntry: Mapper = (reading) => {
  const entry = entering(reading, "principal_arn", "access entry");
  if (!entry) return;
  const groups = texts(reading.resource, "kubernetes_groups");
  // Groups that nobody wrote are none; the provider tells them once the entry exists.
  const isComputed = reading.resource.hasConfiguration && reading.resource.references("kubernetes_groups") === undefined;
  if (groups.is !== "known" && groups.is !== "absent" && !isComputed)
    reading.gap(
      "aws/eks-access",
      entry.cluster,
      `groups of ${entry.principal}`,
      WHY_NOT[groups.is],
      at(reading.resource, "kubernetes_groups"),
    );
  const username = known(reading.resource, "user_name");
  reading.whole({
    kind: "aws/eks-access-entry",
    ...entry,
    ...(username !== undefined && { username }),
    groups: groups.is === "known" ? groups.value : [],
    policies: [],
    source: reading.resource.source,
  });
};

const accessPolicy: Mapper = (reading) => {
  const entry = entering(reading, "principal_arn", "access policy");
  if (!entry) return;
  const arn = text(reading.resource, "policy_arn");
  const type = text(reading.resource, "access_scope", 0, "type");
  const namespaces = texts(reading.resource, "access_scope", 0, "namespaces");
  const unclear = [arn, type, namespaces].find((each) => each.is !== "known" && each.is !== "absent");
  if (arn.is !== "known" || type.is !== "known" || unclear) {
    const why = unclear && unclear.is !== "known" ? WHY_NOT[unclear.is] : WHY_NOT.absent;
    return reading.gap("aws/eks-access", entry.cluster, `access policy of ${entry.principal}`, why);
  }
  const narrowed = type.value === "namespace" && { namespaces: namespaces.is === "known" ? namespaces.value : [] };
  reading.part({ part: "access-policy", ...entry, policy: { arn: arn.value, ...narrowed } });
};

const podIdentity: Mapper = (reading) => {
  const { resource } = reading;
  const found = entering(reading, "role_arn", "pod identity");
  if (!found) return;
  const [namespace, serviceAccount] = [text(resource, "namespace"), text(resource, "service_account")];
  if (namespace.is !== "known" || serviceAccount.is !== "known")
    return reading.gap("aws/eks-access", found.cluster, `pod identity ${resource.address}`, WHY_NOT.unknown);
  const hasTarget = attribute(resource, "target_role_arn").is !== "absent" && text(resource, "target_role_arn").is !== "absent";
  const targetRole = hasTarget ? arnIn(reading, "target_role_arn", ROLES) : undefined;
  const isComputed = resource.hasConfiguration && resource.references("target_role_arn") === undefined;
  if (hasTarget && targetRole === undefined && !isComputed)
    reading.gap("aws/eks-access", found.cluster, `target role of ${resource.address}`, WHY_NOT.unknown, at(resource, "target_role_arn"));
  reading.whole({
    kind: "aws/pod-identity",
    cluster: found.cluster,
    namespace: namespace.value,
    serviceAccount: serviceAccount.value,
    role: found.principal,
    ...(targetRole !== undefined && { targetRole }),
    source: resource.source,
  });
};

export const eksMappers: Readonly<Record<string, Mapper>> = {
  aws_eks_cluster: cluster,
  aws_eks_access_entry: accessEntry,
  aws_eks_access_policy_association: accessPolicy,
  aws_eks_pod_identity_association: podIdentity,
};
