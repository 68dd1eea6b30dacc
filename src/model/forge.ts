// The systems that run pipelines: the first part of an entity's id says of which it is.

/** Beside GitHub, whose rules are its own, each has a reader of the pipeline model (docs/rfd/0002.md). */
export const FORGES = ["github", "gitlab", "jenkins", "azure", "atlantis", "terraform-cloud", "circleci", "tekton"] as const;

export type Forge = (typeof FORGES)[number];

/** As a part of a pattern, for ids that begin with one: `github|gitlab|…`. */
export const FORGE = FORGES.join("|");

/** The same without GitHub: what the pipeline model takes. */
export const FORGE_OF_MODEL = FORGES.filter((forge) => forge !== "github").join("|");
