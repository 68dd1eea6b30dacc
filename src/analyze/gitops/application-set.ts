// What an ApplicationSet generates, where its files alone say it: lists, clusters, and both combined.
import type { ArgoApplication, ArgoApplicationSet, ArgoDeployment, ArgoGenerator } from "../../model/observations/gitops.ts";
import { matches } from "../network/kubernetes/selectors.ts";

type Parameters = Readonly<Record<string, string>>;

export interface ArgoClusterName {
  readonly name: string;
  readonly server: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Generated {
  readonly applications: readonly ArgoApplication[];
  /** Why it may generate others. */
  readonly unknown?: string;
}

/** Combinations multiply: a hostile file may ask for more than any cluster holds. */
const MOST = 2000;

/**
 * A list gives its elements; `clusters` one set of parameters for each cluster that Argo CD knows, its own without a secret included; a matrix every
 * combination of two. Pull requests, files and folders of a repository, and repositories of a forge are known to Argo CD alone.
 *
 * Source: Argo CD, "ApplicationSet", List, Cluster, Git, Matrix, Merge and Pull Request Generator.
 */
export function generate(set: ArgoApplicationSet, clusters: readonly ArgoClusterName[] | undefined): Generated {
  const applications = new Map<string, ArgoApplication>();
  const unknown = new Set<string>();
  if (set.isPatched) unknown.add("its templatePatch changes what the template gives");
  for (const generator of set.generators) {
    const parameters = parametersOf(generator, clusters);
    if (typeof parameters === "string") unknown.add(parameters);
    else {
      for (const each of parameters) {
        const made = render(set, each);
        if (made) applications.set(made.name, made);
        else unknown.add("its template computes more than it names");
      }
    }
  }
  const [first] = unknown;
  return { applications: [...applications.values()], ...(first !== undefined && { unknown: first }) };
}

function parametersOf(generator: ArgoGenerator, clusters: readonly ArgoClusterName[] | undefined): readonly Parameters[] | string {
  switch (generator.type) {
    case "list":
      return generator.elements;
    case "clusters":
      return clusters === undefined ? "which clusters Argo CD knows was not read" : clusterParameters(generator, clusters);
    case "matrix":
      return matrix(generator.generators, clusters);
    case "git":
      return `it is generated from the files of ${generator.repository}`;
    case "pull-request":
      return "it is generated from open pull requests";
    default:
      return `what generator ${generator.type === "other" ? generator.name : generator.type} generates is not in its files`;
  }
}

function clusterParameters(generator: ArgoGenerator & { type: "clusters" }, clusters: readonly ArgoClusterName[]): Parameters[] {
  const { selector, values } = generator;
  return clusters
    .filter(({ labels }) => selector === undefined || matches(selector, labels))
    .map(({ name, server, labels, annotations }) => ({
      name,
      // "nameNormalized": lower case letters, digits, - and . alone.
      nameNormalized: name.toLowerCase().replaceAll(/[^a-z0-9.-]/g, "-"),
      server,
      ...prefixed("metadata.labels.", labels),
      ...prefixed("metadata.annotations.", annotations),
      ...prefixed("values.", values),
    }));
}

const prefixed = (prefix: string, texts: Parameters): Parameters =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [prefix + key, text]));

function matrix(generators: readonly ArgoGenerator[], clusters: readonly ArgoClusterName[] | undefined): readonly Parameters[] | string {
  let combined: readonly Parameters[] = [{}];
  for (const generator of generators) {
    const next = parametersOf(generator, clusters);
    if (typeof next === "string") return next;
    if (combined.length * next.length > MOST) return `it generates more than ${MOST} Applications`;
    combined = combined.flatMap((one) => next.map((other) => ({ ...one, ...other })));
  }
  return combined;
}

function render(set: ArgoApplicationSet, parameters: Parameters): ArgoApplication | undefined {
  let isKnown = true;
  const text = (written: string): string => {
    const filled = fill(written, parameters, set.isGoTemplate);
    if (filled === undefined) isKnown = false;
    return filled ?? written;
  };
  const deployment = filledDeployment(set.template, text);
  const annotations = Object.fromEntries(Object.entries(set.templateAnnotations).map(([key, value]) => [key, text(value)]));
  const name = text(set.names);
  if (!isKnown) return undefined;
  const { cluster, namespace, source } = set;
  return {
    kind: "gitops/argo-application",
    cluster,
    ...(namespace !== undefined && { namespace }),
    name,
    labels: {},
    annotations,
    madeBy: set.name,
    source,
    ...deployment,
  };
}

function filledDeployment(
  { project, sources, hydrator, destination, isAutomatic }: ArgoDeployment,
  text: (written: string) => string,
): ArgoDeployment {
  const sourceOf = (each: ArgoDeployment["sources"][number]): ArgoDeployment["sources"][number] => ({
    ...each,
    repository: text(each.repository),
    ...(each.revision !== undefined && { revision: text(each.revision) }),
    ...(each.path !== undefined && { path: text(each.path) }),
    ...(each.chart !== undefined && { chart: text(each.chart) }),
  });
  return {
    project: text(project),
    sources: sources.map(sourceOf),
    ...(hydrator && { hydrator: { dry: sourceOf(hydrator.dry), pushedTo: text(hydrator.pushedTo), applied: text(hydrator.applied) } }),
    destination: Object.fromEntries(Object.entries(destination).map(([key, value]) => [key, text(value as string)])),
    isAutomatic,
  };
}

/**
 * `{{name}}`, or `{{.name}}` in a Go template. A function, a pipe or a name without a value makes the text unknown; an unmatched one is left as it
 * stands by Argo CD, which no Application can be made from.
 */
function fill(written: string, parameters: Parameters, isGoTemplate: boolean): string | undefined {
  let isKnown = true;
  const filled = written.replaceAll(/\{\{-?\s*(.*?)\s*-?\}\}/g, (_, expression: string) => {
    const name = isGoTemplate ? /^\.([\w.-]+)$/.exec(expression)?.[1] : /^([\w./-]+)$/.exec(expression)?.[1];
    const value = name === undefined || !Object.hasOwn(parameters, name) ? undefined : parameters[name];
    if (value === undefined) isKnown = false;
    return value ?? "";
  });
  return isKnown ? filled : undefined;
}
