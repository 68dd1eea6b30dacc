// How strong an environment's boundary is (clause B3): as strong as its weakest part.
import { boundaryParts, isPattern, type Part } from "./parts.ts";
import { type Environment, type Grade, GRADES } from "./schema.ts";

/**
 * Grades, best first: account > cluster > namespace > name-pattern > tag. Each part of a boundary has one, and the weakest counts:
 *
 * - `account`: AWS accounts, organizational units, Azure subscriptions and management groups.
 * - `cluster`: a whole cluster, a whole database server (`postgres:HOST/*`), network ranges and VLANs.
 * - `namespace`: namespaces, hosts and databases by exact names; all namespaces of a cluster but exactly named ones.
 * - `name-pattern`: ARNs, and any name written with a wildcard: whoever can choose a name can then enter the environment.
 * - `tag`: what a boundary without any part would have. None can be written as a tag, and a charter with an empty one does not load.
 *
 * Repositories, GitHub environments and entity ids written exactly are graded only where the boundary has nothing else (as `namespace`): they
 * say which pipelines and single things belong to an environment, and not in which domain it lives. All repositories of an organization
 * (`acme/*`) count likewise, as `cluster` when alone. Written with any other wildcard they are name patterns.
 */
export function gradeOf(environment: Environment): Grade {
  const parts = boundaryParts(environment.boundary, { kind: "environment", name: environment.name }, []);
  const graded = parts.map((part) => ({ part, grade: gradeOfPart(part) }));
  const domains = graded.filter(({ part, grade }) => grade === "name-pattern" || !SINGLE.has(part.level));
  const counted = domains.length > 0 ? domains : graded;
  return GRADES.findLast((grade) => counted.some((each) => each.grade === grade)) ?? "tag";
}

const SINGLE: ReadonlySet<Part["level"]> = new Set(["repository", "github-environment", "project", "project-environment", "entity"]);

function gradeOfPart(part: Part): Grade {
  switch (part.level) {
    case "account":
    case "organizational-unit":
    case "subscription":
    case "management-group":
      return "account";
    case "cluster":
    case "cidr":
    case "vlan":
      return "cluster";
    case "arn":
      return "name-pattern";
    case "namespace":
      return (part.name === "*" || !isPattern(part.name)) && !part.not.some(isPattern) ? "namespace" : "name-pattern";
    case "database":
      if (/^[^*?]+\/\*$/.test(part.name)) return "cluster";
      return isPattern(part.name) ? "name-pattern" : "namespace";
    case "repository":
      if (/^[^*?]+\/\*$/.test(part.name)) return "cluster";
      return isPattern(part.name) ? "name-pattern" : "namespace";
    case "github-environment":
    case "project-environment":
      return isPattern(part.name) || isPattern(part.scope) ? "name-pattern" : "namespace";
    case "host":
    case "project":
    case "entity":
      return isPattern(part.name) ? "name-pattern" : "namespace";
  }
}
