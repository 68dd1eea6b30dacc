// Flux as its objects describe it, and who decides what its controllers apply: sources, Kustomizations, HelmReleases and the accounts they act as.
import type { FluxDeployment, FluxReference, FluxSource } from "../../model/observations/gitops.ts";
import type { KubernetesWorkload } from "../../model/observations/kubernetes.ts";
import { type Fact, fact, grant } from "../../model/rule.ts";
import { type Cluster, clustersOf } from "../kubernetes/cluster.ts";
import { clusterId, namespaceId, secretId, serviceAccountId } from "../kubernetes/ids.ts";
import { once } from "../kubernetes/once.ts";
import type { PlaneInput } from "../plane.ts";
import {
  emit,
  emitGap,
  emitOwned,
  emitSource,
  emitWide,
  type Emitter,
  idOf,
  labelOf,
  manifestsId,
  nature,
  partOf,
  requestId,
} from "./emit.ts";
import { fluxRevision } from "./repositories.ts";
import { gitWriter, registryWriter, type Writer } from "./sources.ts";

const CLAUSES = ["A1", "A6", "P1", "P2", "P3"];

const CONTROLLER = { Kustomization: "kustomize-controller", HelmRelease: "helm-controller" } as const;

export interface FluxController {
  readonly workload: KubernetesWorkload;
  /** `--default-service-account`: whom it acts as where an object names none. */
  readonly defaultAccount?: string;
}

/** By `CLUSTER KIND`. */
export const fluxControllers = once(({ observations }): ReadonlyMap<string, FluxController> => {
  const found = new Map<string, FluxController>();
  for (const workload of observations("kubernetes/workload")) {
    for (const [kind, name] of Object.entries(CONTROLLER)) {
      if (workload.workloadKind !== "Deployment" || workload.name !== name) continue;
      const flags = workload.containers.flatMap(({ args, command }) => [...command, ...args]);
      const account = flags.flatMap((flag) => /^--default-service-account=(.+)$/.exec(flag)?.[1] ?? [])[0];
      found.set(`${workload.cluster} ${kind}`, { workload, ...(account !== undefined && { defaultAccount: account }) });
    }
  }
  return found;
});

export function fluxRules(to: Emitter): void {
  const { observations } = to.estate;
  const sources = observations("gitops/flux-source");
  for (const source of sources) sourceObjectRules(to, source);
  for (const deployment of observations("gitops/flux-deployment")) {
    const cluster = clustersOf(to.estate).get(deployment.cluster);
    if (cluster) deploymentRules(to, cluster, deployment, sources);
  }
  const spaces = new Map(
    [...sources, ...observations("gitops/flux-deployment")].map((each) => [`${each.cluster}/${each.namespace ?? "default"}`, each]),
  );
  for (const each of spaces.values()) namespaceRules(to, each.cluster, each.namespace ?? "default", each.source);
}

/** Whoever rewrites a source object points it at a repository of their own. */
function sourceObjectRules(to: Emitter, source: FluxSource): void {
  emitOwned(to, source.objectKind, source, "flux-sources");
}

function deploymentRules(to: Emitter, cluster: Cluster, deployment: FluxDeployment, sources: readonly FluxSource[]): void {
  const { objectKind: kind } = deployment;
  const id = idOf(kind, deployment);
  const label = labelOf(kind, deployment);
  emitOwned(to, kind, deployment, "flux-deployments");
  const edit = nature(id, `${label} says itself what it applies`, deployment.source);
  const gives = fact("control", manifestsId(id));
  const request = fact("approve", requestId(id));
  emit(to, {
    family: "gitops/write-object",
    needs: [fact("write", id)],
    gives,
    how: `who rewrites ${label} decides what it applies`,
    grant: edit,
  });
  emit(to, {
    family: "gitops/write-object",
    needs: [fact("write", id)],
    gives: request,
    how: `who writes ${label} has it applied`,
    grant: edit,
  });
  const waiting = deployment.isSuspended ? { request } : {};
  for (const { writer, objects, content, source, because } of writersOf(to.estate, deployment, deployment.from, sources)) {
    emitSource(to, { id, label, source: deployment.source }, writer, {
      content,
      source,
      ...waiting,
      ...(because !== undefined && { because }),
    });
    for (const object of objects)
      emit(to, {
        family: "gitops/write-object",
        needs: [fact("write", object)],
        gives,
        how: `who rewrites a source of ${label} decides what it applies`,
        grant: edit,
      });
  }
  appliesAs(to, cluster, deployment, { id, label });
  // Its namespace's accounts are a field away, and without one the controller's own.
  const write = [fact("write", id)];
  emit(to, {
    family: "gitops/write-object",
    needs: write,
    gives: fact("act-as", partOf(cluster.name, deployment.namespace ?? "default", "service-accounts")),
    how: `who rewrites ${label} chooses the service account that it is applied as`,
    grant: edit,
  });
  actsAsController(to, deployment, write, `who rewrites ${label} has it applied as the controller itself`);
}

