// The Atlantis collector: the server's repos.yaml and repositories' atlantis.yaml → observations.
import { isObject, type JsonObject } from "../../lib/json.ts";
import { scriptWithoutSecrets } from "../../lib/secret-text.ts";
import type { Gap } from "../../model/gap.ts";
import type { AtlantisProject, AtlantisRepoEntry, AtlantisStep, AtlantisWorkflow } from "../../model/observations/atlantis.ts";
import { inside, type Source } from "../../model/source.ts";
import type { Collector, ObservationSink, ParsedFile } from "../collector.ts";
import { Project, RepoEntry, Workflow } from "./schema.ts";

const CLAUSES = { "atlantis/server": ["A1", "A6", "P2"], "atlantis/repository": ["A1", "P1", "P2"], "atlantis/scope": [] } as const;

const gapOf = (topic: keyof typeof CLAUSES, subject: string, what: string, why: string, source?: Source): Gap => ({
  topic,
  subject,
  what,
  why,
  clauses: CLAUSES[topic],
  ...(source && { source }),
});

export const collector: Collector = {
  system: "atlantis",
  reads: [
    "repos.yaml, the server's settings for repositories: requirements before plan and apply, what repositories may override, workflows",
    "atlantis.yaml: projects, their workspaces, requirements and workflows",
  ],
  permissions: [
    "to read both files where they stand: a repository, or the values of the server's Helm chart (repoConfig), stored as a file of its own",
  ],
  cannotSee: [
    "flags of the server: which repositories it serves, whether forks' pull requests run, who may comment (A1, P2)",
    "what the server's own credentials open (B5): declare it in the charter's credentials",
    "who may edit repos.yaml or reach the server (A6)",
    "policies that are checked between plan and apply (P2)",
  ],
  recognize,
  map(document, index, file, sink, { fingerprint }) {
    const what = recognize(document, file);
    if (!isObject(document)) return;
    const source: Source = { file: file.path, ...(index > 0 && { document: index }), pointer: "" };
    if (what === "server settings") server(document, source, sink, fingerprint);
    else repository(document, file, source, sink, fingerprint);
  },
  denied: (call, error, scope) => [gapOf("atlantis/server", scope.project ?? scope.repository ?? call, call, error)],
};

const SERVER_KEYS = [
  "id",
  "branch",
  "apply_requirements",
  "plan_requirements",
  "import_requirements",
  "workflow",
  "allowed_overrides",
  "allow_custom_workflows",
  "repo_config_file",
  "allowed_workflows",
];

const isServerEntry = (entry: unknown): boolean =>
  isObject(entry) &&
  typeof entry["id"] === "string" &&
  entry["id"].includes("/") &&
  Object.keys(entry).some((key) => key !== "id" && SERVER_KEYS.includes(key));

const isProject = (entry: unknown): boolean => isObject(entry) && typeof entry["dir"] === "string";

function recognize(document: unknown, file: ParsedFile): string | undefined {
  if (!isObject(document) || file.format === "text") return undefined;
  const { repos, projects, version } = document as { repos?: unknown; projects?: unknown; version?: unknown };
  if (Array.isArray(repos) && repos.some(isServerEntry) && repos.every((entry) => isObject(entry) && typeof entry["id"] === "string"))
    return "server settings";
  const isOurs =
    (version === 3 || version === 2) &&
    (Array.isArray(projects) ? projects.every(isProject) : /(?:^|\/)atlantis[\w-]*\.ya?ml$/.test(file.path));
  return isOurs && (Array.isArray(projects) || isObject(document["workflows"]) || "automerge" in document || "autodiscover" in document)
    ? "repository settings"
    : undefined;
}

type Fingerprint = (secret: string) => string;

function steps(list: unknown, fingerprint: Fingerprint): readonly AtlantisStep[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((step): readonly AtlantisStep[] => {
    if (typeof step === "string") return [{ name: step }];
    if (!isObject(step)) return [];
    return Object.entries(step).map(([name, value]) => {
      const script =
        typeof value === "string" ? value : isObject(value) && typeof value["command"] === "string" ? value["command"] : undefined;
      return { name, ...(script !== undefined && { text: scriptWithoutSecrets(script, fingerprint) }) };
    });
  });
}

