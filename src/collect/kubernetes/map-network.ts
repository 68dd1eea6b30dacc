// Policies, services and ways in → observations. Who may connect to whom is for the analysis to say.
import type { KubernetesObservation } from "../../model/observations/kubernetes.ts";
import type {
  KubernetesAdminPeer,
  KubernetesAdminPolicy,
  KubernetesAdminPort,
  KubernetesAdminRule,
  KubernetesBackend,
  KubernetesEntryPoint,
  KubernetesNetworkPolicy,
  KubernetesPolicyPeer,
  KubernetesService,
} from "../../model/observations/kubernetes-network.ts";
import { inside, type Source } from "../../model/source.ts";
import type { Mapper, Placed } from "./map.ts";
import * as wire from "./schema-network.ts";

export const NETWORK_MAPPERS: Readonly<Record<string, Mapper>> = {
  NetworkPolicy: networkPolicyOf,
  AdminNetworkPolicy: mapAdminPolicy,
  BaselineAdminNetworkPolicy: mapAdminPolicy,
  ClusterNetworkPolicy: mapAdminPolicy,
  Service: mapService,
  Ingress: mapIngress,
  Route: mapOpenshiftRoute,
  Gateway: (document, at) => ({ ...at, kind: "kubernetes/gateway", className: wire.Gateway.parse(document).spec.gatewayClassName }),
  HTTPRoute: mapGatewayRoute,
  GRPCRoute: mapGatewayRoute,
  TLSRoute: mapGatewayRoute,
  TCPRoute: mapGatewayRoute,
  UDPRoute: mapGatewayRoute,
  ReferenceGrant: mapReferenceGrant,
};

const EMPTY = { matchLabels: {}, matchExpressions: [] };

export function networkPolicyOf(document: unknown, at: Placed): KubernetesNetworkPolicy {
  const { podSelector, policyTypes, ingress, egress } = wire.NetworkPolicy.parse(document).spec;
  type Wire = {
    readonly peers: Parameters<typeof peerOf>[0][];
    readonly ports: (typeof ingress)[number]["ports"];
    readonly source: Source;
  };
  const rule = ({ peers, ports, source }: Wire): KubernetesNetworkPolicy["ingress"][number] => ({
    peers: peers.map(peerOf),
    // Absent: TCP (networking/v1 NetworkPolicyPort).
    ports: ports.map(({ protocol, port, endPort }) => ({
      protocol: protocol ?? "TCP",
      ...(port !== null && port !== undefined && { port }),
      ...(endPort && { endPort }),
    })),
    source,
  });
  return {
    ...at,
    kind: "kubernetes/network-policy",
    podSelector: podSelector ?? EMPTY,
    ...(policyTypes && policyTypes.length > 0 && { policyTypes }),
    ingress: ingress.map(({ from, ports }, i) => rule({ peers: from, ports, source: inside(at.source, "spec", "ingress", i) })),
    egress: egress.map(({ to, ports }, i) => rule({ peers: to, ports, source: inside(at.source, "spec", "egress", i) })),
  } satisfies KubernetesNetworkPolicy;
}

type WirePeer = ReturnType<typeof wire.NetworkPolicy.parse>["spec"]["ingress"][number]["from"][number];

const peerOf = ({ podSelector, namespaceSelector, ipBlock }: WirePeer): KubernetesPolicyPeer =>
  ipBlock
    ? { cidr: ipBlock.cidr, except: ipBlock.except }
    : { ...(podSelector && { podSelector }), ...(namespaceSelector && { namespaceSelector }) };

function mapAdminPolicy(document: unknown, at: Placed, kind: string): KubernetesObservation {
  const { tier, priority, subject, ingress, egress } = wire.AdminPolicy.parse(document).spec;
  const isBaseline = kind === "BaselineAdminNetworkPolicy" || tier === "Baseline";
  return {
    ...at,
    kind: "kubernetes/admin-policy",
    objectKind: kind as KubernetesAdminPolicy["objectKind"],
    tier: isBaseline ? "baseline" : "admin",
    priority: priority ?? 0,
    subject: podsOf(subject.namespaces, subject.pods),
    ingress: ingress.map((rule, i) => adminRule(rule, rule.from ?? [], inside(at.source, "spec", "ingress", i))),
    egress: egress.map((rule, i) => adminRule(rule, rule.to ?? [], inside(at.source, "spec", "egress", i))),
  } satisfies KubernetesAdminPolicy;
}

function podsOf(namespaces: wire.AdminPeer["namespaces"], pods: wire.AdminPeer["pods"]): KubernetesAdminPolicy["subject"] {
  return pods ? { namespaces: pods.namespaceSelector ?? EMPTY, pods: pods.podSelector ?? EMPTY } : { namespaces: namespaces ?? EMPTY };
}

function adminRule(rule: wire.AdminRule, peers: readonly wire.AdminPeer[], source: Source): KubernetesAdminRule {
  const ports = rule.ports?.map(adminPort) ?? rule.protocols?.map(adminProtocol);
  return {
    ...(rule.name && { name: rule.name }),
    action: rule.action === "Deny" ? "deny" : rule.action === "Pass" ? "pass" : "allow",
    peers: peers.map(adminPeer),
    ...(ports && ports.length > 0 && { ports }),
    source,
  };
}

