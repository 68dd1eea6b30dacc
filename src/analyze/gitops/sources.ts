// Who decides what a source holds: the branch, tag, chart or image repository that something is deployed from, as facts of the planes that own them.
import { type Fact, fact } from "../../model/rule.ts";
import { branchId, organizationOf, repositoryId } from "../pipeline/ids.ts";
import { viewPipeline } from "../pipeline/view.ts";
import type { PlaneInput } from "../plane.ts";
import { ecrRepository, githubRepository, type Revision } from "./repositories.ts";

export type Writer =
  | { readonly type: "fact"; readonly need: Fact; readonly what: string; readonly because?: string }
  /** Nobody can change what it names. */
  | { readonly type: "fixed" }
  /** It belongs to others: that its owner is honest is an assumption, as it is for the actions that workflows use. */
  | { readonly type: "stranger"; readonly what: string }
  /** It is the organization's own, or may be, and was not read. */
  | { readonly type: "unread"; readonly what: string; readonly why: string };

const TAGS = "which rules keep tags from being made or moved was not read";

/**
 * A branch is written by whoever passes its rules. A tag is made and moved by whoever may push: "rulesets for tags" would hold that back, and they are not
 * collected. A commit names its content.
 */
export function gitWriter(input: PlaneInput, url: string, revision: Revision): Writer {
  const name = githubRepository(url);
  if (name === undefined) return { type: "unread", what: `repository ${url}`, why: "no repository of a forge that was collected" };
  if (revision.type === "commit") return { type: "fixed" };
  const view = viewPipeline(input);
  const found = view.repositories.find(({ facts }) => facts.name.toLowerCase() === name.toLowerCase());
  if (!found) {
    const owner = organizationOf(name).toLowerCase();
    const isOurs = view.repositories.some(({ facts }) => facts.organization.toLowerCase() === owner);
    if (isOurs) return { type: "unread", what: `repository ${name}`, why: "not collected" };
    return { type: "stranger", what: name };
  }
  const { facts, protection } = found;
  if (revision.type === "tag") {
    const what = `tag ${revision.name} of ${facts.name}`;
    return { type: "fact", need: fact("author", repositoryId(facts.name)), what, because: TAGS };
  }
  const branch = revision.type === "default" ? facts.defaultBranch : revision.name;
  if (branch === undefined)
    return { type: "unread", what: `default branch of ${facts.name}`, why: "the repository's settings were not collected" };
  const context = protection.contexts.find((one) => one.name === branch);
  return { type: "fact", need: fact("write", context?.id ?? branchId(facts.name, branch)), what: `branch ${branch} of ${facts.name}` };
}

/**
 * A chart or an artifact of a registry. In ECR whoever may push writes it, a new version at least; a digest names its content. A registry that is no part
 * of the estate belongs to others.
 */
export function registryWriter(input: PlaneInput, url: string, chart: string | undefined, version: string | undefined): Writer {
  if (version?.startsWith("sha256:")) return { type: "fixed" };
  const arn = ecrRepository(url, chart);
  if (arn === undefined) return { type: "stranger", what: chart === undefined ? url : `chart ${chart} of ${url}` };
  const resource = input.observations("aws/resource").find((each) => each.arn === arn);
  if (!resource) return { type: "unread", what: `repository ${arn}`, why: "not collected" };
  const isExact = version !== undefined && /^v?\d+\.\d+\.\d+([-+][\w.-]+)?$/.test(version);
  if (isExact && resource.immutableTags === true) return { type: "fixed" };
  return { type: "fact", need: fact("write", arn), what: `ECR repository ${resource.name}` };
}
