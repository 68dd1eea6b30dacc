// Clause S3: a namespace of production enforces no pod security level, or less than its pods need.
import type { Estate } from "../../analyze/estate.ts";
import { eksClusterOf } from "../../analyze/kubernetes/eks-cluster.ts";
import { type Cluster, clustersOf, type Namespace } from "../../analyze/kubernetes/cluster.ts";
import { namespaceId } from "../../analyze/kubernetes/ids.ts";
import { LEVELS, levelOf, needsPrivileges } from "../../analyze/kubernetes/boundary/isolation.ts";
import { hasWorkloads, isUnread, occupied } from "../../analyze/kubernetes/boundary/shared.ts";
import { productionNames } from "../../analyze/reach/semantics.ts";
import type { Check, Found } from "../check.ts";

/** What each profile asks of a namespace whose pods ask for no more. */
const LEAST = { iso: "baseline", strict: "restricted" } as const;

export const check: Check = {
  id: "production-without-pod-security",
  clause: "S3",
  severity: "medium",
  title: "A namespace of production has no secure baseline for its pods",
  remediation:
    "Label the namespace with pod-security.kubernetes.io/enforce: restricted, or baseline; keep privileged for namespaces whose pods need it.",
  evaluate: ({ estate }) => {
    const production = productionNames(estate.charter);
    const asked = [...clustersOf(estate).values()].flatMap((cluster) =>
      occupied(cluster)
        .map((namespace) => ({ cluster, namespace, environment: estate.environmentOf(namespaceId(cluster.name, namespace.name)) ?? "" }))
        .filter(({ environment }) => production.has(environment)),
    );
    if (asked.length === 0 && estate.gaps.every(({ topic }) => !topic.startsWith("kubernetes/")))
      return { notApplicable: "no namespace of production runs anything that was read" };
    return {
      findings: asked.flatMap(({ cluster, namespace, environment }) => found(estate, cluster, namespace, environment)),
      unknown: estate.gaps
        .filter(({ topic }) => topic === "kubernetes/namespaces" || topic === "kubernetes/workloads")
        .map(({ what, why }) => `${what}: ${why}`),
    };
  },
};

/** Policies of admission products that may refuse the same, and that are not read. */
const OTHER_POLICIES =
  /^(ClusterPolicy|Policy|ValidatingPolicy|K8sPSP\w+|K8s\w*Privilege\w*|ValidatingAdmissionPolicy(Binding)?|SecurityContextConstraints|ClusterAdmissionPolicy)$/;

function found(estate: Estate, cluster: Cluster, namespace: Namespace, environment: string): Found[] {
  const level = levelOf(namespace);
  const least = LEAST[estate.charter.profile];
  if (level !== undefined && LEVELS.indexOf(level) >= LEVELS.indexOf(least)) return [];
  // A pod that was not read may be the one that needs it.
  if (level !== undefined && (needsPrivileges(namespace) || !hasWorkloads(cluster) || isUnread(estate, cluster, "kubernetes/workloads")))
    return [];
  // What was denied is told as the gap it is.
  if (namespace.object === undefined && isUnread(estate, cluster, "kubernetes/namespaces")) return [];
  const id = namespaceId(cluster.name, namespace.name);
  const why = level === undefined ? openReason(estate, cluster, namespace) : undefined;
  const enforces = level === undefined ? "enforces no pod security level" : `enforces pod security ${level}, which nothing in it needs`;
  return [
    {
      verdict: why === undefined ? "violated" : "unknown",
      summary: `Namespace ${namespace.name} of ${environment} ${enforces}${why === undefined ? "" : `, and ${why}`}`,
      from: id,
      to: id,
      toEnvironment: environment,
      grant: id,
      change: [`label namespace ${namespace.name} with pod-security.kubernetes.io/enforce: ${least}`],
      source: namespace.source,
    },
  ];
}

/**
 * What a namespace without a label gets is a setting of the API server, which no object tells. EKS leaves it at privileged.
 *
 * Source: Kubernetes, "Pod Security Admission", Configure the admission controller; Amazon EKS User Guide, "Understand Amazon EKS created pod security
 * standards" (default: privileged).
 */
function openReason(estate: Estate, cluster: Cluster, namespace: Namespace): string | undefined {
  if (namespace.object === undefined) return "its labels were not read";
  const other = cluster.others.find(({ objectKind }) => OTHER_POLICIES.test(objectKind));
  if (other) return `what ${other.objectKind} ${other.name} refuses is not known`;
  if (eksClusterOf(estate.observations, cluster.name) || Object.hasOwn(estate.charter.absent, "kubernetes/admission-configuration"))
    return undefined;
  return `which level the API server of ${cluster.name} takes by default is not in the files`;
}
