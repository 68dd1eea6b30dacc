// What clause B4 asks about and nobody read: an account's network, where a database stands, the network around a cluster.
import type { Gap } from "../../model/gap.ts";
import type { KnownEstate } from "../plane.ts";
import { productionNames } from "../reach/semantics.ts";
import { awsNetwork } from "./aws/entities.ts";
import { networksOf } from "./kubernetes/entities.ts";
import { nodesOf } from "./pods.ts";

export const CLUSTER_TOPIC = "network/cluster";

interface Place {
  readonly name: string;
  readonly isPlaced: boolean;
  readonly hasLower: boolean;
  readonly hasProduction: boolean;
}

/**
 * One gap for each cluster that is not placed and that has something to be walled off from elsewhere. A cluster that holds both sides and is alone is
 * judged by its policies.
 */
export function unplacedClusters(known: KnownEstate): readonly Gap[] {
  const places = [...clusterPlaces(known), ...otherPlaces(known)];
  return places
    .filter(({ isPlaced }) => !isPlaced)
    .filter((place) =>
      places.some((each) => each !== place && ((place.hasProduction && each.hasLower) || (place.hasLower && each.hasProduction))),
    )
    .map(({ name }) => ({
      topic: CLUSTER_TOPIC,
      subject: name,
      what: `the network around cluster ${name}`,
      why: "its nodes are not among the instances that were read, so nobody can say what gets to its pods from outside, and what they get to",
      clauses: ["B4"],
    }));
}

function clusterPlaces(known: KnownEstate): readonly Place[] {
  const production = productionNames(known.charter);
  const nodes = nodesOf(known, awsNetwork(known.observations).network);
  return networksOf(known).map(({ cluster, classes }) => {
    const environments = classes.flatMap(({ members }) => members.map(({ id }) => known.environmentOf(id)));
    return {
      name: cluster,
      isPlaced: (nodes.get(cluster) ?? []).length > 0,
      hasLower: environments.some((name) => name !== undefined && !production.has(name)),
      hasProduction: environments.some((name) => production.has(name ?? "")),
    };
  });
}

/** Everything that stands in a network of AWS, as one place. */
function otherPlaces(known: KnownEstate): readonly Place[] {
  const production = productionNames(known.charter);
  const owners = awsNetwork(known.observations).network.endpoints.flatMap((endpoint) => endpoint.owners);
  const environments = new Set(owners.map((owner) => known.environmentOf(owner)));
  return [
    {
      name: "aws",
      isPlaced: true,
      hasLower: [...environments].some((name) => name !== undefined && !production.has(name)),
      hasProduction: [...environments].some((name) => production.has(name ?? "")),
    },
  ];
}

/** Calls of which one must have been answered before an account's network can be judged, when no file shows any. */
const NEEDED = [
  { kind: "aws/vpc", calls: ["describe-vpcs"], what: "networks" },
  { kind: "aws/network-interface", calls: ["describe-network-interfaces", "describe-instances"], what: "network interfaces" },
] as const;

/**
 * An account of an environment of which nobody asked for networks: nothing of it is among senders and receivers. The gap stays open for clause B4,
 * and opens no statement.
 */
export function unreadAccounts({ observations, environmentOf, entities, gaps }: KnownEstate): readonly Gap[] {
  const inEnvironments = [...entities.values()].filter(({ kind, id }) => kind === "principal" && environmentOf(id) !== undefined);
  const accounts = new Set(inEnvironments.flatMap(({ place }) => place.awsAccount ?? []));
  const asked = new Map(observations("aws/network-asked").map(({ account, operations }) => [account, operations]));
  return [...accounts].toSorted().flatMap((account) => {
    const isTold = gaps.some(({ topic, subject }) => topic === "aws/network" && subject.startsWith(`${account}:`));
    const missing = NEEDED.find(
      ({ kind, calls }) =>
        !observations(kind).some((each) => each.account === account) && !calls.some((call) => asked.get(account)?.includes(call) === true),
    );
    if (isTold || missing === undefined) return [];
    return [gapOf(`${account}:ec2`, `${missing.what} of account ${account}`, `not collected: run aws ec2 ${missing.calls[0]}`)];
  });
}

/** Every database of RDS stands in subnets (RDS User Guide, "Working with a DB instance in a VPC"): an answer without them was cut. */
export function unplacedDatabases({ observations, environmentOf }: KnownEstate): readonly Gap[] {
  const placed = new Set(observations("aws/network-placement").map(({ arn }) => arn));
  return observations("aws/resource")
    .filter(({ type, service, arn }) => type === "database" && service === "rds" && arn.includes(":db:") && !placed.has(arn))
    .filter(({ arn }) => environmentOf(arn) !== undefined)
    .map(({ arn, name, source }) => ({ ...gapOf(arn, `where database ${name} stands`, "the answer names no DBSubnetGroup"), source }));
}

const gapOf = (subject: string, what: string, why: string): Gap => ({ topic: "aws/network", subject, what, why, clauses: ["B4"] });
