// Every reader that feeds the pipeline model, and the projects they give, worked out once.
import type { PlaneInput } from "../../plane.ts";
import { atlantisProjects, TOPICS as ATLANTIS_TOPICS } from "../atlantis/project.ts";
import { azureProjects } from "../azure/project.ts";
import { TOPICS as AZURE_TOPICS } from "../azure/facts.ts";
import { circleciProjects, TOPICS as CIRCLECI_TOPICS } from "../circleci/project.ts";
import { gitlabProjects } from "../gitlab/project.ts";
import { TOPICS as GITLAB_TOPICS } from "../gitlab/facts.ts";
import { jenkinsProjects } from "../jenkins/project.ts";
import { TOPICS as JENKINS_TOPICS } from "../jenkins/facts.ts";
import { tektonProjects, TOPICS as TEKTON_TOPICS } from "../tekton/project.ts";
import { terraformCloudProjects, TOPICS as TFC_TOPICS } from "../terraform-cloud/project.ts";
import type { Project } from "./model.ts";

interface Reader {
  readonly system: Project["system"];
  /** Topics of gaps that it turns into may-rules of the model. */
  readonly topics: readonly string[];
  readonly projects: (input: PlaneInput) => readonly Project[];
}

/** One line a forge: what is not here feeds nothing. GitHub has its own, older rules and gives tasks alone (docs/rfd/0002.md). */
const READERS: readonly Reader[] = [
  { system: "gitlab", topics: GITLAB_TOPICS, projects: gitlabProjects },
  { system: "azure", topics: AZURE_TOPICS, projects: azureProjects },
  { system: "jenkins", topics: JENKINS_TOPICS, projects: jenkinsProjects },
  { system: "atlantis", topics: ATLANTIS_TOPICS, projects: atlantisProjects },
  { system: "circleci", topics: CIRCLECI_TOPICS, projects: circleciProjects },
  { system: "tekton", topics: TEKTON_TOPICS, projects: tektonProjects },
  { system: "terraform-cloud", topics: TFC_TOPICS, projects: terraformCloudProjects },
];

export const HANDLED: ReadonlySet<string> = new Set(READERS.flatMap((reader) => reader.topics));

/** The system of an entity that a reader of the model names: `gitlab:acme/shop#run/main`. */
export const isOfModel = (id: string): boolean => READERS.some(({ system }) => id.startsWith(`${system}:`));

const models = new WeakMap<PlaneInput["observations"], { readonly input: PlaneInput; readonly projects: readonly Project[] }>();

const sameGaps = (a: PlaneInput["gaps"], b: PlaneInput["gaps"]): boolean => a.length === b.length && a.every((gap, i) => gap === b[i]);

/** The same observations, charter and gaps give the same projects, and both passes and every check ask for them. */
export function modelProjects(input: PlaneInput): readonly Project[] {
  const known = models.get(input.observations);
  if (known && known.input.charter === input.charter && sameGaps(known.input.gaps, input.gaps)) return known.projects;
  const projects = READERS.flatMap((reader) => reader.projects(input));
  models.set(input.observations, { input, projects });
  return projects;
}
