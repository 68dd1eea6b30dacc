// The CircleCI collector: configurations, and answers of the API → observations.
import { isObject } from "../../lib/json.ts";
import type { Gap } from "../../model/gap.ts";
import type { CircleAnswered, CircleciObservation } from "../../model/observations/circleci.ts";
import { inside, type Source } from "../../model/source.ts";
import type { Collector, ObservationSink, ParsedFile } from "../collector.ts";
import { isConfig, readConfig } from "./config.ts";
import * as schema from "./schema.ts";

const CLAUSES = {
  "circleci/config": ["A1", "P1", "P2"],
  "circleci/contexts": ["A1", "B5", "P2"],
  "circleci/variables": ["A1", "B5"],
  "circleci/settings": ["A1"],
  "circleci/scope": [],
} as const;

const gapOf = (topic: keyof typeof CLAUSES, subject: string, what: string, why: string, source?: Source): Gap => ({
  topic,
  subject,
  what,
  why,
  clauses: CLAUSES[topic],
  ...(source && { source }),
});

export const collector: Collector = {
  system: "circleci",
  reads: [
    ".circleci/config.yml (workflows, jobs, commands, orbs, contexts, filters, approval jobs)",
    "GET /context?owner-slug=gh/ORG, GET /context/ID/restrictions, GET /context/ID/environment-variable (contexts, who and what may use them, names of variables)",
    "GET /project/gh/ORG/REPO, GET /project/gh/ORG/REPO/envvar, GET /project/gh/ORG/REPO/settings",
  ],
  permissions: [
    "a personal API token of an account that may see the organization's contexts and the project's settings; the API prints no value of a context's variable",
  ],
  cannotSee: [
    "who is in the security groups that restrict a context (A6)",
    "configuration that a setup workflow makes, and what orbs do (A1, P1)",
    "what a self-hosted runner keeps between jobs (A1)",
  ],
  recognize,
  map(document, index, file, sink, { fingerprint }) {
    const source: Source = { file: file.path, ...(index > 0 && { document: index }), pointer: "" };
    if (isConfig(document)) {
      const repository = repositoryOf(file);
      if (repository === undefined) {
        const why = "nothing says which repository it is from: give the input a scope with repository: ORG/REPO";
        return sink.gap(gapOf("circleci/scope", file.path, `the configuration ${file.path}`, why, source));
      }
      const problem = (why: string, at: Source): void =>
        sink.gap(gapOf("circleci/config", repository, `${file.path} of ${repository}`, why, at));
      return sink.observation(readConfig(document, { repository, path: ".circleci/config.yml", source }, { fingerprint, problem }));
    }
    answer(document, file, source, sink);
  },
  denied(call, error, scope) {
    const subject = scope.project ?? scope.organization ?? call;
    const topic = /\/context/.test(call) ? "circleci/contexts" : /envvar/.test(call) ? "circleci/variables" : "circleci/settings";
    return [gapOf(topic, subject, call, error)];
  },
};

function recognize(document: unknown, file: ParsedFile): string | undefined {
  if (isConfig(document)) return "CircleCI configuration";
  if (file.scope?.system !== "circleci" || calledBy(file.call) === undefined || !isObject(document)) return undefined;
  return "answer of CircleCI";
}

function repositoryOf(file: ParsedFile): string | undefined {
  const github = /^GET (?:https?:\/\/[^/]+)?\/repos\/([^/]+\/[^/]+)\/contents\//.exec(file.call ?? "")?.[1];
  if (github !== undefined) return `github:${github}`;
  if (file.scope?.system === "gitlab") return file.scope.project === undefined ? undefined : `gitlab:${file.scope.project}`;
  const name = file.scope?.repository ?? file.scope?.project;
  return name === undefined ? undefined : `github:${name}`;
}

interface Called {
  readonly what: "contexts" | "restrictions" | "context variables" | "project variables" | "project" | "settings";
  /** Organization, id of a context, or ORG/REPO. */
  readonly of: string;
}

