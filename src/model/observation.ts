// One fact read from one place: what collectors give and planes take.
import type { AnsibleObservation } from "./observations/ansible.ts";
import type { AtlantisObservation } from "./observations/atlantis.ts";
import type { AwsObservation } from "./observations/aws.ts";
import type { AzureObservation } from "./observations/azure.ts";
import type { CircleciObservation } from "./observations/circleci.ts";
import type { FirewallObservation } from "./observations/firewall.ts";
import type { GithubObservation } from "./observations/github.ts";
import type { GitlabObservation } from "./observations/gitlab.ts";
import type { IdentityObservation } from "./observations/identity.ts";
import type { JenkinsObservation } from "./observations/jenkins.ts";
import type { KubernetesObservation } from "./observations/kubernetes.ts";
import type { KubernetesKustomization } from "./observations/kubernetes-rendering.ts";
import type { MaskingObservation } from "./observations/masking.ts";
import type { TektonObservation } from "./observations/tekton.ts";
import type { TerraformCloudObservation } from "./observations/terraform-cloud.ts";
import type { TerraformPart, TerraformSource } from "./observations/terraform.ts";

export type Observation =
  | AnsibleObservation
  | AtlantisObservation
  | AwsObservation
  | AzureObservation
  | CircleciObservation
  | FirewallObservation
  | GithubObservation
  | GitlabObservation
  | IdentityObservation
  | JenkinsObservation
  | KubernetesObservation
  | KubernetesKustomization
  | MaskingObservation
  | TektonObservation
  | TerraformCloudObservation
  | TerraformPart
  | TerraformSource;

export type ObservationKind = Observation["kind"];

export type ObservationOf<K extends ObservationKind> = Extract<Observation, { kind: K }>;

/** The observations of a kind, in the order they were read. */
export type Observations = <K extends ObservationKind>(kind: K) => readonly ObservationOf<K>[];

export function indexObservations(all: readonly Observation[]): Observations {
  const byKind = new Map<string, Observation[]>();
  for (const observation of all) {
    const list = byKind.get(observation.kind);
    if (list) list.push(observation);
    else byKind.set(observation.kind, [observation]);
  }
  return <K extends ObservationKind>(kind: K) => (byKind.get(kind) ?? []) as unknown as readonly ObservationOf<K>[];
}
