// The wire format of continuous delivery from Git: Argo CD, Flux, Kargo, GitOps Promoter. Only the fields used.
import { z } from "zod";
import { LabelSelector } from "./schema-network.ts";

const list = <T extends z.ZodType>(of: T) =>
  z
    .array(of)
    .nullish()
    .transform((found) => found ?? []);
const Names = list(z.string());
const Text = z.string().nullish();
/** Parameters may be written as numbers or booleans; a template takes their text. */
const Parameter = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Parameters = z
  .record(z.string(), Parameter)
  .nullish()
  .transform((texts) => texts ?? {});

const ArgoSource = z.object({ repoURL: z.string().min(1), path: Text, targetRevision: Text, chart: Text });
export type ArgoSource = z.infer<typeof ArgoSource>;

/** ApplicationSpec, argoproj.io/v1alpha1. An Application has `source`, `sources` or `sourceHydrator`. */
export const ArgoSpec = z
  .object({
    project: Text,
    source: ArgoSource.nullish(),
    sources: list(ArgoSource),
    sourceHydrator: z
      .object({
        drySource: z.object({ repoURL: z.string().min(1), targetRevision: Text, path: Text }),
        syncSource: z.object({ targetBranch: z.string().min(1), path: Text }),
        hydrateTo: z.object({ targetBranch: z.string().min(1) }).nullish(),
      })
      .nullish(),
    destination: z.object({ server: Text, name: Text, namespace: Text }),
    syncPolicy: z.object({ automated: z.object({ enabled: z.boolean().nullish() }).nullish() }).nullish(),
  })
  .refine(({ source, sources, sourceHydrator }) => Boolean(source ?? sourceHydrator) || sources.length > 0, "source");
export type ArgoSpec = z.infer<typeof ArgoSpec>;

export const ArgoApplication = z.object({ spec: ArgoSpec });

export const ArgoProject = z.object({
  spec: z.object({
    sourceRepos: Names,
    destinations: list(z.object({ server: Text, name: Text, namespace: Text })),
    sourceNamespaces: Names,
    clusterResourceWhitelist: list(z.object({ group: z.string(), kind: z.string() })),
    roles: list(z.object({ name: z.string().min(1), policies: Names, groups: Names })),
    signatureKeys: list(z.object({ keyID: z.string() })),
    destinationServiceAccounts: list(z.object({ server: z.string(), namespace: Text, defaultServiceAccount: z.string().min(1) })),
  }),
});

const PullRequest = z.object({ github: z.object({ owner: z.string(), repo: z.string(), labels: Names }).nullish() });
const Git = z.object({ repoURL: z.string().min(1), revision: Text });

/** A generator holds one of these. Those of `matrix` and `merge` hold generators again, which may hold others, two levels deep. */
export const ArgoGenerator = z.record(z.string(), z.unknown());
export const ArgoGenerators = {
  list: z.object({ elements: list(z.record(z.string(), z.union([Parameter, z.unknown()]))), elementsYaml: Text }),
  clusters: z.object({ selector: LabelSelector.nullish(), values: Parameters, flatList: z.boolean().nullish() }),
  nested: z.object({ generators: z.array(ArgoGenerator) }),
  git: Git,
  pullRequest: PullRequest,
};

export const ArgoApplicationSet = z.object({
  spec: z.object({
    goTemplate: z.boolean().nullish(),
    generators: z.array(ArgoGenerator),
    template: z.object({ metadata: z.object({ name: z.string().min(1), annotations: Parameters }), spec: ArgoSpec }),
    templatePatch: Text,
  }),
});

const FluxReference = z.object({ kind: z.string().min(1), name: z.string().min(1), namespace: Text });

/** source.toolkit.fluxcd.io. The URL of a Bucket is its endpoint. */
export const FluxSource = z.object({
  spec: z.object({
    url: Text,
    endpoint: Text,
    ref: z.object({ branch: Text, tag: Text, semver: Text, commit: Text, name: Text, digest: Text }).nullish(),
    verify: z.object({}).nullish(),
    sourceRef: FluxReference.nullish(),
  }),
});

