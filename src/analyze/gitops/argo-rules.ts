// Who decides what Argo CD applies to which namespaces: sources, Applications, projects, cluster credentials.
import { globMatches } from "../../lib/glob.ts";
import type { ArgoProject } from "../../model/observations/gitops.ts";
import { type Fact, fact, grant } from "../../model/rule.ts";
import { clustersOf } from "../kubernetes/cluster.ts";
import { namespaceId, secretId } from "../kubernetes/ids.ts";
import {
  admitsApplicationsOf,
  type Application,
  DEFAULT_PROJECT,
  type Installation,
  permitsDestination,
  permitsWholeCluster,
  type Target,
} from "./argo.ts";
import {
  derivedId,
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
import { accessRules } from "./argo-access.ts";
import { applicationSetRules } from "./application-set-rules.ts";
import { powerId, writerOf } from "./argo-ids.ts";
import { reachOf } from "./reach-of-controller.ts";
import { gitWriter, type Writer } from "./sources.ts";

const CLAUSES = ["A1", "A6", "P1", "P2", "P3"];

export function argoRules(to: Emitter, argo: Installation): void {
  for (const application of argo.applications) applicationRules(to, argo, application);
  for (const project of argo.projects) projectRules(to, argo, project);
  for (const target of argo.targets) credentialRules(to, argo, target);
  for (const set of argo.sets) applicationSetRules(to, argo, set);
  namingRules(to, argo);
  ownRules(to, argo);
  accessRules(to, argo);
}

function applicationRules(to: Emitter, argo: Installation, application: Application): void {
  const { object } = application;
  const id = idOf("Application", object);
  const label = labelOf("Application", object);
  emitOwned(to, "Application", object, "argo-applications");
  const request = fact("approve", requestId(id));
  sourceRules(to, application, { id, label, request });
  // The sync of an Application is asked for in the object itself (`operation`), and so is every other of its sources (inline patches, another revision).
  const gives = fact("control", manifestsId(id));
  const edit = nature(id, `${label} says itself what it applies`, object.source);
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
  applyRules(to, argo, application, { id, label });
  // Any project that its namespace may name is a field away.
  const named = fact("control", namingId(argo.cluster, object.namespace ?? "default"));
  emit(to, {
    family: "gitops/project",
    needs: [fact("write", id)],
    gives: named,
    how: `who rewrites ${label} chooses its project`,
    grant: edit,
  });
}

/** Whoever writes some Application of a namespace names any project that lets it: once for the namespace, not for each Application. */
const namingId = (cluster: string, namespace: string): string => derivedId(namespaceId(cluster, namespace), "projects");

interface Told {
  readonly id: string;
  readonly label: string;
}

/**
 * With `automated` what the source says is applied within minutes; without it someone has to ask for each sync. A project may ask for signed commits, and
 * who holds the keys is not known.
 *
 * Source: Argo CD, "Automated Sync Policy"; "GnuPG signature verification"; "Source Hydrator": `hydrateTo` is a branch that someone else moves on.
 */
function sourceRules(to: Emitter, application: Application, { id, label, request }: Told & { readonly request: Fact }): void {
  const { object, project } = application;
  const needed = object.isAutomatic ? {} : { request };
  const signed =
    (project?.signatureKeys.length ?? 0) > 0 ? { because: `${object.project} takes commits that are signed with its keys only` } : {};
  const told = { id, label, source: object.source };
  for (const source of object.sources) {
    const { source: at, ...content } = source;
    emitSource(to, told, writerOf(to.estate, source), { content, source: at, ...needed, ...signed });
  }
  const { hydrator } = object;
  if (!hydrator) return;
  const { dry, pushedTo, applied } = hydrator;
  const branch: Writer = gitWriter(to.estate, dry.repository, { type: "branch", name: applied });
  const content = { repository: dry.repository, applied };
  emitSource(to, told, branch, { content, source: dry.source, ...needed, ...signed });
  if (pushedTo !== applied) return; // promotion.ts: whoever merges it on.
  emitSource(to, told, writerOf(to.estate, dry), {
    content: { dry: dry.repository, revision: dry.revision ?? "HEAD" },
    source: dry.source,
    ...needed,
  });
}

/**
 * Manifests name their own namespace where they want another than the Application's: the project decides which those may be.
 *
 * Source: Argo CD, "Projects": "restrict where apps may be deployed to (destination clusters and namespaces)".
 */
function applyRules(to: Emitter, argo: Installation, { object, target, project }: Application, { id, label }: Told): void {
  const needs = [fact("control", manifestsId(id))];
  const namespace = object.destination.namespace;
  const applies = grant(
    id,
    { destination: object.destination },
    {
      label: `destination of ${label}`,
      change: `let an Argo CD of its own environment apply ${label}`,
      source: object.source,
      removable: false,
    },
  );
  if (target?.cluster === undefined) {
    unknownTarget(to, argo, object.destination, { id, label, needs });
    return;
  }
  if (namespace !== undefined) {
    const gives = fact("control", namespaceId(target.cluster, namespace));
    emit(to, {
      family: "gitops/apply",
      needs,
      gives,
      how: `Argo CD applies ${label} to ${namespace} of ${target.cluster}`,
      grant: applies,
    });
  }
  if (project) {
    const how = `${label} may apply to whatever ${labelOf("AppProject", project)} permits`;
    emit(to, { family: "gitops/apply", needs, gives: fact("control", powerId(idOf("AppProject", project), target)), how, grant: applies });
  } else if (object.project === DEFAULT_PROJECT || argo.projects.length === 0) {
    unreadProject(to, object.project, { id, label, target, needs });
  }
}

/** The project `default` permits everything unless someone narrowed it; which projects there are was not read. */
function unreadProject(
  to: Emitter,
  project: string,
  { id, label, target, needs }: Told & { readonly target: Target; readonly needs: readonly Fact[] },
): void {
  const cluster = target.cluster as string;
  const because = `what AppProject ${project}, which ${label} names, permits was not read`;
  const read = grant(
    id,
    { project },
    { label: `AppProject ${project}`, change: `narrow AppProject ${project}, and read it`, source: target.source },
  );
  emitWide(to, cluster, { family: "gitops/project", needs, because, how: `${label} may apply anything to ${cluster}`, grant: read });
}

function unknownTarget(
  to: Emitter,
  argo: Installation,
  destination: Application["object"]["destination"],
  { id, label, needs }: Told & { readonly needs: readonly Fact[] },
): void {
  const where = destination.server ?? destination.name ?? "no cluster";
  const because = `which cluster ${where} is, where ${label} is applied, is not in the files`;
  const source = argo.source;
  const read = grant(id, "destination", {
    label: `destination of ${label}`,
    change: `read the secret of Argo CD's cluster ${where}`,
    source,
  });
  const others = [...clustersOf(to.estate).keys()].filter((name) => !argo.targets.some(({ cluster }) => cluster === name));
  for (const cluster of others)
    emitWide(to, cluster, { family: "gitops/apply", needs, because, how: `${label} may be applied to ${cluster}`, grant: read });
}

function projectRules(to: Emitter, argo: Installation, project: ArgoProject): void {
  const id = idOf("AppProject", project);
  const label = labelOf("AppProject", project);
  emitOwned(to, "AppProject", project, "argo-projects");
  for (const target of argo.targets) {
    if (target.cluster === undefined) continue;
    const needs = [fact("control", powerId(id, target))];
    const { destinations, clusterKinds, repositories } = project;
    const permits = grant(
      id,
      { destinations, clusterKinds, repositories },
      {
        label: `destinations of ${label}`,
        change: `let ${label} permit the namespaces of one environment only`,
        source: project.source,
      },
    );
    powerRules(to, argo, project, target, { needs, label, grant: permits });
  }
  // Who rewrites the project widens it, and still needs an Application of it to apply something.
  const some = fact("control", derivedId(id, "applications"));
  const widens = nature(id, `${label} says itself what it permits`, project.source);
  for (const { object } of argo.applications.filter((each) => each.project === project)) {
    const needs = [fact("control", manifestsId(idOf("Application", object)))];
    emit(to, { family: "gitops/project", needs, gives: some, how: `${labelOf("Application", object)} is of ${label}`, grant: widens });
  }
  for (const target of argo.targets) {
    if (target.cluster === undefined) continue;
    const how = `who rewrites ${label} permits everything to its Applications`;
    emitWide(to, target.cluster, { family: "gitops/project", needs: [fact("write", id), some], how, grant: widens });
  }
  // Applications of other namespaces too, where the project lets them.
  const from = [...(clustersOf(to.estate).get(argo.cluster)?.namespaces.keys() ?? [])].filter((name) =>
    admitsApplicationsOf(project, name),
  );
  for (const namespace of from)
    for (const target of argo.targets)
      joinRule(to, project, target, fact("control", namingId(argo.cluster, namespace)), `an Application in ${namespace} can name ${label}`);
}

/** New Applications, and new ApplicationSets where Argo CD stands, name a project as those that exist do. */
function namingRules(to: Emitter, argo: Installation): void {
  const spaces = new Set([argo.namespace, ...argo.applications.map(({ object }) => object.namespace ?? "default")]);
  for (const project of argo.projects)
    for (const name of clustersOf(to.estate).get(argo.cluster)?.namespaces.keys() ?? [])
      if (admitsApplicationsOf(project, name)) spaces.add(name);
  for (const namespace of spaces)
    for (const part of ["argo-applications", ...(namespace === argo.namespace ? ["argo-application-sets"] : [])])
      emit(to, {
        family: "gitops/project",
        needs: [fact("write", partOf(argo.cluster, namespace, part))],
        gives: fact("control", namingId(argo.cluster, namespace)),
        how: `a new object of ${part} in ${namespace} names a project`,
        grant: nature(namespaceId(argo.cluster, namespace), `${part} of ${namespace}`, argo.source),
      });
}

/**
 * A project's sources bound what can be applied: with a pattern that takes in any repository, anything; with the organization's own, what its branches
 * hold, also unreviewed ones, since an Application names any revision. Inline patches of an Application change what a source says in any case.
 */
function joinRule(to: Emitter, project: ArgoProject, target: Target, need: Fact, how: string): void {
  const id = idOf("AppProject", project);
  const isNothing = project.repositories.every((pattern) => pattern.startsWith("!"));
  if (isNothing) return;
  emit(to, {
    family: "gitops/project",
    needs: [need],
    gives: fact("control", powerId(id, target)),
    how,
    grant: nature(id, `Applications of ${labelOf("AppProject", project)}`, project.source),
  });
}

function powerRules(
  to: Emitter,
  argo: Installation,
  project: ArgoProject,
  target: Target,
  { needs, label, grant: permits }: { readonly needs: readonly Fact[]; readonly label: string; readonly grant: ReturnType<typeof grant> },
): void {
  const cluster = target.cluster as string;
  const reach = reachOf(to.estate, argo, target);
  const base = { family: "gitops/project", needs, grant: permits } as const;
  for (const name of clustersOf(to.estate).get(cluster)?.namespaces.keys() ?? []) {
    if (!permitsDestination(project, target, name)) continue;
    const because = reach(name);
    if (because === false) continue;
    emit(to, { ...base, gives: fact("control", namespaceId(cluster, name)), because, how: `${label} permits ${name} of ${cluster}` });
  }
  const because = reach(undefined);
  const isAnywhere = project.destinations.some(
    (each) => (globMatches(each.server ?? "", target.server) || globMatches(each.name ?? "", target.name)) && each.namespace !== undefined,
  );
  if (because === false || !permitsWholeCluster(project) || !isAnywhere) return;
  emitWide(to, cluster, { ...base, because, how: `${label} permits objects that give all of ${cluster}` });
}

/** Source: Argo CD, "Declarative Setup", Clusters: the secret's `config` holds the token that Argo CD acts with; `argocd cluster add` makes it an administrator's. */
function credentialRules(to: Emitter, argo: Installation, target: Target): void {
  if (target.secret === undefined) return;
  const id = secretId(argo.cluster, argo.namespace, target.secret);
  const label = `Secret ${argo.namespace}/${target.secret}`;
  const needs = [fact("read", id)];
  const opens = grant(
    id,
    { cluster: target.name },
    {
      label: `credential in ${label}`,
      change: `give Argo CD a credential for ${target.name} that reaches only the namespaces it deploys to`,
      source: target.source,
    },
  );
  const how = `${label} holds Argo CD's credential for cluster ${target.cluster ?? target.name}`;
  // Argo CD could not apply the Applications that name the cluster without being allowed to.
  for (const { object } of argo.applications.filter((each) => each.target === target)) {
    const { namespace } = object.destination;
    if (target.cluster === undefined || namespace === undefined) continue;
    emit(to, {
      family: "gitops/cluster-credential",
      needs,
      gives: fact("control", namespaceId(target.cluster, namespace)),
      how,
      grant: opens,
    });
  }
  if (target.cluster !== undefined) {
    const because = "what Argo CD's credential may do in the cluster is not in the secret";
    emitWide(to, target.cluster, { family: "gitops/cluster-credential", needs, because, how, grant: opens });
    return;
  }
  const gap = {
    topic: "gitops/cluster",
    subject: id,
    what: `the cluster of ${label}`,
    why: "neither its name nor its address is one of a cluster that was collected",
    clauses: CLAUSES,
    source: target.source,
  };
  emitGap(to, gap, [], how);
}

function ownRules(to: Emitter, argo: Installation): void {
  for (const { object } of argo.sets) emitOwned(to, "ApplicationSet", object, "argo-application-sets");
  const owner = namespaceId(argo.cluster, argo.namespace);
  for (const part of ["argo-applications", "argo-application-sets", "argo-projects"])
    emit(to, {
      family: "kubernetes/namespace-owner",
      needs: [fact("control", owner)],
      gives: fact("write", partOf(argo.cluster, argo.namespace, part)),
      how: `${part} of ${argo.namespace} belong to the namespace`,
      grant: nature(owner, `what stands in ${argo.namespace}`, argo.source),
    });
}