function adminPeer({ namespaces, pods, nodes, networks, domainNames }: wire.AdminPeer): KubernetesAdminPeer {
  if (namespaces || pods) return podsOf(namespaces, pods);
  if (nodes) return { nodes };
  if (networks) return { networks };
  return domainNames ? { domainNames } : { unknown: true };
}

function adminPort({ portNumber, portRange, namedPort }: wire.AdminPort): KubernetesAdminPort {
  if (portNumber) return { protocol: portNumber.protocol ?? "TCP", from: portNumber.port, to: portNumber.port };
  if (portRange) return { protocol: portRange.protocol ?? "TCP", from: portRange.start, to: portRange.end };
  return { named: namedPort as string };
}

function adminProtocol({ tcp, udp, sctp, destinationNamedPort }: wire.AdminProtocol): KubernetesAdminPort {
  if (destinationNamedPort) return { named: destinationNamedPort };
  const protocol = tcp ? "TCP" : udp ? "UDP" : "SCTP";
  const port = (tcp ?? udp ?? sctp)?.destinationPort;
  if (port?.number) return { protocol, from: port.number, to: port.number };
  return { protocol, from: port?.range?.start ?? 1, to: port?.range?.end ?? 65535 };
}

function mapService(document: unknown, at: Placed): KubernetesObservation {
  const { type, selector, ports } = wire.Service.parse(document).spec;
  return {
    ...at,
    kind: "kubernetes/service",
    type: type ?? "ClusterIP",
    ...(selector && Object.keys(selector).length > 0 && { selector }),
    ports: ports.map(({ name, protocol, port, targetPort }) => ({
      ...(name && { name }),
      protocol: protocol ?? "TCP",
      port,
      ...(targetPort && { targetPort }),
    })),
  } satisfies KubernetesService;
}

function mapIngress(document: unknown, at: Placed): KubernetesObservation {
  const { ingressClassName, defaultBackend, backend, rules } = wire.Ingress.parse(document).spec;
  const backends = [defaultBackend ?? backend, ...rules.flatMap(({ http }) => http?.paths.map((path) => path.backend) ?? [])];
  const className = ingressClassName ?? at.annotations["kubernetes.io/ingress.class"];
  return {
    ...at,
    kind: "kubernetes/entry-point",
    objectKind: "Ingress",
    group: "networking.k8s.io",
    backends: backends.flatMap((each) => (each ? ingressBackend(each) : [])),
    ...(className && { className }),
  } satisfies KubernetesEntryPoint;
}

/** A backend that is a resource of another kind leads to no Service. */
function ingressBackend({ service, serviceName, servicePort }: wire.IngressBackend): KubernetesBackend[] {
  const name = service?.name ?? serviceName;
  const port = service ? (service.port?.name ?? service.port?.number) : servicePort;
  return name ? [{ service: name, ...(port && { port }) }] : [];
}

function mapOpenshiftRoute(document: unknown, at: Placed): KubernetesObservation {
  const { to, alternateBackends, port } = wire.OpenshiftRoute.parse(document).spec;
  return {
    ...at,
    kind: "kubernetes/entry-point",
    objectKind: "Route",
    group: "route.openshift.io",
    backends: [to, ...alternateBackends]
      .filter(({ kind }) => !kind || kind === "Service")
      .map(({ name }) => ({ service: name, ...(port && { port: port.targetPort }) })),
  } satisfies KubernetesEntryPoint;
}

const GATEWAY_GROUP = "gateway.networking.k8s.io";

function mapGatewayRoute(document: unknown, at: Placed, objectKind: string): KubernetesObservation {
  const { parentRefs, rules } = wire.GatewayRoute.parse(document).spec;
  const services = rules.flatMap(({ backendRefs }) => backendRefs).filter(({ group, kind }) => !group && (!kind || kind === "Service"));
  const gateways = parentRefs.filter(({ group, kind }) => (group ?? GATEWAY_GROUP) === GATEWAY_GROUP && (!kind || kind === "Gateway"));
  return {
    ...at,
    kind: "kubernetes/entry-point",
    objectKind,
    group: GATEWAY_GROUP,
    backends: services
      // No requests go to a backend of weight 0 (Gateway API, HTTPBackendRef).
      .filter(({ weight }) => weight !== 0)
      .map(({ name, namespace, port }) => ({ service: name, ...(namespace && { namespace }), ...(port && { port }) })),
    gateways: gateways.map(({ name, namespace }) => ({ name, ...(namespace && { namespace }) })),
  } satisfies KubernetesEntryPoint;
}

function mapReferenceGrant(document: unknown, at: Placed): KubernetesObservation {
  const { from, to } = wire.ReferenceGrant.parse(document).spec;
  return {
    ...at,
    kind: "kubernetes/reference-grant",
    from,
    to: to.map(({ group, kind, name }) => ({ group, kind, ...(name && { name }) })),
  };
}
