// Application, AppProject and ApplicationSet of Argo CD → observations. What they can deploy, and who decides it, is for the analysis to say.
import type {
  ArgoApplication,
  ArgoApplicationSet,
  ArgoDeployment,
  ArgoDestination,
  ArgoGenerator,
  ArgoProject,
  ArgoSource,
} from "../../model/observations/gitops.ts";
import type { KubernetesObservation } from "../../model/observations/kubernetes.ts";
import { inside, type Source } from "../../model/source.ts";
import type { CollectorContext } from "../collector.ts";
import type { Mapper, Placed } from "./map.ts";
import { redactText } from "./redact.ts";
import { Head } from "./schema.ts";
import * as wire from "./schema-gitops.ts";

export const ARGO_MAPPERS: Readonly<Record<string, Mapper>> = {
  Application: mapApplication,
  AppProject: mapProject,
  ApplicationSet: mapApplicationSet,
};

function mapApplication(document: unknown, at: Placed, _: string, context: CollectorContext): KubernetesObservation {
  const { spec } = wire.ArgoApplication.parse(document);
  const owners = Head.parse(document).metadata.ownerReferences ?? [];
  const madeBy = owners.find(({ kind }) => kind === "ApplicationSet")?.name;
  return {
    ...at,
    kind: "gitops/argo-application",
    ...deploymentOf(spec, inside(at.source, "spec"), context),
    ...(madeBy && { madeBy }),
  } satisfies ArgoApplication;
}

function deploymentOf(spec: wire.ArgoSpec, source: Source, { fingerprint }: CollectorContext): ArgoDeployment {
  // A URL may hold a password.
  const url = (text: string): string => redactText(text, fingerprint);
  const sourceOf = ({ repoURL, path, targetRevision, chart }: wire.ArgoSource, at: Source): ArgoSource => ({
    repository: url(repoURL),
    ...(targetRevision && { revision: targetRevision }),
    ...(path && { path }),
    ...(chart && { chart }),
    source: at,
  });
  // `sources` wins over `source` (Argo CD, "Multiple Sources for an Application").
  const plain = spec.source ? [sourceOf(spec.source, inside(source, "source"))] : [];
  const several = spec.sources.map((each, i) => sourceOf(each, inside(source, "sources", i)));
  const hydrator = spec.sourceHydrator;
  const automated = spec.syncPolicy?.automated;
  return {
    // Absent: `default` (Argo CD, "Projects", The Default Project).
    project: spec.project || "default",
    sources: several.length > 0 ? several : plain,
    ...(hydrator && {
      hydrator: {
        dry: sourceOf(hydrator.drySource, inside(source, "sourceHydrator", "drySource")),
        pushedTo: hydrator.hydrateTo?.targetBranch ?? hydrator.syncSource.targetBranch,
        applied: hydrator.syncSource.targetBranch,
      },
    }),
    destination: destinationOf(spec.destination),
    isAutomatic: Boolean(automated) && automated?.enabled !== false,
  };
}

type WireDestination = wire.ArgoSpec["destination"];

const destinationOf = ({ server, name, namespace }: WireDestination): ArgoDestination => ({
  ...(server && { server }),
  ...(name && { name }),
  ...(namespace && { namespace }),
});

function mapProject(document: unknown, at: Placed, _: string, { fingerprint }: CollectorContext): KubernetesObservation {
  const { spec } = wire.ArgoProject.parse(document);
  return {
    ...at,
    kind: "gitops/argo-project",
    repositories: spec.sourceRepos.map((text) => redactText(text, fingerprint)),
    destinations: spec.destinations.map(destinationOf),
    sourceNamespaces: spec.sourceNamespaces,
    clusterKinds: spec.clusterResourceWhitelist,
    ...(spec.roles.length > 0 && { roles: spec.roles.map((role, i) => ({ ...role, source: inside(at.source, "spec", "roles", i) })) }),
    signatureKeys: spec.signatureKeys.map(({ keyID }) => keyID),
    actsAs: spec.destinationServiceAccounts.map(({ server, namespace, defaultServiceAccount }) => ({
      server,
      ...(namespace && { namespace }),
      account: defaultServiceAccount,
    })),
  } satisfies ArgoProject;
}

function mapApplicationSet(document: unknown, at: Placed, _: string, context: CollectorContext): KubernetesObservation {
  const { goTemplate, generators, template, templatePatch } = wire.ArgoApplicationSet.parse(document).spec;
  return {
    ...at,
    kind: "gitops/argo-application-set",
    generators: generators.map((each) => generatorOf(each, context)),
    names: template.metadata.name,
    template: deploymentOf(template.spec, inside(at.source, "spec", "template", "spec"), context),
    templateAnnotations: template.metadata.annotations,
    isGoTemplate: goTemplate === true,
    ...(templatePatch && { isPatched: true as const }),
  } satisfies ArgoApplicationSet;
}

/** What does not fit is `other`: the ApplicationSet is read all the same, and what it generates is not known. */
function generatorOf(written: Readonly<Record<string, unknown>>, context: CollectorContext): ArgoGenerator {
  const [name = ""] = Object.keys(written).filter((key) => key !== "selector" && key !== "template" && written[key] !== null);
  const other: ArgoGenerator = { type: "other", name };
  // A selector of its own on a generator leaves out some of what it generates (ApplicationSet, "Generators", post selectors).
  if (written["selector"] && name !== "clusters") return other;
  switch (name) {
    case "list":
      return listOf(written[name]) ?? other;
    case "clusters": {
      const parsed = wire.ArgoGenerators.clusters.safeParse(written[name]);
      if (!parsed.success || parsed.data.flatList) return other;
      return { type: "clusters", values: parsed.data.values, ...(parsed.data.selector && { selector: parsed.data.selector }) };
    }
    case "matrix":
    case "merge": {
      const parsed = wire.ArgoGenerators.nested.safeParse(written[name]);
      if (!parsed.success) return other;
      return { type: name, generators: parsed.data.generators.map((each) => generatorOf(each, context)) };
    }
    case "git": {
      const parsed = wire.ArgoGenerators.git.safeParse(written[name]);
      if (!parsed.success) return other;
      const { repoURL, revision } = parsed.data;
      return { type: "git", repository: redactText(repoURL, context.fingerprint), ...(revision && { revision }) };
    }
    case "pullRequest": {
      const github = wire.ArgoGenerators.pullRequest.safeParse(written[name]).data?.github;
      return { type: "pull-request", ...(github && { repository: `${github.owner}/${github.repo}` }), labels: github?.labels ?? [] };
    }
    default:
      return other;
  }
}

function listOf(written: unknown): ArgoGenerator | undefined {
  const parsed = wire.ArgoGenerators.list.safeParse(written);
  if (!parsed.success || parsed.data.elementsYaml) return undefined;
  const elements: Record<string, string>[] = [];
  for (const element of parsed.data.elements) {
    const flat = flattened(element);
    if (!flat) return undefined;
    elements.push(flat);
  }
  return { type: "list", elements };
}

/** `{a: {b: c}}` is addressed as `a.b`. */
function flattened(element: Readonly<Record<string, unknown>>): Record<string, string> | undefined {
  const flat: Record<string, string> = {};
  for (const [key, value] of Object.entries(element)) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") flat[key] = String(value);
    else if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      const inner = flattened(value as Record<string, unknown>);
      if (!inner) return undefined;
      for (const [name, text] of Object.entries(inner)) flat[`${key}.${name}`] = text;
    } else return undefined;
  }
  return flat;
}
