// Subjects of tokens by what runs: a plan of a pull request never gets the subject of an apply.
import { expect, test } from "vitest";
import { loadCharter } from "../../../charter/load.ts";
import type { TfcWorkspace } from "../../../model/observations/terraform-cloud.ts";
import { indexObservations } from "../../../model/observation.ts";
import { terraformCloudProjects } from "./project.ts";

const charter = loadCharter(
  JSON.stringify({
    bulkhead: 1,
    organization: { name: "acme" },
    environments: [
      {
        name: "production",
        tier: "production",
        purpose: "p",
        owner: "o",
        data: "personal",
        boundary: { pipelines: { projects: ["terraform-cloud:acme/shop"] } },
      },
    ],
  }),
  "bulkhead.yaml",
);
if (!charter.ok) throw new Error(JSON.stringify(charter.error));

const source = { file: "ws.json" };
const workspace: TfcWorkspace = {
  kind: "terraform-cloud/workspace",
  organization: "acme",
  name: "shop",
  id: "ws-1",
  project: "prj-1",
  autoApply: true,
  autoApplyRunTrigger: false,
  execution: "remote",
  speculative: true,
  vcs: { repository: "github:acme/shop", identifier: "acme/shop", branch: "main" },
  source,
};

const subjectsOf = (one: TfcWorkspace): readonly string[] => {
  const project = { kind: "terraform-cloud/project", organization: "acme", id: "prj-1", name: "Default Project", source } as const;
  const [found] = terraformCloudProjects({ observations: indexObservations([one, project]), charter: charter.value, gaps: [] });
  return (found?.tokens ?? []).map((token) => `${token.holder.entity} ${token.claims["sub"]?.value ?? ""}`);
};

const SUBJECT = "organization:acme:project:Default Project:workspace:shop:run_phase:";

test("plan and apply have subjects of their own", () => {
  expect(subjectsOf(workspace)).toEqual([
    `terraform-cloud:acme/shop#run/unreviewed ${SUBJECT}plan`,
    `terraform-cloud:acme/shop#run/main ${SUBJECT}plan`,
    `terraform-cloud:acme/shop#run/main/environment/shop ${SUBJECT}apply`,
  ]);
});

test("without plans of pull requests none of them has a token", () => {
  expect(subjectsOf({ ...workspace, speculative: false }).some((line) => line.includes("unreviewed"))).toBe(false);
});

test("what runs on people's own machines has none", () => {
  expect(subjectsOf({ ...workspace, execution: "local" })).toEqual([]);
});
