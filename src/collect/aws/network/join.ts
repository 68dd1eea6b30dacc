// Networks: one thing that several accounts or several calls print becomes one observation; what they name and no file holds becomes a gap.
import { AWS_NETWORK_KINDS, type AwsNetworkObservation } from "../../../model/observations/aws-network.ts";
import { parseCall } from "../call.ts";
import type { Joining } from "../joining.ts";

/** What makes two observations of a kind the same thing: a shared subnet, a peering and a transit gateway are printed in several accounts. */
function identity(item: AwsNetworkObservation): string {
  switch (item.kind) {
    case "aws/load-balancer":
    case "aws/listener":
    case "aws/target-group":
    case "aws/network-placement":
      return item.arn;
    case "aws/endpoint-service":
      return item.name;
    case "aws/target-health":
      return item.targetGroup;
    case "aws/network-asked":
      return item.account;
    case "aws/transit-gateway-association":
    case "aws/transit-gateway-propagation":
      return `${item.table} ${item.attachment}`;
    case "aws/transit-gateway-route":
      return `${item.table} ${item.destination} ${item.isPropagated}`;
    case "aws/transit-gateway-routes-read":
      return item.table;
    default:
      return item.id;
  }
}

/**
 * The richer of two answers wins field by field: the first keeps its word, the second fills what the first left empty. So an interface from
 * describe-network-interfaces and from describe-instances is one, and a prefix list gets its entries.
 */
function merge<T extends AwsNetworkObservation>(first: T, second: T): T {
  const filled: Record<string, unknown> = { ...second };
  for (const [key, value] of Object.entries(first)) {
    const isEmpty = value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
    if (!isEmpty || filled[key] === undefined) filled[key] = value;
  }
  return filled as unknown as T;
}

export function joinNetwork(joining: Joining): void {
  const kept = new Map<string, AwsNetworkObservation>();
  for (const kind of AWS_NETWORK_KINDS)
    for (const item of joining.of(kind) as readonly AwsNetworkObservation[]) {
      const key = `${kind} ${identity(item)}`;
      const known = kept.get(key);
      kept.set(key, known === undefined ? item : merge(known, item));
    }
  for (const item of kept.values()) joining.keep(item);
  asked(joining);
}

/** What was asked of an account and answered: an empty list is then known to be empty. */
function asked(joining: Joining): void {
  const operations = new Map<string, Set<string>>();
  for (const { call, scope, status } of joining.calls) {
    const parsed = parseCall(call);
    if (parsed?.service !== "ec2" || status !== "answered" || scope.account === undefined) continue;
    operations.set(scope.account, (operations.get(scope.account) ?? new Set<string>()).add(parsed.operation));
  }
  for (const [account, of] of operations) joining.keep({ kind: "aws/network-asked", account, operations: [...of], source: { file: "" } });
}
