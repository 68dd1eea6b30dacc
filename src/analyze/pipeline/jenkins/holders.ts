// Controllers and folders as projects of the model: who may put a job there has every credential that jobs there are given.
import type { JenkinsCredential } from "../../../model/observations/jenkins.ts";
import { distinct } from "../actors.ts";
import type { Credential, Guard, Project } from "../model/model.ts";
import { buildsOnController, builtInId } from "./agents.ts";
import type { ControllerFacts, JenkinsFacts } from "./facts.ts";
import * as ids from "./ids.ts";

export const holderProjects = (all: JenkinsFacts): readonly Project[] =>
  all.controllers.flatMap((controller) => {
    const folders = new Set(controller.credentials.flatMap(({ of }) => of ?? []));
    const jobs = new Set(all.jobs.filter((job) => job.controller === controller).map((job) => job.name));
    return [
      holder(controller, ""),
      ...[...folders]
        .filter((name) => !jobs.has(name))
        .toSorted()
        .map((name) => holder(controller, name)),
    ];
  });

/** "Job/Create … create a new job" (Handbook, "Permissions"): its script is the creator's, with the rights of any job there. */
function holder(controller: ControllerFacts, name: string): Project {
  const id = ids.projectId(controller.name, name);
  const label = name === "" ? controller.name : `folder ${name} of ${controller.name}`;
  const { source } = controller;
  const who = distinct([...controller.access.holders("Job/Create", name), ...controller.access.holders("Job/Configure", name)]);
  const guard: Guard = {
    id: ids.guardId(id, "create"),
    label: `permission to create jobs in ${label}`,
    content: { create: who.map((actor) => actor.id) },
    passages: [
      {
        key: "create",
        how: `who may create jobs in ${label} creates one`,
        change: `let fewer people create or configure jobs in ${label}`,
        requires: [{ kind: "one-of", what: `may create jobs in ${label}`, who }],
      },
    ],
    source,
  };
  const ref = { id: ids.definitionId(id), name: "definition", label: `a new job in ${label}`, guard, source };
  const context = {
    id: ids.definitionRunId(id),
    label: `a new job in ${label}`,
    content: ref.id,
    guards: [],
    place: { project: id },
    source,
  };
  const given = controller.credentials.filter((one) => !one.isSystem && one.token === undefined && reaches(one, name));
  return {
    system: "jenkins",
    id,
    label,
    place: { project: id },
    above: name === "" ? (buildsOnController(controller) ? [builtInId(controller)] : []) : [controller.id],
    change: ids.changeId(id),
    authors: who,
    administrators: controller.access.holders(name === "" ? "Overall/Administer" : "Job/Configure", name),
    refs: [ref],
    environments: [],
    contexts: [context],
    credentials: given.map((one) => credentialOf(controller, one, context.id)),
    jobs: [],
    runners: runnerOf(controller, name),
    tokens: [],
    accounts: controller.access.everyone,
    gaps: name === "" ? controller.unasked : [],
    source,
  };
}

const reaches = ({ of }: JenkinsCredential, name: string): boolean => of === undefined || of === name || name.startsWith(`${of}/`);

/** The controller's own machine has to be there for the rule that who controls it controls Jenkins. */
const runnerOf = (controller: ControllerFacts, name: string): Project["runners"] =>
  name === "" && buildsOnController(controller)
    ? [{ id: builtInId(controller), label: "agent built-in", place: {}, open: [], source: controller.source }]
    : [];

function credentialOf(controller: ControllerFacts, credential: JenkinsCredential, to: string): Credential {
  const owner = ids.projectId(controller.name, credential.of ?? "");
  return {
    id: ids.credentialId(owner, credential.id),
    name: credential.id,
    label: `credential ${credential.id} of ${credential.of ?? controller.name}`,
    owner,
    place: credential.of === undefined ? {} : { project: owner },
    given: [{ to }],
    source: credential.source,
  };
}
