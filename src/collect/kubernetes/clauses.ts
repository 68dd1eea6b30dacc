// Which clauses a gap of each topic leaves uncertain.
import type { Topic } from "./kinds.ts";

export const CLAUSES: Readonly<Record<Topic, readonly string[]>> = {
  rbac: ["A1", "A2", "A6", "D3"],
  secrets: ["A1", "B5", "D3"],
  workloads: ["A1", "B6", "D3"],
  namespaces: ["B1", "B3"],
  "config-maps": ["A1", "A6", "B6"],
  "service-accounts": ["A1"],
  network: ["B4"],
  gitops: ["A1", "A6", "P1", "P2", "P3"],
  other: ["A1", "B1"],
};
