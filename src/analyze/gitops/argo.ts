// Argo CD as its objects describe it: installations, the clusters each deploys to, its projects and Applications, and what a project permits.
import { globMatches } from "../../lib/glob.ts";
import type { ArgoApplication, ArgoApplicationSet, ArgoDestination, ArgoProject } from "../../model/observations/gitops.ts";
import type { Source } from "../../model/source.ts";
import { type Cluster, clustersOf } from "../kubernetes/cluster.ts";
import { clustersByArn } from "../kubernetes/eks-cluster.ts";
import { once } from "../kubernetes/once.ts";
import type { PlaneInput } from "../plane.ts";
import { type ArgoClusterName, generate } from "./application-set.ts";

/** A cluster that an installation deploys to, as its Applications call it. */
export interface Target {
  readonly server: string;
  readonly name: string;
  /** The cluster's name in the estate; undefined: which one it is is not known. */
  readonly cluster?: string;
  /** The secret that holds the credential; absent: Argo CD's own cluster. */
  readonly secret?: string;
  readonly source: Source;
}

export interface Application {
  readonly object: ArgoApplication;
  /** It stands in Argo CD's own namespace, where it may name any project. */
  readonly isInside: boolean;
  /** Undefined: its destination is none that the installation is known to have. */
  readonly target?: Target;
  readonly project?: ArgoProject;
}

export interface Installation {
  readonly cluster: string;
  readonly namespace: string;
  readonly source: Source;
  readonly targets: readonly Target[];
  readonly projects: readonly ArgoProject[];
  readonly applications: readonly Application[];
  /** `target`: where all that it generates is applied, when its template says so without a parameter. */
  readonly sets: readonly { readonly object: ArgoApplicationSet; readonly unknown?: string; readonly target?: Target }[];
}

const OWN_SERVER = "https://kubernetes.default.svc";
const OWN_NAME = "in-cluster";

/** Argo CD, "Projects", The Default Project: made by itself, and it permits everything. Anything else stands in an object of its own. */
export const DEFAULT_PROJECT = "default";

export const installationsOf = once((input): readonly Installation[] => {
  const { observations } = input;
  const objects = [
    ...observations("gitops/argo-project"),
    ...observations("gitops/argo-application"),
    ...observations("gitops/argo-application-set"),
  ];
  return [...Map.groupBy(objects, ({ cluster }) => cluster)].flatMap(([cluster, own]) => {
    const homes = homesOf(input, cluster, own);
    return homes.map((namespace) => installation(input, clustersOf(input).get(cluster), cluster, namespace, homes));
  });
});

/**
 * Argo CD stands where its projects and its settings are: "AppProjects … need to be created in the Argo CD namespace" (Declarative Setup). Where neither
 * was read, every namespace with Applications is taken for one.
 */
function homesOf(input: PlaneInput, cluster: string, objects: readonly (ArgoProject | ArgoApplication | ArgoApplicationSet)[]): string[] {
  const projects = objects.flatMap((each) => (each.kind === "gitops/argo-project" ? [each.namespace ?? "default"] : []));
  const settings = [...(clustersOf(input).get(cluster)?.namespaces.values() ?? [])].flatMap(({ name, configMaps }) =>
    (configMaps.get("argocd-cm")?.objects.length ?? 0) > 0 ? [name] : [],
  );
  const homes = new Set([...projects, ...settings]);
  if (homes.size > 0) return [...homes];
  return [...new Set(objects.map(({ namespace }) => namespace ?? "default"))];
}

function installation(
  input: PlaneInput,
  cluster: Cluster | undefined,
  name: string,
  namespace: string,
  homes: readonly string[],
): Installation {
  const isHere = (object: { cluster: string; namespace?: string }): boolean =>
    object.cluster === name && (object.namespace ?? "default") === namespace;
  const projects = input.observations("gitops/argo-project").filter(isHere);
  const targets = targetsOf(input, cluster, name, namespace);
  // Applications elsewhere belong to the one whose projects let their namespace in; with one installation, to that.
  const belongs = (object: ArgoApplication | ArgoApplicationSet): boolean => {
    if (object.cluster !== name) return false;
    const at = object.namespace ?? "default";
    if (at === namespace) return true;
    if (homes.includes(at)) return false;
    return homes.length === 1 || projects.some(({ sourceNamespaces }) => sourceNamespaces.some((pattern) => globMatches(pattern, at)));
  };
  const seen = input.observations("gitops/argo-application").filter(belongs);
  const names = new Set(seen.map((each) => `${each.namespace ?? "default"}/${each.name}`));
  const known: ArgoClusterName[] = targets.map((target) => ({
    name: target.name,
    server: target.server,
    ...labelsOf(input, target, name, namespace),
  }));
  const sets = input
    .observations("gitops/argo-application-set")
    .filter(belongs)
    .map((object) => {
      const made = seen.filter(({ madeBy, namespace: at }) => madeBy === object.name && at === object.namespace);
      const { applications, unknown } = generate(object, known);
      // What the API server serves is what was generated.
      const isServed = made.some(({ served }) => served === true);
      return { object, applications: isServed ? [] : applications, ...(unknown !== undefined && !isServed && { unknown }) };
    });
  const rendered = sets
    .flatMap(({ applications }) => applications)
    .filter((each) => !names.has(`${each.namespace ?? "default"}/${each.name}`));
  return {
    cluster: name,
    namespace,
    source: projects[0]?.source ?? seen[0]?.source ?? sets[0]?.object.source ?? { file: "" },
    targets,
    projects,
    applications: [...seen, ...rendered].map((object) => applicationOf(object, namespace, targets, projects)),
    sets: sets.map(({ object, unknown }) => {
      const target = targetOf(object.template.destination, targets);
      return { object, ...(unknown !== undefined && { unknown }), ...(target && { target }) };
    }),
  };
}

