// Network policies: every product's namespace is closed to others, and payments of development sends to its own network alone.
import { meta } from "./objects.ts";
import type { ClusterSpec } from "./specs.ts";

const policy = (cluster: string, namespace: string, name: string, spec: object): object => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: meta({ cluster, namespace }, "NetworkPolicy", name),
  spec,
});

const DNS = {
  ports: [{ port: 53, protocol: "UDP" }],
  to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
};

const CLOSED = {
  ingress: [
    { from: [{ podSelector: {} }] },
    { from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } } }] },
  ],
  podSelector: {},
  policyTypes: ["Ingress"],
};

/** What is subtle but fine (r): these pods stand on the same nodes as those of flaw 10, and may not send where it leads. */
const OWN_NETWORK = {
  egress: [DNS, { to: [{ podSelector: {} }, { ipBlock: { cidr: "10.10.0.0/16" } }] }],
  podSelector: {},
  policyTypes: ["Egress"],
};

export const networkPolicies = ({ name: cluster, namespaces }: ClusterSpec): readonly object[] =>
  namespaces
    .filter(({ labels }) => labels?.["team"] !== undefined)
    .flatMap(({ name }) => [
      policy(cluster, name, "own-namespace", CLOSED),
      ...(name === "payments-dev" ? [policy(cluster, name, "own-network", OWN_NETWORK)] : []),
    ]);
