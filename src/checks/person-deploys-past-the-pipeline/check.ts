// Clause P3: a person puts workloads into production without the pipeline.
import { type Check, findingsOfWays } from "../check.ts";
import { isPersonWay } from "../ways.ts";
import { personSentence } from "../words.ts";

export const check: Check = {
  id: "person-deploys-past-the-pipeline",
  clause: "P3",
  severity: "high",
  title: "People can deploy to production without the pipeline",
  remediation: "Bind people to read-only roles; let only the deployer's identity write workloads, and give emergencies a break-glass role.",
  claims: (way) => isPersonWay(way) && /^(k8s|gitops):/.test(way.rule.gives.entity),
  evaluate: findingsOfWays((way, estate) => `${personSentence(way, estate)}, past the pipeline`),
};