function workflows(
  document: JsonObject,
  source: Source,
  about: (why: string, at: Source) => void,
  fingerprint: Fingerprint,
): Record<string, AtlantisWorkflow> {
  const found: Record<string, AtlantisWorkflow> = {};
  for (const [name, value] of Object.entries(isObject(document["workflows"]) ? document["workflows"] : {})) {
    const parsed = Workflow.safeParse(value);
    if (!parsed.success) about(`workflow ${name}: ${parsed.error.issues[0]?.message ?? "another form"}`, inside(source, "workflows", name));
    // A stage that a workflow leaves out runs its default steps (Atlantis, "Custom Workflows", Reference).
    else
      found[name] = {
        plan: steps(parsed.data?.plan?.steps ?? ["init", "plan"], fingerprint),
        apply: steps(parsed.data?.apply?.steps ?? ["apply"], fingerprint),
      };
  }
  return found;
}

function server(document: JsonObject, source: Source, sink: ObservationSink, fingerprint: Fingerprint): void {
  const bad = (why: string, at: Source): void =>
    sink.gap(gapOf("atlantis/server", source.file, `settings of the Atlantis server in ${source.file}`, why, at));
  const repos = (document["repos"] as readonly unknown[]).flatMap((entry, index): readonly AtlantisRepoEntry[] => {
    const at = inside(source, "repos", index);
    const parsed = RepoEntry.safeParse(entry);
    if (!parsed.success) {
      bad(`${parsed.error.issues[0]?.path.join(".") ?? ""}: ${parsed.error.issues[0]?.message ?? "another form"}`, at);
      return [];
    }
    const wire = parsed.data;
    return [
      {
        id: wire.id,
        ...(wire.branch !== undefined && { branch: wire.branch }),
        ...(wire.plan_requirements && { planRequirements: wire.plan_requirements }),
        ...(wire.apply_requirements && { applyRequirements: wire.apply_requirements }),
        ...(wire.workflow !== undefined && { workflow: wire.workflow }),
        ...(wire.allowed_overrides && { allowedOverrides: wire.allowed_overrides }),
        ...(wire.allow_custom_workflows !== undefined && { allowCustomWorkflows: wire.allow_custom_workflows }),
        source: at,
      },
    ];
  });
  sink.observation({ kind: "atlantis/server", repos, workflows: workflows(document, source, bad, fingerprint), source });
}

/** Whose the file is: by the call that it answers, else by the scope. */
function repositoryOf(file: ParsedFile): string | undefined {
  const github = /^GET (?:https?:\/\/[^/]+)?\/repos\/([^/]+\/[^/]+)\/contents\//.exec(file.call ?? "")?.[1];
  if (github !== undefined) return `github:${github}`;
  if (file.scope?.system === "gitlab") return file.scope.project === undefined ? undefined : `gitlab:${file.scope.project}`;
  if (file.scope?.repository !== undefined) return `github:${file.scope.repository}`;
  return file.scope?.project === undefined ? undefined : `github:${file.scope.project}`;
}

function repository(document: JsonObject, file: ParsedFile, source: Source, sink: ObservationSink, fingerprint: Fingerprint): void {
  const of = repositoryOf(file);
  if (of === undefined) {
    const why = "nothing says which repository it is from: give the input a scope with repository: ORG/REPO";
    return sink.gap(gapOf("atlantis/scope", file.path, `the atlantis.yaml ${file.path}`, why, source));
  }
  const bad = (why: string, at: Source): void => sink.gap(gapOf("atlantis/repository", of, `${file.path} of ${of}`, why, at));
  const projects = (Array.isArray(document["projects"]) ? document["projects"] : []).flatMap((entry, index): readonly AtlantisProject[] => {
    const at = inside(source, "projects", index);
    const parsed = Project.safeParse(entry);
    if (!parsed.success) {
      bad(`${parsed.error.issues[0]?.path.join(".") ?? ""}: ${parsed.error.issues[0]?.message ?? "another form"}`, at);
      return [];
    }
    const { name, dir, workspace, workflow, plan_requirements, apply_requirements, depends_on } = parsed.data;
    return [
      {
        ...(name !== undefined && { name }),
        dir,
        workspace,
        ...(workflow !== undefined && { workflow }),
        ...(plan_requirements && { planRequirements: plan_requirements }),
        ...(apply_requirements && { applyRequirements: apply_requirements }),
        dependsOn: depends_on ?? [],
        source: at,
      },
    ];
  });
  sink.observation({
    kind: "atlantis/repository",
    repository: of,
    path: file.path,
    projects,
    workflows: workflows(document, source, bad, fingerprint),
    source,
  });
}
