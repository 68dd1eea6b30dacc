// Clause P4: production runs an image that no lower environment runs.
import { type ImageUse, productionImages, triedBelow } from "../../analyze/kubernetes/boundary/images.ts";
import { hasWorkloads } from "../../analyze/kubernetes/boundary/shared.ts";
import { type Cluster, clustersOf } from "../../analyze/kubernetes/cluster.ts";
import { namespaceId } from "../../analyze/kubernetes/ids.ts";
import type { Estate } from "../../analyze/estate.ts";
import { productionNames } from "../../analyze/reach/semantics.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "production-image-not-run-below",
  clause: "P4",
  severity: "medium",
  title: "Production runs an image that ran in no environment below",
  remediation: "Promote by digest: deploy the digest that was tested below, and let no environment follow a tag.",
  evaluate: ({ estate }) => {
    const all = productionImages(estate);
    if (
      all.every(({ uses }) => uses.length === 0) &&
      clustersOfProduction(estate).length === 0 &&
      estate.gaps.every(({ topic }) => !topic.startsWith("kubernetes/"))
    )
      return { notApplicable: "no image of production was read" };
    const unseen = clustersOfProduction(estate).filter((cluster) => !hasWorkloads(cluster));
    const unread = estate.gaps.filter(({ topic }) => topic === "kubernetes/workloads" || topic === "kubernetes/cluster");
    return {
      findings: all.flatMap(({ environment, uses, below }) => findings(environment, uses, below, unread.length > 0)),
      unknown: [
        ...unread.map(({ what, why }) => `${what}: ${why}`),
        ...unseen.map(({ name }) => `what runs in cluster ${name} was not read`),
      ],
    };
  },
};

const clustersOfProduction = (estate: Estate): Cluster[] => {
  const production = productionNames(estate.charter);
  return [...clustersOf(estate).values()].filter((cluster) =>
    [...cluster.namespaces.keys()].some((name) => production.has(estate.environmentOf(namespaceId(cluster.name, name)) ?? "")),
  );
};

/** One finding an image, by name: a release is one thing to mend, in however many workloads it runs. */
function findings(environment: string, uses: readonly ImageUse[], below: readonly ImageUse[], isUnread: boolean): Found[] {
  return [...Map.groupBy(uses, ({ repository }) => repository)].flatMap(([repository, own]): Found[] => {
    const asked = own.map((use) => ({ use, tried: triedBelow(use, below) }));
    const first = asked.find(({ tried }) => tried.answer === "no") ?? asked.find(({ tried }) => tried.answer === "unknown");
    if (!first || first.tried.answer === "yes") return [];
    const isSure = first.tried.answer === "no" && !isUnread;
    const { use, tried } = first;
    return [
      {
        verdict: isSure ? "violated" : "unknown",
        summary: isSure
          ? `${use.label} of ${environment} runs ${short(use)}, and ${tried.why}`
          : `Whether ${short(use)}, which ${use.label} of ${environment} runs, ran below is not known: ${tried.why}`,
        from: use.workload,
        to: use.workload,
        toEnvironment: environment,
        grant: `image:${repository}`,
        count: new Set(own.map(({ workload }) => workload)).size,
        change: [`run ${repository} below first, and deploy the digest that was tested there`],
        source: use.source,
      },
    ];
  });
}

const short = ({ repository, digest, reference }: ImageUse): string =>
  digest === undefined ? reference : `${repository}@${digest.slice(0, 19)}…`;
