// Sources, Kustomizations and HelmReleases of Flux → observations.
import type { FluxDeployment, FluxReference, FluxSource } from "../../model/observations/gitops.ts";
import type { KubernetesObservation } from "../../model/observations/kubernetes.ts";
import type { CollectorContext } from "../collector.ts";
import type { Mapper, Placed } from "./map.ts";
import { redactText } from "./redact.ts";
import * as wire from "./schema-gitops.ts";

export const FLUX_MAPPERS: Readonly<Record<string, Mapper>> = {
  OCIRepository: mapSource,
  HelmRepository: mapSource,
  HelmChart: mapSource,
  Bucket: mapSource,
  ArtifactGenerator: mapArtifactGenerator,
  Kustomization: mapKustomization,
  HelmRelease: mapHelmRelease,
};

type WireReference = { readonly kind: string; readonly name: string; readonly namespace?: string | null | undefined };

const referenceOf = ({ kind, name, namespace }: WireReference): FluxReference => ({
  objectKind: kind,
  name,
  ...(namespace && { namespace }),
});

/** Members that are written. */
const given = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], null | undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null && value !== undefined && value !== "")) as never;

export function mapSource(document: unknown, at: Placed, kind: string, { fingerprint }: CollectorContext): KubernetesObservation {
  const { url, endpoint, ref, verify, sourceRef } = wire.FluxSource.parse(document).spec;
  const address = url || endpoint;
  return {
    ...at,
    kind: "gitops/flux-source",
    objectKind: kind,
    ...(address && { url: redactText(address, fingerprint) }),
    reference: given(ref ?? {}),
    ...(verify && { isVerified: true as const }),
    from: sourceRef ? [referenceOf(sourceRef)] : [],
    makes: [],
  } satisfies FluxSource;
}

function mapArtifactGenerator(document: unknown, at: Placed): KubernetesObservation {
  const { sources, artifacts } = wire.FluxArtifactGenerator.parse(document).spec;
  return {
    ...at,
    kind: "gitops/flux-source",
    objectKind: "ArtifactGenerator",
    reference: {},
    from: sources.map(referenceOf),
    makes: artifacts.map(({ name }) => name),
  } satisfies FluxSource;
}

function mapKustomization(document: unknown, at: Placed): KubernetesObservation {
  const { spec } = wire.FluxKustomization.parse(document);
  return {
    ...at,
    kind: "gitops/flux-deployment",
    objectKind: "Kustomization",
    from: referenceOf(spec.sourceRef),
    ...(spec.path && { path: spec.path }),
    ...appliedOf(spec),
  } satisfies FluxDeployment;
}

function mapHelmRelease(document: unknown, at: Placed): KubernetesObservation {
  const { spec } = wire.FluxHelmRelease.parse(document);
  const chart = spec.chart?.spec;
  // The schema asks for one of the two.
  const from = referenceOf((chart?.sourceRef ?? spec.chartRef) as WireReference);
  return {
    ...at,
    kind: "gitops/flux-deployment",
    objectKind: "HelmRelease",
    from,
    ...(chart && { chart: { name: chart.chart, ...(chart.version && { version: chart.version }) } }),
    ...appliedOf(spec),
  } satisfies FluxDeployment;
}

function appliedOf(spec: {
  readonly serviceAccountName?: string | null | undefined;
  readonly targetNamespace?: string | null | undefined;
  readonly suspend?: boolean | null | undefined;
  readonly kubeConfig?:
    | {
        readonly secretRef?: { readonly name: string } | null | undefined;
        readonly configMapRef?: { readonly name: string } | null | undefined;
      }
    | null
    | undefined;
}): Pick<FluxDeployment, "serviceAccount" | "targetNamespace" | "remote" | "isSuspended"> {
  const { kubeConfig } = spec;
  return {
    ...(spec.serviceAccountName && { serviceAccount: spec.serviceAccountName }),
    ...(spec.targetNamespace && { targetNamespace: spec.targetNamespace }),
    ...(kubeConfig && {
      remote: {
        ...(kubeConfig.secretRef && { secret: kubeConfig.secretRef.name }),
        ...(kubeConfig.configMapRef && { configMap: kubeConfig.configMapRef.name }),
      },
    }),
    isSuspended: spec.suspend === true,
  };
}
