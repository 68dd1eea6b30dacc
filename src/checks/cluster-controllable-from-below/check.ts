// Clause A1: a lower environment changes what runs in a higher environment's cluster.
import { type Check, findingsOfWays } from "../check.ts";
import { isWallWay } from "../ways.ts";
import { crossingSentence } from "../words.ts";

export const check: Check = {
  id: "cluster-controllable-from-below",
  clause: "A1",
  severity: "critical",
  title: "A lower environment can change a cluster or namespace of a higher one",
  remediation:
    "Remove the binding, access entry or node sharing that reaches across; give each environment a cluster, or at least nodes, of its own.",
  claims: (way) => isWallWay(way) && way.statements.includes("wall") && way.rule.gives.entity.startsWith("k8s:"),
  evaluate: findingsOfWays(crossingSentence),
};
