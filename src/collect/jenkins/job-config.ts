// `config.xml` of a job or folder → what it builds, from where, and who may do what to it. Source: Jenkins, "Remote access API", config.xml.
import type { JenkinsBranchSource, JenkinsGrant, JenkinsJob, JenkinsLibrarySetting } from "../../model/observations/jenkins.ts";
import type { Source } from "../../model/source.ts";
import { entryOf } from "./permissions.ts";
import { child, type Element, every, textAt } from "./xml.ts";

export interface JobConfig {
  readonly job: JenkinsJob;
  readonly grants: readonly JenkinsGrant[];
  readonly libraries: readonly JenkinsLibrarySetting[];
  /** A pipeline's script that stands in the settings themselves. */
  readonly script?: { readonly text: string; readonly line: number };
  /** Scripts of a freestyle job. */
  readonly builders: readonly { readonly text: string; readonly line: number }[];
}

const TYPES: readonly (readonly [RegExp, JenkinsJob["type"]])[] = [
  [/WorkflowMultiBranchProject$/, "multibranch"],
  [/OrganizationFolder$/, "organization"],
  [/\.Folder$/, "folder"],
  [/^flow-definition$|WorkflowJob$/, "pipeline"],
  [/^project$|FreeStyleProject$/, "freestyle"],
];

/** Roots of settings are named after Java classes, or are `project`, which the files of Maven and Ant have too. */
export const isJobConfig = (root: Element): boolean => {
  if (root.name === "project") return ["builders", "triggers", "publishers", "scm"].some((name) => child(root, name) !== undefined);
  return TYPES.some(([pattern]) => pattern.test(root.name)) || /^(?:maven2-moduleset|matrix-project)$/.test(root.name);
};

const TRIGGERS: Readonly<Record<string, string>> = {
  "hudson.triggers.TimerTrigger": "cron",
  "hudson.triggers.SCMTrigger": "pollSCM",
  "com.cloudbees.jenkins.GitHubPushTrigger": "githubPush",
  "jenkins.triggers.ReverseBuildTrigger": "upstream",
};

export function readJobConfig(root: Element, controller: string, name: string, source: Source): JobConfig {
  const type = TYPES.find(([pattern]) => pattern.test(root.name))?.[1] ?? "other";
  const definition = definitionOf(root, type);
  const at = (element: Element): Source => ({ file: source.file, line: element.line });
  const triggers = [...every(root, /^triggers$/)].flatMap((one) => one.children);
  const matrix = [...every(root, /AuthorizationMatrixProperty$/)][0];
  const job: JenkinsJob = {
    kind: "jenkins/job",
    controller,
    name,
    type,
    disabled: textAt(root, "disabled") === "true",
    ...(definition && { definition }),
    ...((type === "multibranch" || type === "organization") && { sources: sourcesOf(root) }),
    cutsInheritance: (child(matrix, "inheritanceStrategy")?.attributes["class"] ?? "").endsWith("NonInheritingStrategy"),
    triggers: [...new Set(triggers.map((one) => TRIGGERS[one.name] ?? one.name))],
    upstream: triggers.flatMap((one) =>
      (textAt(one, "upstreamProjects") ?? "").split(",").flatMap((each) => (each.trim() === "" ? [] : [each.trim()])),
    ),
    remoteTrigger: textAt(root, "authToken") !== undefined,
    source,
  };
  const script = type === "pipeline" ? child(child(root, "definition"), "script") : undefined;
  return {
    job,
    grants: matrix === undefined ? [] : grantsOf(matrix, controller, name, at(matrix)),
    libraries: [...every(root, /LibraryConfiguration$/)].flatMap((one) => libraryOf(one, controller, name, at(one))),
    ...(script !== undefined && { script: { text: script.text, line: script.line } }),
    builders: type === "freestyle" ? buildersOf(root) : [],
  };
}

function definitionOf(root: Element, type: JenkinsJob["type"]): JenkinsJob["definition"] {
  if (type === "multibranch" || type === "organization") {
    const path = [...every(root, /^scriptPath$/)][0]?.text.trim();
    return { path: path === undefined || path === "" ? "Jenkinsfile" : path, branches: [] };
  }
  if (type === "freestyle") return { inline: true };
  const definition = child(root, "definition");
  if (type !== "pipeline" || definition === undefined) return undefined;
  const kind = definition.attributes["class"] ?? "";
  if (kind.endsWith("CpsFlowDefinition")) return { inline: true };
  if (!kind.endsWith("CpsScmFlowDefinition")) return undefined;
  const scm = child(definition, "scm");
  const url = scm && [...every(scm, /^url$/)][0]?.text.trim();
  const branches = scm === undefined ? [] : [...every(scm, /BranchSpec$/)].flatMap((one) => textAt(one, "name") ?? []);
  return { path: textAt(definition, "scriptPath") ?? "Jenkinsfile", ...(url && { url }), branches };
}

