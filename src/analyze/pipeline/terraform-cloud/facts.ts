// What was read of each workspace: who may plan, apply and administer it, and which variables its runs are given.
import { type Gap, gapId } from "../../../model/gap.ts";
import type { TfcVariable, TfcWorkspace } from "../../../model/observations/terraform-cloud.ts";
import type { PlaneInput } from "../../plane.ts";
import { type Actor, distinct } from "../actors.ts";

export interface Given {
  readonly id: string;
  readonly label: string;
  readonly name: string;
  readonly owner: string;
  readonly isShared: boolean;
  readonly source: TfcVariable["source"];
}

export interface WorkspaceFacts {
  readonly observed: TfcWorkspace;
  readonly id: string;
  readonly name: string;
  readonly projectName: string | undefined;
  readonly planners: readonly Actor[];
  readonly appliers: readonly Actor[];
  readonly administrators: readonly Actor[];
  readonly variables: readonly Given[];
  /** Given: variables that were not read. */
  readonly gaps: readonly Gap[];
}

const QUESTIONS = {
  teams: { words: "members of teams of", clauses: ["A1", "A6", "P2"] },
  "team access": { words: "what teams may on", clauses: ["A1", "A6", "P2"] },
  "variable sets": { words: "variable sets of", clauses: ["A1", "B5"] },
  variables: { words: "variables of", clauses: ["A1", "B5"] },
} as const;

export const TOPICS: readonly string[] = [
  "terraform-cloud/teams",
  "terraform-cloud/team-access",
  "terraform-cloud/team-project-access",
  "terraform-cloud/repository",
];

const userOf = (name: string, source: TfcWorkspace["source"]): Actor => ({
  id: `terraform-cloud:@${name}`,
  kind: "account",
  label: `@${name} of HCP Terraform`,
  source,
});

/** Who an unread list could hold: every person of the charter. */
const anyPerson = ({ charter }: PlaneInput, because: string): readonly Actor[] =>
  charter.people.map((person) => ({
    id: `person:${person.id}`,
    kind: "account",
    label: person.name ?? person.id,
    source: { file: "bulkhead.yaml", pointer: "/people" },
    because,
  }));

export const workspaceId = (workspace: Pick<TfcWorkspace, "organization" | "name">): string =>
  `terraform-cloud:${workspace.organization}/${workspace.name}`;

export function factsOf(input: PlaneInput, observed: TfcWorkspace): WorkspaceFacts {
  const { observations } = input;
  const { organization } = observed;
  const id = workspaceId(observed);
  const name = `${organization}/${observed.name}`;
  const unasked: Gap[] = [];
  /** Undefined: it was answered. */
  const unknown = (what: keyof typeof QUESTIONS, of: string): string | undefined => {
    if (observations("terraform-cloud/answered").some((one) => one.what === what && one.of === of)) return undefined;
    const topic = `terraform-cloud/${what.replaceAll(" ", "-")}`;
    if (Object.hasOwn(input.charter.absent, topic)) return undefined;
    const told = input.gaps.find((gap) => gap.topic === topic && gap.subject === of);
    if (told !== undefined) return gapId(told);
    const { words, clauses } = QUESTIONS[what];
    unasked.push({
      topic,
      subject: of,
      what: `${words} ${of === observed.id ? name : of}`,
      why: "not collected",
      clauses,
      source: observed.source,
    });
    return `${topic}:${of}`;
  };
  const teams = observations("terraform-cloud/team").filter((team) => team.organization === organization);
  const access = observations("terraform-cloud/access").filter((one) => one.of === observed.id || one.of === observed.project);
  const unread = unknown("teams", organization) ?? unknown("team access", observed.id);
  const membersOf = (team: (typeof teams)[number]): readonly Actor[] =>
    team.members?.map((member) => userOf(member, team.source)) ?? anyPerson(input, `the members of team ${team.name} were not collected`);
  const holders = (holds: (team: (typeof teams)[number]) => boolean): readonly Actor[] =>
    distinct([...teams.filter(holds).flatMap(membersOf), ...(unread === undefined ? [] : anyPerson(input, unread))]);
  const may = (team: string, runs: readonly string[]): boolean =>
    access.some((one) => one.team === team && (one.isAdmin || runs.includes(one.runs)));
  return {
    observed,
    id,
    name,
    projectName: observations("terraform-cloud/project").find((one) => one.id === observed.project)?.name,
    planners: holders((team) => team.managesWorkspaces || may(team.id, ["plan", "apply"])),
    appliers: holders((team) => team.managesWorkspaces || may(team.id, ["apply"])),
    administrators: holders((team) => team.managesWorkspaces || access.some((one) => one.team === team.id && one.isAdmin)),
    variables: variablesOf(input, observed, unknown),
    gaps: unasked,
  };
}

function variablesOf(
  input: PlaneInput,
  observed: TfcWorkspace,
  unknown: (what: "variables" | "variable sets", of: string) => string | undefined,
): readonly Given[] {
  const all = input.observations("terraform-cloud/variable").filter((one) => one.isSensitive);
  unknown("variables", observed.id);
  unknown("variable sets", observed.organization);
  const own = all
    .filter((one) => one.workspace === observed.id)
    .map((one): Given => ({
      id: `${workspaceId(observed)}#secret/${one.key}`,
      name: one.key,
      label: `variable ${one.key} of ${observed.organization}/${observed.name}`,
      owner: workspaceId(observed),
      isShared: false,
      source: one.source,
    }));
  const sets = input
    .observations("terraform-cloud/variable-set")
    .filter(
      (set) =>
        set.organization === observed.organization &&
        (set.isGlobal || set.workspaces.includes(observed.id) || set.projects.includes(observed.project ?? "")),
    );
  const ofSets = sets.flatMap((set) =>
    all
      .filter((one) => one.set === set.id)
      .map((one): Given => ({
        id: `terraform-cloud:${set.organization}#varset/${set.name}/secret/${one.key}`,
        name: one.key,
        label: `variable ${one.key} of set ${set.name} of ${set.organization}`,
        owner: `terraform-cloud:${set.organization}`,
        isShared: true,
        source: one.source,
      })),
  );
  return [...own, ...ofSets];
}