function calledBy(call: string | undefined): Called | undefined {
  const address = /^GET (?:https?:\/\/[^/]+)?(?:\/api\/v2)?(\/\S+)$/.exec(call ?? "")?.[1] ?? "";
  const owner = /^\/context\?(?:.*&)?owner-slug=(?:gh|github|gitlab|bb|circleci)(?:\/|%2F)([^&]+)/i.exec(address)?.[1];
  if (owner !== undefined) return { what: "contexts", of: owner };
  const ofContext = /^\/context\/([\w-]+)\/(restrictions|environment-variable)(?:\?|$)/.exec(address);
  if (ofContext) return { what: ofContext[2] === "restrictions" ? "restrictions" : "context variables", of: ofContext[1] as string };
  const ofProject = /^\/project\/(?:gh|github|gitlab|bb|circleci)\/([^/]+\/[^/?]+)(?:\/(envvar|settings))?(?:\?|$)/.exec(address);
  if (!ofProject) return undefined;
  return {
    what: ofProject[2] === "envvar" ? "project variables" : ofProject[2] === "settings" ? "settings" : "project",
    of: ofProject[1] as string,
  };
}

/** One item of a list → its observation, or undefined where it has another form. */
function itemOf(item: unknown, { what, of }: Called, source: Source): CircleciObservation | undefined {
  if (what === "contexts") {
    const wire = schema.Context.safeParse(item).data;
    return wire && { kind: "circleci/context", organization: of, ...wire, source };
  }
  if (what === "restrictions") {
    const wire = schema.Restriction.safeParse(item).data;
    return (
      wire && {
        kind: "circleci/restriction",
        context: wire.context_id,
        type: wire.restriction_type,
        value: wire.restriction_value,
        ...(wire.name && { name: wire.name }),
        source,
      }
    );
  }
  const name =
    what === "context variables"
      ? schema.ContextVariable.safeParse(item).data?.variable
      : schema.ProjectVariable.safeParse(item).data?.name;
  return name === undefined ? undefined : { kind: "circleci/variable", name, of, source };
}

function answer(document: unknown, file: ParsedFile, source: Source, sink: ObservationSink): void {
  const called = calledBy(file.call);
  if (called === undefined || !isObject(document)) return;
  const { what, of } = called;
  const bad = (at: Source): void =>
    sink.gap(
      gapOf(
        what === "settings" || what === "project"
          ? "circleci/settings"
          : what.includes("variables")
            ? "circleci/variables"
            : "circleci/contexts",
        of,
        `${what} of ${of}`,
        "the answer has not the form that CircleCI documents",
        at,
      ),
    );
  if (what === "project") {
    const wire = schema.Project.safeParse(document).data;
    if (wire === undefined) return bad(source);
    return sink.observation({
      kind: "circleci/project",
      project: of,
      ...(wire.id && { id: wire.id }),
      ...(wire.organization_id && { organizationId: wire.organization_id }),
      source,
    });
  }
  if (what === "settings") {
    const wire = schema.Settings.safeParse(document).data?.advanced;
    if (wire === undefined) return bad(source);
    return sink.observation({
      kind: "circleci/settings",
      project: of,
      buildsForks: wire.build_fork_prs,
      forksGetSecrets: wire.forks_receive_secret_env_vars,
      source,
    });
  }
  if (!Array.isArray(document["items"])) return bad(source);
  for (const [index, item] of document["items"].entries()) {
    const at = inside(source, "items", index);
    const read = itemOf(item, called, at);
    if (read === undefined) bad(at);
    else sink.observation(read);
  }
  if (document["next_page_token"])
    return sink.gap(gapOf("circleci/contexts", of, `${what} of ${of}`, "the page has a next one: collect it too", source));
  const answered: CircleAnswered = { kind: "circleci/answered", what, of, source };
  sink.observation(answered);
}