interface Found {
  readonly writer: Writer;
  /** Ids of the source objects on the way. */
  readonly objects: readonly string[];
  readonly content: object;
  readonly source: FluxSource["source"];
  readonly because?: string;
}

/** Sources of sources, as far as the files tell: a chart's repository, what an artifact was copied from. */
function writersOf(input: PlaneInput, deployment: FluxDeployment, from: FluxReference, sources: readonly FluxSource[]): Found[] {
  const found: Found[] = [];
  const seen = new Set<string>();
  const follow = (reference: FluxReference, at: string | undefined, objects: readonly string[]): void => {
    const namespace = reference.namespace ?? at ?? "default";
    const source = sources.find((each) => isMeant(each, reference, deployment.cluster, namespace));
    if (!source) {
      const what = `${reference.objectKind} ${namespace}/${reference.name}`;
      found.push({ writer: { type: "unread", what, why: "not among the files" }, objects, content: reference, source: deployment.source });
      return;
    }
    const id = idOf(source.objectKind, source);
    if (seen.has(id)) return;
    seen.add(id);
    const path = [...objects, id];
    if (source.from.length > 0) for (const each of source.from) follow(each, source.namespace, path);
    else found.push(writerOf(input, deployment, source, path));
  };
  follow(from, deployment.namespace, []);
  return found;
}

/** An ExternalArtifact is known by the generator that makes it. */
const isMeant = (source: FluxSource, { objectKind, name }: FluxReference, cluster: string, namespace: string): boolean =>
  source.cluster === cluster &&
  (source.namespace ?? "default") === namespace &&
  (objectKind === "ExternalArtifact" ? source.makes.includes(name) : source.objectKind === objectKind && source.name === name);

function writerOf(input: PlaneInput, { chart }: FluxDeployment, source: FluxSource, objects: readonly string[]): Found {
  const { objectKind, url = "", reference } = source;
  const base = {
    objects,
    content: { url, reference, ...(chart && { chart }) },
    source: source.source,
    ...(source.isVerified && { because: `${labelOf(objectKind, source)} takes only what is signed, and who holds the keys is not known` }),
  };
  if (objectKind === "GitRepository") return { ...base, writer: gitWriter(input, url, fluxRevision(reference)) };
  if (objectKind === "HelmRepository") return { ...base, writer: registryWriter(input, url, chart?.name, chart?.version) };
  if (objectKind === "OCIRepository")
    return { ...base, writer: registryWriter(input, url, undefined, reference.digest ?? reference.semver ?? reference.tag) };
  return { ...base, writer: { type: "unread", what: labelOf(objectKind, source), why: "who writes it was not collected" } };
}

/**
 * The controller acts as `serviceAccountName` of the object's own namespace where one is named, as its default where the flag sets one, and otherwise as
 * itself: an administrator of the cluster, as it is installed.
 *
 * Source: Flux, "Kustomization", Role-based access control; "Helm Releases", Role-based access control; "Multi-tenancy lockdown".
 */
function appliesAs(
  to: Emitter,
  cluster: Cluster,
  deployment: FluxDeployment,
  { id, label }: { readonly id: string; readonly label: string },
): void {
  const needs = [fact("control", manifestsId(id))];
  const namespace = deployment.namespace ?? "default";
  if (deployment.remote) {
    remote(to, cluster, deployment, label, needs);
    return;
  }
  const controller = fluxControllers(to.estate).get(`${cluster.name} ${deployment.objectKind}`);
  const account = deployment.serviceAccount ?? controller?.defaultAccount;
  if (account === undefined) {
    actsAsController(to, deployment, needs, `${label} is applied as the controller itself`);
    return;
  }
  emit(to, {
    family: "gitops/apply",
    needs,
    gives: fact("act-as", serviceAccountId(cluster.name, namespace, account)),
    how: `${label} is applied as service account ${namespace}/${account}`,
    grant: grant(
      id,
      { serviceAccount: account },
      {
        label: `service account of ${label}`,
        change: `let ${label} be applied as a service account that reaches its own environment only`,
        source: deployment.source,
      },
    ),
  });
}

