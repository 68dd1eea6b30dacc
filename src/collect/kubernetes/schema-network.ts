// The wire format of what makes up a cluster's network: policies, services, ways in. Only the fields used.
import { z } from "zod";

const nothing = <T extends z.ZodType>(of: T) =>
  z
    .array(of)
    .nullish()
    .transform((found) => found ?? []);
const Names = nothing(z.string());
const Texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((texts) => texts ?? {});
const Port = z.number().int().min(1).max(65535);
export const Protocol = z.enum(["TCP", "UDP", "SCTP"]);

/** LabelSelector, meta/v1. The API server refuses values where the operator takes none, and none where it takes some. */
export const LabelSelector = z.object({
  matchLabels: Texts,
  matchExpressions: nothing(
    z
      .object({ key: z.string().min(1), operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]), values: Names })
      .refine(({ operator, values }) => values.length > 0 === (operator === "In" || operator === "NotIn"), "values"),
  ),
});

const PolicyPort = z
  .object({ protocol: Protocol.nullish(), port: z.union([Port, z.string().min(1)]).nullish(), endPort: Port.nullish() })
  .refine(({ port, endPort }) => !endPort || (typeof port === "number" && endPort >= port), "endPort");

/** Exactly an ipBlock, or selectors (networking/v1 NetworkPolicyPeer). An empty peer is refused: nobody can say whom it means. */
const PolicyPeer = z
  .object({
    podSelector: LabelSelector.nullish(),
    namespaceSelector: LabelSelector.nullish(),
    ipBlock: z.object({ cidr: z.string(), except: Names }).nullish(),
  })
  .refine(({ podSelector, namespaceSelector, ipBlock }) => Boolean(ipBlock) !== Boolean(podSelector ?? namespaceSelector), "peer");

export const NetworkPolicy = z.object({
  spec: z.object({
    podSelector: LabelSelector.nullish(),
    policyTypes: z.array(z.enum(["Ingress", "Egress"])).nullish(),
    ingress: nothing(z.object({ from: nothing(PolicyPeer), ports: nothing(PolicyPort) })),
    egress: nothing(z.object({ to: nothing(PolicyPeer), ports: nothing(PolicyPort) })),
  }),
});

const NamespacedPods = z.object({ namespaceSelector: LabelSelector.nullish(), podSelector: LabelSelector.nullish() });

const AdminPeer = z.object({
  namespaces: LabelSelector.nullish(),
  pods: NamespacedPods.nullish(),
  nodes: LabelSelector.nullish(),
  networks: z.array(z.string()).nullish(),
  domainNames: z.array(z.string()).nullish(),
});
export type AdminPeer = z.infer<typeof AdminPeer>;

const Subject = z
  .object({ namespaces: LabelSelector.nullish(), pods: NamespacedPods.nullish() })
  .refine(({ namespaces, pods }) => Boolean(namespaces) !== Boolean(pods), "subject");

/** v1alpha1: exactly one of the three. */
const AdminPort = z
  .object({
    portNumber: z.object({ protocol: Protocol.nullish(), port: Port }).nullish(),
    portRange: z.object({ protocol: Protocol.nullish(), start: Port, end: Port }).nullish(),
    namedPort: z.string().min(1).nullish(),
  })
  .refine((port) => [port.portNumber, port.portRange, port.namedPort].filter(Boolean).length === 1, "port");
export type AdminPort = z.infer<typeof AdminPort>;

const DestinationPort = z.object({
  destinationPort: z
    .object({ number: Port.nullish(), range: z.object({ start: Port, end: Port }).nullish() })
    .refine(({ number, range }) => Boolean(number) !== Boolean(range), "destinationPort")
    .nullish(),
});

/** v1alpha2: exactly one of the four. */
const AdminProtocol = z
  .object({
    tcp: DestinationPort.nullish(),
    udp: DestinationPort.nullish(),
    sctp: DestinationPort.nullish(),
    destinationNamedPort: z.string().min(1).nullish(),
  })
  .refine((each) => [each.tcp, each.udp, each.sctp, each.destinationNamedPort].filter(Boolean).length === 1, "protocol");
export type AdminProtocol = z.infer<typeof AdminProtocol>;

const AdminRule = z.object({
  name: z.string().nullish(),
  action: z.enum(["Allow", "Accept", "Deny", "Pass"]),
  from: z.array(AdminPeer).min(1).nullish(),
  to: z.array(AdminPeer).min(1).nullish(),
  ports: z.array(AdminPort).nullish(),
  protocols: z.array(AdminProtocol).nullish(),
});
export type AdminRule = z.infer<typeof AdminRule>;

