// The domains that environments live in (clause B3): which accounts each reaches into, and what was not read of them.
import type { Environment } from "../charter/schema.ts";
import type { Gap } from "../model/gap.ts";
import type { Estate } from "./estate.ts";

/** Why it is not known what a declared domain holds: which accounts a unit has, which namespaces a cluster. */
export function unseenDomain(estate: Estate, { name, boundary }: Environment): readonly string[] {
  const clusters = (boundary.kubernetes ?? []).map(({ cluster }) => cluster);
  const concerns = (gap: Gap): boolean =>
    (gap.topic === "aws/organization" && (boundary.aws?.organizationalUnits.length ?? 0) > 0) ||
    (gap.topic === "kubernetes/namespaces" && clusters.includes(gap.subject));
  return estate.gaps.filter(concerns).map((gap) => `what ${name} holds: ${gap.what} was not read (${gap.why})`);
}

/** Environments by the AWS account in which something of them stands; a namespace of EKS stands in the account of its cluster. */
export function environmentsByAccount(estate: Estate): ReadonlyMap<string, ReadonlySet<string>> {
  const clusters = new Map(estate.observations("aws/eks-cluster").map(({ name, account }) => [name, account]));
  const found = new Map<string, Set<string>>();
  for (const { id, place } of estate.entities.values()) {
    const account = place.awsAccount ?? (place.cluster === undefined ? undefined : clusters.get(place.cluster));
    const environment = account === undefined ? undefined : estate.environmentOf(id);
    if (account === undefined || environment === undefined) continue;
    const known = found.get(account);
    if (known) known.add(environment);
    else found.set(account, new Set([environment]));
  }
  return found;
}