function labelsOf(input: PlaneInput, target: Target, cluster: string, namespace: string): Pick<ArgoClusterName, "labels" | "annotations"> {
  const secret = input
    .observations("kubernetes/secret")
    .find((each) => each.cluster === cluster && each.namespace === namespace && each.name === target.secret);
  return { labels: secret?.labels ?? {}, annotations: secret?.annotations ?? {} };
}

/** Argo CD's own cluster, and one for each secret that it takes for a cluster (Declarative Setup, Clusters). */
function targetsOf(input: PlaneInput, cluster: Cluster | undefined, own: string, namespace: string): Target[] {
  const known = clustersOf(input);
  const byArn = clustersByArn(input.observations);
  const named = (text: string): string | undefined => byArn.get(text) ?? (known.has(text) ? text : undefined);
  const secrets = input
    .observations("kubernetes/secret")
    .filter((each) => each.cluster === own && each.namespace === namespace && each.argoCluster);
  const others = secrets.flatMap(({ name: secret, argoCluster = {}, source }): Target[] => {
    const { name = "", server = "" } = argoCluster;
    if (isOwn(server)) return [];
    const found = named(server) ?? named(name) ?? named(name.replace(/^.*:cluster\//, ""));
    return [{ server, name, secret, source, ...(found !== undefined && { cluster: found }) }];
  });
  const source = cluster?.source ?? { file: "" };
  return [{ server: OWN_SERVER, name: OWN_NAME, cluster: own, source }, ...others];
}

const isOwn = (server: string): boolean => server.replace(/\/$/, "") === OWN_SERVER;

function applicationOf(
  object: ArgoApplication,
  namespace: string,
  targets: readonly Target[],
  projects: readonly ArgoProject[],
): Application {
  const target = targetOf(object.destination, targets);
  const project = projects.find(({ name }) => name === object.project);
  return { object, isInside: (object.namespace ?? "default") === namespace, ...(target && { target }), ...(project && { project }) };
}

function targetOf({ server, name }: ArgoDestination, targets: readonly Target[]): Target | undefined {
  if (server !== undefined && isOwn(server)) return targets[0];
  return targets.find((target) => (server !== undefined ? target.server === server : name !== undefined && target.name === name));
}

/**
 * Whether a project permits the namespace of the target: some destination does, by server or by name, and none that denies (`!`) does.
 *
 * Source: Argo CD, "Projects", Managing Projects: "!" negates a destination; isDestinationMatched in argoproj/argo-cd pkg/apis/application/v1alpha1/types.go.
 */
export function permitsDestination({ destinations }: ArgoProject, target: Target, namespace: string): boolean {
  const meets = ({ server, name, namespace: pattern }: ArgoDestination): boolean =>
    ((server !== undefined && globMatches(server, target.server)) || (name !== undefined && globMatches(name, target.name))) &&
    globMatches(pattern ?? "", namespace);
  const isDenied = destinations.some((each) => {
    const parts = [each.server, each.name, each.namespace];
    if (!parts.some((part) => part?.startsWith("!"))) return false;
    const plain = (part: string | undefined): string | undefined => part?.replace(/^!/, "");
    const { server, name, namespace: space } = each;
    return meets({
      ...(server !== undefined && { server: plain(server) as string }),
      ...(name !== undefined && { name: plain(name) as string }),
      ...(space !== undefined && { namespace: plain(space) as string }),
    });
  });
  return !isDenied && destinations.some(meets);
}

const OVER_ALL: readonly (readonly [group: string, kind: string])[] = [
  ["rbac.authorization.k8s.io", "ClusterRoleBinding"],
  ["admissionregistration.k8s.io", "MutatingWebhookConfiguration"],
];

/** Whether a project lets someone apply what gives them the whole cluster. Without a list, no cluster-scoped kind is permitted. */
export const permitsWholeCluster = ({ clusterKinds }: ArgoProject): boolean =>
  clusterKinds.some(({ group, kind }) => OVER_ALL.some(([ofGroup, ofKind]) => globMatches(group, ofGroup) && globMatches(kind, ofKind)));

/** Whether Applications of the namespace may name the project: those of Argo CD's own always, others by `sourceNamespaces`. */
export const admitsApplicationsOf = ({ namespace, sourceNamespaces }: ArgoProject, from: string): boolean =>
  from === (namespace ?? "default") || sourceNamespaces.some((pattern) => globMatches(pattern, from));
