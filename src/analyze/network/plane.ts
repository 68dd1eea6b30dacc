// The network plane: what can open a connection to production. It gives `connect` alone, which concerns clause B4 and no statement.
import type { Plane } from "../plane.ts";
import { awsNetworkEntities } from "./aws/entities.ts";
import { awsNetworkRules } from "./aws/rules.ts";
import { unplacedClusters, unplacedDatabases, unreadAccounts } from "./coverage.ts";
import { segmentEntities } from "./firewall/segments.ts";
import { kubernetesNetworkEntities } from "./kubernetes/entities.ts";
import { kubernetesNetworkRules } from "./kubernetes/rules.ts";

export const networkPlane: Plane = {
  name: "network",
  entities(input, sink) {
    awsNetworkEntities(input, sink);
    kubernetesNetworkEntities(input, sink);
    segmentEntities(input, sink);
  },
  rules(known, sink) {
    awsNetworkRules(known, sink);
    kubernetesNetworkRules(known, sink);
    for (const gap of [...unreadAccounts(known), ...unplacedDatabases(known), ...unplacedClusters(known)]) sink.gap(gap);
  },
};