export const AdminPolicy = z.object({
  spec: z.object({
    tier: z.enum(["Admin", "Baseline"]).nullish(),
    priority: z.number().int().min(0).max(1000).nullish(),
    subject: Subject,
    ingress: nothing(AdminRule.refine(({ from }) => Boolean(from), "from")),
    egress: nothing(AdminRule.refine(({ to }) => Boolean(to), "to")),
  }),
});

export const Service = z.object({
  spec: z.object({
    type: z.enum(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]).nullish(),
    selector: z.record(z.string(), z.string()).nullish(),
    ports: nothing(
      z.object({
        name: z.string().nullish(),
        protocol: Protocol.nullish(),
        port: Port,
        targetPort: z.union([z.number().int(), z.string()]).nullish(),
      }),
    ),
  }),
});

/** networking/v1 names the Service inside `service`; v1beta1 and extensions/v1beta1 beside it. */
const IngressBackend = z.object({
  service: z
    .object({ name: z.string().min(1), port: z.object({ number: z.number().int().nullish(), name: z.string().nullish() }).nullish() })
    .nullish(),
  serviceName: z.string().nullish(),
  servicePort: z.union([z.number().int(), z.string()]).nullish(),
});
export type IngressBackend = z.infer<typeof IngressBackend>;

export const Ingress = z.object({
  spec: z.object({
    ingressClassName: z.string().nullish(),
    defaultBackend: IngressBackend.nullish(),
    backend: IngressBackend.nullish(),
    rules: nothing(z.object({ http: z.object({ paths: nothing(z.object({ backend: IngressBackend })) }).nullish() })),
  }),
});

const RouteTarget = z.object({ kind: z.string().nullish(), name: z.string().min(1) });

/** route.openshift.io/v1. */
export const OpenshiftRoute = z.object({
  spec: z.object({
    to: RouteTarget,
    alternateBackends: nothing(RouteTarget),
    port: z.object({ targetPort: z.union([z.number().int(), z.string()]) }).nullish(),
  }),
});

const GatewayReference = z.object({
  group: z.string().nullish(),
  kind: z.string().nullish(),
  name: z.string().min(1),
  namespace: z.string().nullish(),
});

/** gateway.networking.k8s.io: what the kinds of routes have in common. */
export const GatewayRoute = z.object({
  spec: z.object({
    parentRefs: nothing(GatewayReference),
    rules: nothing(
      z.object({ backendRefs: nothing(GatewayReference.extend({ port: z.number().int().nullish(), weight: z.number().int().nullish() })) }),
    ),
  }),
});

export const Gateway = z.object({ spec: z.object({ gatewayClassName: z.string() }) });

export const ReferenceGrant = z.object({
  spec: z.object({
    from: nothing(z.object({ group: z.string(), kind: z.string(), namespace: z.string() })),
    to: nothing(z.object({ group: z.string(), kind: z.string(), name: z.string().nullish() })),
  }),
});

const Layer = z.object({ role: z.enum(["Primary", "Secondary"]).nullish() });
const UserNetwork = z.object({
  topology: z.enum(["Layer2", "Layer3", "Localnet"]),
  layer2: Layer.nullish(),
  layer3: Layer.nullish(),
  localnet: Layer.nullish(),
});
export type UserNetwork = z.infer<typeof UserNetwork>;

export const UserDefinedNetwork = z.object({ spec: UserNetwork });
export const ClusterUserDefinedNetwork = z.object({ spec: z.object({ namespaceSelector: LabelSelector, network: UserNetwork }) });

/** Without a config, one lies on the nodes under the definition's name (Multus, "NetworkAttachmentDefinition with CNI config file"). */
export const NetworkAttachmentDefinition = z.object({ spec: z.object({ config: z.string().nullish() }).nullish() });

const CniPlugin = z.object({
  type: z.string().nullish(),
  master: z.string().nullish(),
  bridge: z.string().nullish(),
  topology: z.string().nullish(),
  role: z.string().nullish(),
});

/** A network configuration, or a list of plugins (CNI specification, section 1). */
export const CniConfig = CniPlugin.extend({ name: z.string().nullish(), plugins: z.array(CniPlugin).nullish() });

/** Entries of the annotation of Multus that are written as JSON (Network Plumbing Working Group, NetworkSelectionElement). */
export const NetworkSelection = z.array(
  z.object({ name: z.string().min(1), namespace: z.string().nullish(), ips: z.array(z.string()).nullish() }),
);