function actsAsController(to: Emitter, deployment: FluxDeployment, needs: readonly Fact[], how: string): void {
  const { cluster, objectKind } = deployment;
  const id = idOf(objectKind, deployment);
  const label = labelOf(objectKind, deployment);
  const controller = fluxControllers(to.estate).get(`${cluster} ${objectKind}`);
  const applied = grant(
    id,
    { serviceAccount: null },
    {
      label: `service account of ${label}`,
      change: `name a service account for ${label} that reaches its own environment only`,
      source: deployment.source,
    },
  );
  if (controller?.defaultAccount !== undefined) return;
  if (controller) {
    const { workload } = controller;
    const gives = fact("act-as", serviceAccountId(cluster, workload.namespace ?? "default", workload.serviceAccount));
    emit(to, { family: "gitops/apply", needs, gives, how, grant: applied });
    return;
  }
  const because = `${CONTROLLER[objectKind]} of cluster ${cluster} was not read, and acts as an administrator unless it was told otherwise`;
  emitWide(to, cluster, { family: "gitops/apply", needs, because, how, grant: applied });
}

/** The kubeconfig of another cluster: which one, and as whom, stands in the secret. */
function remote(to: Emitter, cluster: Cluster, deployment: FluxDeployment, label: string, needs: readonly Fact[]): void {
  const { remote: { secret, configMap } = {}, namespace = "default", source } = deployment;
  const id = idOf(deployment.objectKind, deployment);
  const where = secret === undefined ? `ConfigMap ${namespace}/${configMap ?? "?"}` : `Secret ${namespace}/${secret}`;
  const because = `which cluster ${label} is applied to stands in ${where}, which does not tell it`;
  const read = grant(
    id,
    { kubeConfig: where },
    { label: `kubeconfig of ${label}`, change: `say in the charter's credentials what ${where} opens`, source },
  );
  // What the charter says of the credential is known by its own rules.
  const declared =
    secret === undefined
      ? undefined
      : to.estate.charter.credentials.find((each) => each.secret === secretId(cluster.name, namespace, secret));
  if (declared) {
    const how = `${label} is applied with the credential in ${where}`;
    emit(to, { family: "gitops/apply", needs, gives: fact("read", declared.secret), how, grant: read });
    return;
  }
  const others = [...clustersOf(to.estate).keys()].filter((name) => name !== cluster.name);
  for (const other of others)
    emitWide(to, other, { family: "gitops/apply", needs, because, how: `${label} may be applied to ${other}`, grant: read });
  const gap = {
    topic: "gitops/cluster",
    subject: id,
    what: `the cluster that ${label} is applied to`,
    why: because,
    clauses: CLAUSES,
    source,
  };
  emitGap(to, gap, [], `${label} is applied to another cluster`);
}

/** New Kustomizations and HelmReleases choose source and account as those that exist do. */
function namespaceRules(to: Emitter, cluster: string, namespace: string, source: FluxSource["source"]): void {
  const part = partOf(cluster, namespace, "flux-deployments");
  const owner = nature(namespaceId(cluster, namespace), `what stands in ${namespace}`, source);
  for (const each of ["flux-deployments", "flux-sources"])
    emit(to, {
      family: "kubernetes/namespace-owner",
      needs: [fact("control", namespaceId(cluster, namespace))],
      gives: fact("write", partOf(cluster, namespace, each)),
      how: `${each} of ${namespace} belong to the namespace`,
      grant: owner,
    });
  const needs = [fact("write", part)];
  emit(to, {
    family: "gitops/write-object",
    needs,
    gives: fact("act-as", partOf(cluster, namespace, "service-accounts")),
    how: `a new Kustomization in ${namespace} is applied as any service account there`,
    grant: owner,
  });
  for (const kind of ["Kustomization", "HelmRelease"] as const) {
    const controller = fluxControllers(to.estate).get(`${cluster} ${kind}`);
    if (!controller || controller.defaultAccount !== undefined) continue;
    const { workload } = controller;
    emit(to, {
      family: "gitops/write-object",
      needs,
      gives: fact("act-as", serviceAccountId(cluster, workload.namespace ?? "default", workload.serviceAccount)),
      how: `a new ${kind} in ${namespace} is applied as the controller itself`,
      grant: grant(
        clusterId(cluster),
        { controller: workload.name },
        {
          label: `${workload.name} of cluster ${cluster}`,
          change: `start ${workload.name} with --default-service-account`,
          source: workload.source,
        },
      ),
    });
  }
}
