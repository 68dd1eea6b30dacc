// The plane of continuous delivery from Git: who decides what the controllers of a cluster apply, and where.
import { gapId } from "../../model/gap.ts";
import { fact, grant, type EntitySink, type RuleSink } from "../../model/rule.ts";
import { clustersOf, gapPlace } from "../kubernetes/cluster.ts";
import type { KnownEstate, Plane, PlaneInput } from "../plane.ts";
import { argoRules } from "./argo-rules.ts";
import { installationsOf } from "./argo.ts";
import { emitGap, emitWide, type Emitter } from "./emit.ts";
import { gitopsEntities } from "./entities.ts";
import { fluxRules } from "./flux.ts";
import { promotionRules } from "./promotion-rules.ts";

export const gitopsPlane: Plane = {
  name: "gitops",
  entities: (input: PlaneInput, sink: EntitySink) => gitopsEntities(input, sink),
  rules(estate: KnownEstate, sink: RuleSink): void {
    const to: Emitter = { estate, sink };
    for (const argo of installationsOf(estate)) argoRules(to, argo);
    fluxRules(to);
    promotionRules(to);
    unreadRules(to);
  },
};

/** An object that was not read could deploy anything to the clusters that its controller reaches: its own, and any that it has a credential for. */
function unreadRules(to: Emitter): void {
  for (const gap of to.estate.gaps) {
    if (gap.topic !== "kubernetes/gitops") continue;
    const at = gapPlace(gap);
    if (at === undefined || !clustersOf(to.estate).has(at.cluster)) continue;
    to.sink.took(gap);
    const read = grant(gapId(gap), "unread", { label: gap.what, change: `read ${gap.what}`, source: gap.source ?? { file: "" } });
    for (const cluster of clustersOf(to.estate).keys()) {
      const how = `an object that was not read may have anything applied to ${cluster}`;
      emitWide(to, cluster, { family: "gitops/unread", needs: [], because: gapId(gap), how, grant: read });
    }
  }
  for (const { cluster, image, what, isRead, source } of runningControllers(to.estate)) {
    if (isRead) continue;
    const gap = {
      topic: "gitops/objects",
      subject: cluster,
      what: `${what} of cluster ${cluster}`,
      why: `${image} runs there, and none of its objects is among the files`,
      clauses: ["A1", "A6", "P1", "P2", "P3"],
      source,
    };
    emitGap(to, gap, [fact("control", `k8s:${cluster}`)], `objects of ${image} that were not read may have anything applied to ${cluster}`);
  }
}

const CONTROLLERS: readonly (readonly [
  image: RegExp,
  what: string,
  kinds: readonly ("gitops/argo-application" | "gitops/argo-application-set" | "gitops/flux-deployment" | "gitops/kargo-stage")[],
])[] = [
  [/(?:^|\/)argoproj\/argocd(?:[:@]|$)/, "Applications", ["gitops/argo-application", "gitops/argo-application-set"]],
  [/(?:^|\/)fluxcd\/(?:kustomize|helm)-controller(?:[:@]|$)/, "Kustomizations and HelmReleases", ["gitops/flux-deployment"]],
  [/(?:^|\/)akuity\/kargo(?:[:@]|$)/, "Stages", ["gitops/kargo-stage"]],
];

function runningControllers({ observations }: PlaneInput) {
  const found = new Map<string, { cluster: string; image: string; what: string; isRead: boolean; source: { file: string } }>();
  for (const { cluster, containers, source } of observations("kubernetes/workload"))
    for (const { image } of containers)
      for (const [pattern, what, kinds] of CONTROLLERS) {
        const name = pattern.exec(image)?.[0].replace(/^\/|[:@]$/g, "");
        if (name === undefined || found.has(`${cluster} ${what}`)) continue;
        const isRead = kinds.some((kind) => observations(kind).some((each) => each.cluster === cluster));
        found.set(`${cluster} ${what}`, { cluster, image: name, what, isRead, source });
      }
  return found.values();
}