/** source.extensions.fluxcd.io: each artifact copies from the sources. */
export const FluxArtifactGenerator = z.object({
  spec: z.object({ sources: z.array(FluxReference), artifacts: z.array(z.object({ name: z.string().min(1) })) }),
});

const KubeConfig = z.object({
  secretRef: z.object({ name: z.string() }).nullish(),
  configMapRef: z.object({ name: z.string() }).nullish(),
});
const FluxApplied = { serviceAccountName: Text, targetNamespace: Text, suspend: z.boolean().nullish(), kubeConfig: KubeConfig.nullish() };

export const FluxKustomization = z.object({ spec: z.object({ ...FluxApplied, sourceRef: FluxReference, path: Text }) });

export const FluxHelmRelease = z.object({
  spec: z
    .object({
      ...FluxApplied,
      chart: z.object({ spec: z.object({ chart: z.string().min(1), version: Text, sourceRef: FluxReference }) }).nullish(),
      chartRef: FluxReference.nullish(),
    })
    .refine(({ chart, chartRef }) => Boolean(chart ?? chartRef), "chart"),
});

/** kargo.akuity.io. A policy names its Stage, or selects several. */
export const KargoPolicies = z.object({
  spec: z
    .object({
      promotionPolicies: list(
        z
          .object({
            stage: Text,
            stageSelector: LabelSelector.extend({ name: Text }).nullish(),
            autoPromotionEnabled: z.boolean().nullish(),
          })
          .refine(({ stage, stageSelector }) => Boolean(stage) !== Boolean(stageSelector), "stage"),
      ),
    })
    .nullish(),
});

export const KargoWarehouse = z.object({
  spec: z.object({
    subscriptions: z.array(
      z.object({
        git: z.object({ repoURL: z.string().min(1), branch: Text, commitSelectionStrategy: Text }).nullish(),
        image: z.object({ repoURL: z.string().min(1) }).nullish(),
        chart: z.object({ repoURL: z.string().min(1), name: Text }).nullish(),
      }),
    ),
  }),
});

const KargoStep = z.object({
  uses: Text,
  task: z.object({ name: z.string().min(1), kind: Text }).nullish(),
  config: z.record(z.string(), z.unknown()).nullish(),
});
export type KargoStep = z.infer<typeof KargoStep>;

export const KargoApplications = list(z.object({ name: z.string().min(1), namespace: Text }));

/** Before version 1 a Stage had `subscriptions` and `promotionMechanisms`: such a one is no Stage of the API that is served now. */
export const KargoStage = z.object({
  spec: z.object({
    requestedFreight: z
      .array(
        z.object({
          origin: z.object({ name: z.string().min(1) }),
          sources: z.object({ direct: z.boolean().nullish(), stages: Names }),
        }),
      )
      .min(1),
    promotionTemplate: z.object({ spec: z.object({ steps: list(KargoStep) }) }).nullish(),
  }),
});

export const KargoTask = z.object({ spec: z.object({ steps: list(KargoStep) }) });

const Keys = list(z.object({ key: z.string().min(1) }));

/** promoter.argoproj.io. */
export const PromoterStrategy = z.object({
  spec: z.object({
    gitRepositoryRef: z.object({ name: z.string().min(1) }),
    proposedCommitStatuses: Keys,
    environments: z
      .array(
        z.object({
          branch: z.string().min(1),
          autoMerge: z.boolean().nullish(),
          proposedCommitStatuses: Keys,
          dependsOn: z.array(z.string()).nullish(),
        }),
      )
      .min(1),
  }),
});

export const PromoterRepository = z.object({ spec: z.object({ github: z.object({ owner: Text, name: Text }).nullish() }) });

export const PromoterStatus = z.object({ spec: z.object({ key: Text, promotionStrategyRef: z.object({ name: z.string().min(1) }) }) });
