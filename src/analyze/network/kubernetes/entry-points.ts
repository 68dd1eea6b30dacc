// Ways in from outside: what Ingresses, OpenShift Routes and routes of the Gateway API bring to which pods.
import type { Observations } from "../../../model/observation.ts";
import type { KubernetesBackend, KubernetesEntryPoint, KubernetesService } from "../../../model/observations/kubernetes-network.ts";
import type { KubernetesWorkload } from "../../../model/observations/kubernetes.ts";
import type { Decider } from "./decide.ts";
import { type Flows, NONE, type PortRange } from "./flows.ts";
import type { Pods } from "./pods.ts";

export interface EntryFlows {
  readonly entry: KubernetesEntryPoint;
  readonly to: Pods;
  readonly flows: Flows;
}

/** What the policies let the forwarder bring to the pods behind each way in. The pods of the forwarder itself are known to nobody. */
export function entryFlows(decider: Decider, observations: Observations): readonly EntryFlows[] {
  const { network } = decider;
  const { cluster, flows, controller, segment } = network;
  // Services are about the pods' primary network.
  if (segment.role === "secondary") return [];
  const services = new Map(
    observations("kubernetes/service")
      .filter((each) => each.cluster === cluster)
      .map((each) => [`${each.namespace}/${each.name}`, each]),
  );
  const out = decider.row("egress", controller);
  const found: EntryFlows[] = [];
  for (const entry of observations("kubernetes/entry-point")) {
    if (entry.cluster !== cluster || entry.gateways?.length === 0) continue;
    for (const backend of entry.backends) {
      const service = services.get(`${backend.namespace ?? entry.namespace}/${backend.service}`);
      if (!service?.selector || !isPermitted(observations, entry, backend)) continue;
      for (const of of network.classes) {
        if (of.namespace !== service.namespace) continue;
        const passed = flows.intersect(out[of.index] as Flows, decider.row("ingress", of)[controller.index] as Flows);
        for (const pods of of.members) {
          if (!isSelected(service.selector, pods.workload.podLabels)) continue;
          const each = flows.intersect(passed, flows.of(targetsOf(service, backend.port, entry, pods.workload)));
          if (each !== NONE) found.push({ entry, to: pods, flows: each });
        }
      }
    }
  }
  return found;
}

const isSelected = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

/**
 * The pods' ports that the backend's port leads to. Ingresses name a port of the Service by number or name; OpenShift Routes a port of the pods, or of the
 * Service by name; without one, every port. Only TCP is forwarded, but for UDP routes.
 *
 * Source: Kubernetes, IngressServiceBackend, networking/v1; OpenShift, RoutePort, route.openshift.io/v1; Gateway API, BackendObjectReference.
 */
function targetsOf(
  service: KubernetesService,
  asked: KubernetesBackend["port"],
  { objectKind }: KubernetesEntryPoint,
  workload: KubernetesWorkload,
): readonly PortRange[] {
  const protocol = objectKind === "UDPRoute" ? "UDP" : "TCP";
  const ports = service.ports.filter(
    (each) =>
      each.protocol === protocol &&
      (asked === undefined || each.port === asked || each.name === asked || (objectKind === "Route" && each.targetPort === asked)),
  );
  return ports.flatMap(({ port, targetPort = port }) => {
    const numbers =
      typeof targetPort === "number"
        ? [targetPort]
        : (workload.ports ?? []).filter((each) => each.name === targetPort && each.protocol === protocol).map((each) => each.port);
    return numbers.map((number) => ({ protocol, from: number, to: number }));
  });
}

/** A route forwards into another namespace only where that namespace grants it (Gateway API, ReferenceGrant). */
function isPermitted(observations: Observations, entry: KubernetesEntryPoint, { namespace, service }: KubernetesBackend): boolean {
  if (namespace === undefined || namespace === entry.namespace) return true;
  return observations("kubernetes/reference-grant").some(
    (grant) =>
      grant.cluster === entry.cluster &&
      grant.namespace === namespace &&
      grant.from.some((from) => from.group === entry.group && from.kind === entry.objectKind && from.namespace === entry.namespace) &&
      grant.to.some((to) => to.group === "" && to.kind === "Service" && (to.name ?? service) === service),
  );
}
