// Once every file is mapped: pieces from several files become one observation each, and what is then still missing becomes gaps.
import type { Observation, ObservationKind, ObservationOf } from "../../model/observation.ts";
import type { AwsPart } from "../../model/observations/aws.ts";
import type { ListedCall, ObservationSink } from "../collector.ts";
import { joinEks } from "./join-eks.ts";
import { joinNetwork } from "./network/join.ts";
import { joinIdentityCenter } from "./join-identity-center.ts";
import { joinIdentity } from "./join-identity.ts";
import { joinOrganization } from "./join-organization.ts";
import { joinResources } from "./join-resources.ts";
import type { Joining, PartOf } from "./joining.ts";
import { joinUpkeep } from "./upkeep/join.ts";
import { awsGap } from "./topics.ts";

const UNCHANGED: readonly ObservationKind[] = ["aws/secret-fingerprint", "aws/eks-cluster", "aws/pod-identity", "aws/oidc-provider"];

export function join(observations: readonly Observation[], calls: readonly ListedCall[], sink: ObservationSink): void {
  const byKind = Map.groupBy(observations, (observation) => observation.kind);
  const byPart = Map.groupBy((byKind.get("aws/part") ?? []) as unknown as readonly AwsPart[], (part) => part.part);
  const joining: Joining = {
    of: <K extends ObservationKind>(kind: K) => (byKind.get(kind) ?? []) as unknown as readonly ObservationOf<K>[],
    parts: <P extends AwsPart["part"]>(part: P) => (byPart.get(part) ?? []) as unknown as readonly PartOf<P>[],
    calls,
    keep: (observation) => sink.observation(observation),
    gap: (topic, subject, what, why, source) => sink.gap(awsGap(topic, subject, what, why, source)),
  };
  for (const kind of UNCHANGED) joining.of(kind).forEach(joining.keep);
  joinIdentity(joining);
  joinIdentityCenter(joining);
  joinOrganization(joining);
  joinResources(joining);
  joinEks(joining);
  joinNetwork(joining);
  joinUpkeep(joining);
}
