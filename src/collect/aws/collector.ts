// The AWS collector: files as the AWS CLI prints them, recognized by content, to observations.
import { isObject } from "../../lib/json.ts";
import type { Collector, ParsedFile } from "../collector.ts";
import { callOf } from "./call.ts";
import { denied } from "./denied.ts";
import { leastPermissions } from "./fetch-calls.ts";
import { join } from "./join.ts";
import { eksShapes } from "./map-eks.ts";
import { identityPieceShapes } from "./map-identity-pieces.ts";
import { identityCenterShapes } from "./map-identity-center.ts";
import { identityShapes } from "./map-identity.ts";
import { organizationShapes } from "./map-organization.ts";
import { resourcePolicyShapes } from "./map-resource-policy.ts";
import { resourceShapes } from "./map-resources.ts";
import { mapPlacements } from "./network/map-placements.ts";
import { networkShapes } from "./network/shapes.ts";
import { sharingShapes } from "./sharing/map-sharing.ts";
import { snapshotShapes } from "./sharing/map-snapshots.ts";
import { upkeepShapes } from "./upkeep/map.ts";
import { isAnswerTo, readingOf, type Shape } from "./shape.ts";

/** In the order they are tried: the first that knows the content wins. */
export const shapes: readonly Shape[] = [
  ...identityShapes,
  ...organizationShapes,
  // Before the pieces of IAM: both services list users and groups, and these say whose directory it is.
  ...identityCenterShapes,
  ...identityPieceShapes,
  ...resourceShapes,
  ...resourcePolicyShapes,
  ...eksShapes,
  ...networkShapes,
  ...snapshotShapes,
  ...sharingShapes,
  ...upkeepShapes,
];

/**
 * A call that the manifest names decides: content of another form is then a gap, not a file that nobody knows. Without a manifest the content
 * decides, and a folder's own naming only tells apart what the content leaves open.
 */
function shapeOf(document: unknown, file: ParsedFile): Shape | undefined {
  if (!isObject(document)) return undefined;
  const call = callOf(file);
  const asked = shapes.find((shape) => isAnswerTo(shape, call));
  if (asked && (file.call !== undefined || asked.is(document))) return asked;
  return shapes.find((shape) => shape.is(document));
}

export const collector: Collector = {
  system: "aws",
  reads: [
    "IAM: account authorization details, or the smaller calls about roles, users, groups, policies and OpenID Connect providers",
    "IAM Identity Center: permission sets, who is assigned to them in which account, and the directory's users and groups",
    "Organizations: accounts, units, service and resource control policies, and where they are attached",
    "Resource policies of S3, KMS, Secrets Manager, SQS, SNS, ECR and Lambda",
    "Buckets, keys, secrets, queues, topics, repositories, functions, databases and instances, as listed",
    "Keyed fingerprints of secret values, where a collection holds values; the values are never kept",
    "EKS: clusters, access entries, access policies and pod identities",
    "Volumes, snapshots, machine images, database snapshots and their copies, with whom each is shared",
    "S3 replication and default encryption, grants of KMS keys, shares of AWS Resource Access Manager",
    "Trails of CloudTrail, detectors of GuardDuty, recorders of AWS Config, resources that AWS Backup protects, patch states of instances",
    "Networks: VPCs, subnets, routes, security groups, network ACLs, interfaces, gateways, peerings, endpoints, load balancers",
  ],
  permissions: leastPermissions(),
  cannotSee: [
    "SAML providers and who signs in through them; behind IAM Identity Center, an outside directory that fills its users and groups (A2, A6)",
    "Session policies and what a permissions boundary's document says when it is not in the files (A1, A4)",
    "Access lists and access points of S3 (A1, D3)",
    "Data shares of Redshift, and copies that a schedule or a job makes (B6, D3)",
    "What a firewall appliance, a Direct Connect or VPN router, AWS Network Firewall or Cloud WAN lets through (B4)",
    "Where files are given without it: the organization's delegation policy, by which other accounts may manage control policies (A1, A6)",
    "An authorization-details answer that was filtered looks whole: collect it without --filter (A1, A2)",
  ],
  recognize: (document, file) => shapeOf(document, file)?.name,
  map(document, index, file, sink, context) {
    const shape = shapeOf(document, file);
    if (!shape || !isObject(document)) return;
    const reading = readingOf(document, index, file, sink, context);
    shape.map(reading);
    mapPlacements(shape.name, reading);
    // The CLI pages by itself; a token left in its output means that it was told to stop early.
    if (document["NextToken"] !== undefined || document["nextToken"] !== undefined || document["IsTruncated"] === true)
      reading.gap(
        shape.topic,
        shape.subject(reading),
        `the rest of ${shape.name}`,
        "the answer is cut off; collect it without --max-items",
      );
  },
  join,
  denied,
};
