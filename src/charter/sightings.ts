// What observations let one guess about environments: each part of the estate with the tier its name, labels or surroundings speak of.
import type { Observations } from "../model/observation.ts";
import { GITOPS_KINDS } from "../model/observations/gitops.ts";
import { KUBERNETES_NETWORK_KINDS } from "../model/observations/kubernetes-network.ts";
import { type Classification, classify, tokens } from "./classify.ts";
import { folded } from "./parts.ts";
import { quoted } from "./problem.ts";
import type { Tier } from "./schema.ts";

/** A part that could stand in a boundary, what it says, and in words from where. */
export interface Sighting {
  readonly name: string;
  /** The cluster of a namespace, the repository of a GitHub environment. */
  readonly scope: string;
  readonly tier?: Tier;
  /** The comment beside its line: what the proposal rests on. */
  readonly why: string;
  /** What a person must decide before the part can stand anywhere. */
  readonly question?: string;
  /** Looks like something that several environments use. */
  readonly isShared: boolean;
}

export interface ClusterSighting extends Sighting {
  /** Taken whole, or namespace by namespace. */
  readonly isWhole: boolean;
  readonly namespaces: readonly Sighting[];
}

// Words of accounts and namespaces that commonly serve every environment.
const SHARED = new Set(
  "shared management master root security audit log logs logging archive network networking transit dns identity sso tools tooling toolchain cicd build registry artifacts artefacts backup monitoring observability".split(
    " ",
  ),
);

// Namespaces that a distribution or a common add-on brings: they serve the whole cluster.
const SYSTEM = new Set(
  "kube-system kube-public kube-node-lease default ingress-nginx cert-manager monitoring logging istio-system flux-system argocd gatekeeper-system external-secrets velero".split(
    " ",
  ),
);

const soundsShared = (name: string): boolean => tokens(name).some((token) => SHARED.has(token));

const ARTICLE = { name: "its name", label: "its label" } as const;

export function sighting(name: string, scope: string, said: Classification, isShared: boolean, about: string): Sighting {
  const base = { name, scope, isShared: isShared && said.kind === "none" };
  if (said.kind === "none")
    return { ...base, why: `${about} names no environment`, ...(isShared ? {} : { question: `${about} names no environment` }) };
  if (said.kind === "conflict") {
    const [a, b] = said.says;
    const why = `${about}: ${ARTICLE[a.from]} says ${quoted(a.token)} (${a.tier ?? "not production"}), ${ARTICLE[b.from]} says ${quoted(b.token)} (${b.tier ?? "not production"})`;
    return { ...base, why, question: `conflict: ${why}` };
  }
  const why = `${about}: ${said.from === "name" ? "its name" : `label ${quoted(said.label ?? "")}`} says ${quoted(said.token)}`;
  return said.tier ? { ...base, tier: said.tier, why } : { ...base, why, question: `${why}: not production, but which tier?` };
}

/** Accounts by their own name, and where that says nothing by the nearest organizational unit that says something. */
export function accountSightings(observations: Observations): readonly Sighting[] {
  const units = new Map(observations("aws/organizational-unit").map((unit) => [unit.id, unit]));
  const listed = observations("aws/account");
  const managers = new Set(observations("aws/organization").map(({ managementAccount }) => managementAccount));
  const unnamed = (["aws/role", "aws/user", "aws/resource", "aws/eks-cluster", "aws/oidc-provider"] as const)
    .flatMap((kind) => observations(kind).map(({ account }) => account))
    .map((account) => ({ account, name: undefined, parent: undefined }));
  const seen = new Map<string, Sighting>();
  for (const { account, name, parent } of [...listed, ...unnamed]) {
    if (seen.has(account)) continue;
    const about = `account ${account}${name === undefined ? "" : ` ${quoted(name)}`}`;
    const own = sighting(account, "", classify({ name: name ?? "" }), managers.has(account) || soundsShared(name ?? ""), about);
    seen.set(account, withUnit(own, parent, units, about));
  }
  return [...seen.values()];
}

type Units = ReadonlyMap<string, { readonly name: string; readonly parent?: string }>;