const grantsOf = (matrix: Element, controller: string, of: string, source: Source): readonly JenkinsGrant[] =>
  matrix.children
    .filter((one) => one.name === "permission")
    .flatMap((one) => {
      const entry = entryOf(one.text);
      return entry === undefined
        ? []
        : [
            {
              kind: "jenkins/grant",
              controller,
              of,
              permissions: [entry.permission],
              to: [entry.to],
              source: { ...source, line: one.line },
            } as const,
          ];
    });

const TRUST: readonly (readonly [RegExp, NonNullable<JenkinsBranchSource["forkRequests"]>])[] = [
  [/TrustEveryone$/, "everyone"],
  [/TrustContributors$|TrustMembers$/, "contributors"],
  [/TrustPermission$/, "permission"],
  [/TrustNobody$/, "nobody"],
  [/TrustTeamForks$/, "contributors"],
];

/**
 * Traits of the branch sources decide which heads are built (Jenkins Handbook, "Branches and Pull Requests"; GitHub Branch Source, "Discover pull
 * requests from forks", Trust).
 */
function sourcesOf(root: Element): readonly JenkinsBranchSource[] {
  const sources = [...every(root, /^(?:source|navigator)$|SCMNavigator$/)].filter(
    (one) => one.name !== "source" || one.attributes["class"] !== undefined,
  );
  return sources.map((element) => {
    const traits = [...every(element, /^traits$/)].flatMap((one) => one.children);
    const has = (name: RegExp): Element | undefined => traits.find((trait) => name.test(trait.name));
    const fork = has(/ForkPullRequestDiscoveryTrait$|ForkMergeRequestDiscoveryTrait$/);
    const trust = child(fork, "trust")?.attributes["class"] ?? "";
    const wildcard = has(/WildcardSCMHeadFilterTrait$/);
    const include = textAt(wildcard, "includes")?.split(/\s+/);
    const regex = textAt(has(/RegexSCMHeadFilterTrait$/), "regex");
    const url = urlOf(element);
    return {
      ...(url !== undefined && { url }),
      branches: has(/BranchDiscoveryTrait$/) !== undefined,
      tags: has(/TagDiscoveryTrait$/) !== undefined,
      ...(include && { include }),
      ...(regex !== undefined && { regex }),
      ownRequests: has(/Origin(?:Pull|Merge)RequestDiscoveryTrait$/) !== undefined,
      ...(fork && { forkRequests: TRUST.find(([pattern]) => pattern.test(trust))?.[1] ?? "unknown" }),
    };
  });
}

/** GitHub's source names owner and repository, others an address. */
function urlOf(element: Element): string | undefined {
  const owner = textAt(element, "repoOwner") ?? textAt(element, "projectOwner");
  const repository = textAt(element, "repository") ?? textAt(element, "projectPath");
  const kind = element.attributes["class"] ?? element.name;
  if (/GitHubSCM/.test(kind) && owner !== undefined && repository !== undefined) {
    const api = textAt(element, "apiUri") ?? "https://api.github.com";
    const host = api.replace(/^https?:\/\/(?:api\.)?/, "").split("/")[0] ?? "github.com";
    return `https://${host}/${owner}/${repository}`;
  }
  if (/GitLabSCM/.test(kind) && repository !== undefined) return textAt(element, "httpRemote") ?? `https://gitlab.com/${repository}`;
  return textAt(element, "remote") ?? textAt(element, "repositoryUrl");
}

export function libraryOf(element: Element, controller: string, of: string, source: Source): readonly JenkinsLibrarySetting[] {
  const name = textAt(element, "name");
  if (name === undefined) return [];
  const version = textAt(element, "defaultVersion");
  const url =
    [...every(element, /^(?:remote|url|repositoryUrl)$/)][0]?.text.trim() ??
    [...every(element, /^scm$|^source$/)].flatMap((one) => urlOf(one) ?? [])[0];
  return [
    {
      kind: "jenkins/library",
      controller,
      of,
      name,
      ...(version !== undefined && { version }),
      mayOverride: textAt(element, "allowVersionOverride") !== "false",
      implicit: textAt(element, "implicit") === "true",
      ...(url && { url }),
      source,
    },
  ];
}

const buildersOf = (root: Element): JobConfig["builders"] =>
  (child(root, "builders")?.children ?? []).flatMap((one) => {
    const text = textAt(one, "command");
    return text === undefined ? [{ text: `# ${one.name}`, line: one.line }] : [{ text, line: child(one, "command")?.line ?? one.line }];
  });
