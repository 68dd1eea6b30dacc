// Credentials that a system hands to runs of several environments: variable sets, contexts of CircleCI, what an Atlantis server has.
import type { OpensSeveral } from "../ansible/credentials.ts";
import type { Estate } from "../estate.ts";
import type { Project } from "./model/model.ts";
import { modelProjects } from "./model/projects.ts";

/** GitLab's variables, and credentials of Jenkins and Azure, are asked about where their jobs deploy (production-credential-outside-its-environment). */
const SYSTEMS: ReadonlySet<Project["system"]> = new Set(["atlantis", "terraform-cloud", "circleci"]);

export function credentialsOfRuns(estate: Estate): readonly OpensSeveral[] {
  const found = new Map<string, { label: string; environments: Map<string, string>; because?: string; source: OpensSeveral["source"] }>();
  for (const project of modelProjects(estate)) {
    if (!SYSTEMS.has(project.system)) continue;
    const contexts = new Map(project.contexts.map((context) => [context.id, context]));
    for (const { id, label, given, source } of project.credentials) {
      const known = found.get(id) ?? { label, environments: new Map<string, string>(), source };
      found.set(id, known);
      for (const { to, because } of given) {
        const context = contexts.get(to);
        const environment = context && estate.environmentOf(context.environment ?? context.id);
        if (context === undefined || environment === undefined || known.environments.has(environment)) continue;
        known.environments.set(environment, context.label);
        if (because !== undefined) known.because ??= because;
      }
    }
  }
  return [...found].map(([id, rest]) => ({ id, ...rest }));
}