function withUnit(own: Sighting, parent: string | undefined, units: Units, about: string): Sighting {
  const visited = new Set<string>();
  for (let id = parent; id !== undefined && !visited.has(id); id = units.get(id)?.parent) {
    visited.add(id);
    const unit = units.get(id);
    const said = classify({ name: unit?.name ?? "" });
    if (!unit || said.kind !== "proposed" || !said.tier) continue;
    if (!own.tier)
      return own.isShared || own.question?.startsWith("conflict")
        ? own
        : placed(own, said.tier, `${about}: unit ${quoted(unit.name)} above it says ${quoted(said.token)}`);
    if (own.tier === said.tier) return own;
    return unplaced(
      own,
      `conflict: ${own.why} (${own.tier}), unit ${quoted(unit.name)} above it says ${quoted(said.token)} (${said.tier})`,
    );
  }
  return own;
}

function placed({ name, scope, isShared }: Sighting, tier: Tier, why: string): Sighting {
  return { name, scope, isShared, tier, why };
}

function unplaced({ name, scope, isShared, why }: Sighting, question: string): Sighting {
  return { name, scope, isShared, why, question };
}

const CLUSTER_KINDS = [
  "kubernetes/namespace",
  "kubernetes/service-account",
  "kubernetes/role",
  "kubernetes/role-binding",
  "kubernetes/secret",
  "kubernetes/config-map",
  "kubernetes/workload",
  "kubernetes/other",
  ...KUBERNETES_NETWORK_KINDS,
  ...GITOPS_KINDS,
] as const;

/** A cluster is taken whole when its name has a tier and none of its namespaces says otherwise; else namespace by namespace. */
export function clusterSightings(observations: Observations): readonly ClusterSighting[] {
  const clusters = new Map<string, Map<string, Readonly<Record<string, string>>>>();
  for (const kind of CLUSTER_KINDS)
    for (const seen of observations(kind)) {
      const namespaces = clusters.get(seen.cluster) ?? new Map<string, Readonly<Record<string, string>>>();
      clusters.set(seen.cluster, namespaces);
      if (seen.kind === "kubernetes/namespace") namespaces.set(seen.name, seen.labels);
      else if (seen.namespace !== undefined && !namespaces.has(seen.namespace)) namespaces.set(seen.namespace, {});
    }
  return [...clusters].map(([cluster, namespaces]) => {
    const own = sighting(cluster, "", classify({ name: cluster }), false, `cluster ${quoted(cluster)}`);
    const inside = [...namespaces].map(([name, labels]) =>
      sighting(
        name,
        cluster,
        classify({ name, labels }),
        SYSTEM.has(name) || soundsShared(name),
        `namespace ${quoted(name)} of ${quoted(cluster)}`,
      ),
    );
    const isAgreed = inside.every((namespace) => namespace.tier === own.tier || namespace.why.endsWith("names no environment"));
    const isWhole = own.tier !== undefined && isAgreed;
    const question =
      own.tier !== undefined && !isWhole ? `${own.why}, and some of its namespaces say otherwise: taken one by one` : own.question;
    return { ...own, ...(question === undefined ? {} : { question }), isWhole, namespaces: inside };
  });
}

/** GitHub environments by their names. */
export const githubEnvironmentSightings = (observations: Observations): readonly Sighting[] =>
  firstOf(
    observations("github/environment").map(({ repository, name }) =>
      sighting(name, repository, classify({ name }), false, `GitHub environment ${quoted(name)} of ${quoted(repository)}`),
    ),
  );

/** Repositories by their names. One without a tier holds the source of every environment, and is proposed as shared. */
export function repositorySightings(observations: Observations): readonly Sighting[] {
  const names = [
    ...observations("github/repository").map(({ repository }) => repository),
    ...observations("github/workflow").map(({ repository }) => repository),
    ...observations("github/environment").map(({ repository }) => repository),
  ];
  return firstOf(
    names.map((name) => sighting(name, "", classify({ name: name.slice(name.indexOf("/") + 1) }), true, `repository ${quoted(name)}`)),
  );
}

// GitHub's names take no account of letter case, so two spellings are one part.
function firstOf(sightings: readonly Sighting[]): readonly Sighting[] {
  const seen = new Map<string, Sighting>();
  for (const each of sightings) {
    const key = folded(`${each.scope}\n${each.name}`);
    if (!seen.has(key)) seen.set(key, each);
  }
  return [...seen.values()];
}
