// The GitHub half of the estate: the organization's answers, and one folder a repository.
import { openFolder } from "../folder.ts";
import type { Files } from "../folder.ts";
import { ORG } from "../names.ts";
import { writeGithubOrganization } from "./organization.ts";
import { repositories } from "./repositories.ts";
import { writeActions, writeBranches, writeEnvironments, writeRepository } from "./settings.ts";
import { workflowsOf } from "./workflows.ts";

export function writeGithub(files: Files, fixed: boolean): void {
  writeGithubOrganization(files, fixed);
  for (const spec of repositories(fixed)) {
    const scope = { system: "github", organization: ORG, repository: `${ORG}/${spec.name}` } as const;
    const folder = openFolder(files, `estate/github/${ORG}/${spec.name}`, scope, "the GitHub App bulkhead-collector", 2);
    writeRepository(folder, spec);
    writeBranches(folder, spec);
    writeEnvironments(folder, spec);
    writeActions(folder, spec);
    for (const [name, text] of workflowsOf(spec.name, fixed)) {
      folder.answer(`GET /repos/${ORG}/${spec.name}/contents/.github/workflows/${name}?ref=main`, `.github/workflows/${name}`, text);
    }
    folder.close();
  }
}
