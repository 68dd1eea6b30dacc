// The collector of HCP Terraform and Terraform Enterprise: answers of its API → observations.
import { isObject, type JsonObject } from "../../lib/json.ts";
import type { Gap } from "../../model/gap.ts";
import { inside, type Source } from "../../model/source.ts";
import type { Collector, ParsedFile } from "../collector.ts";
import { TYPES } from "./map.ts";
import { User } from "./schema.ts";

const CLAUSES: Readonly<Record<string, readonly string[]>> = {
  workspaces: ["A1", "A6", "P1", "P2"],
  projects: ["A6"],
  teams: ["A1", "A6", "P2"],
  "team access": ["A1", "A6", "P2"],
  "team project access": ["A1", "A6", "P2"],
  "run triggers": ["P1"],
  variables: ["A1", "B5"],
  "variable sets": ["A1", "B5"],
};

const gapOf = (what: string, subject: string, why: string, source?: Source): Gap => ({
  topic: `terraform-cloud/${what.replaceAll(" ", "-")}`,
  subject,
  what: `${what} of ${subject}`,
  why,
  clauses: CLAUSES[what] ?? ["A1", "A6", "P1", "P2"],
  ...(source && { source }),
});

export const collector: Collector = {
  system: "terraform-cloud",
  reads: [
    "GET /organizations/ORG/workspaces (automatic apply, repository and branch, execution mode)",
    "GET /organizations/ORG/teams?include=users, GET /team-workspaces?filter[workspace][id]=WS, GET /team-projects?filter[project][id]=PRJ (who may plan, apply and administer)",
    "GET /workspaces/WS/run-triggers?filter[run-trigger][type]=inbound (what an apply elsewhere starts)",
    "GET /workspaces/WS/vars, GET /organizations/ORG/varsets, GET /varsets/VARSET/relationships/vars (names of variables, and who is given them)",
    "GET /organizations/ORG/projects",
  ],
  permissions: [
    "a token of a team with read access to the workspaces, and with View all workspaces, projects and teams in the organization; no write permission",
    "values of variables that are not sensitive are printed: take them out before the answer is stored (jq 'del(.data[].attributes.value)')",
  ],
  cannotSee: [
    "Sentinel and OPA policies, and run tasks (P2)",
    "agent pools, and what stays on an agent between runs (A1)",
    "state that workspaces share with one another (D3)",
    "pull requests of forks, of which a plan may be made (A1)",
  ],
  recognize: (document, file) => (isOurs(document, file) ? "answer of HCP Terraform" : undefined),
  map(document, index, file, sink) {
    if (!isObject(document)) return;
    const source: Source = { file: file.path, ...(index > 0 && { document: index }), pointer: "" };
    const called = calledBy(file.call);
    const organization = called?.organization ?? file.scope?.organization;
    const users = new Map(
      list(document["included"])
        .flatMap((one) => User.safeParse(one).data ?? [])
        .map((user) => [user.id, user.attributes.username]),
    );
    const items = Array.isArray(document["data"]) ? document["data"] : [document["data"]];
    for (const [at, item] of items.entries()) {
      const type = isObject(item) ? TYPES[String(item["type"])] : undefined;
      if (type === undefined) continue;
      const where = Array.isArray(document["data"]) ? inside(source, "data", at) : inside(source, "data");
      const read = type.give(item, { organization, of: called?.of, users, source: where });
      if (typeof read === "string") sink.gap(gapOf(type.what, called?.of ?? organization ?? file.path, read, where));
      else sink.observation(read);
    }
    const what = called?.what ?? TYPES[String((items[0] as JsonObject | undefined)?.["type"])]?.what;
    const of = called?.of ?? organization;
    if (what === undefined || of === undefined || !Array.isArray(document["data"])) return;
    // "next-page": null on the last one (API Documentation, Pagination).
    const pagination = isObject(document["meta"]) && isObject(document["meta"]["pagination"]) ? document["meta"]["pagination"] : undefined;
    if (pagination?.["next-page"])
      return sink.gap(gapOf(what, of, `page ${String(pagination["current-page"])} has a next one: collect it too`, source));
    sink.observation({ kind: "terraform-cloud/answered", what, of, source });
  },
  denied(call, error, scope) {
    const called = calledBy(call);
    return [gapOf(called?.what ?? "answers", called?.of ?? called?.organization ?? scope.organization ?? call, error)];
  },
};

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function isOurs(document: unknown, file: ParsedFile): boolean {
  if (file.scope !== undefined && file.scope.system !== "terraform-cloud") return false;
  if (!isObject(document) || !("data" in document)) return false;
  const items = Array.isArray(document["data"]) ? document["data"] : [document["data"]];
  const isKnown = items.some((item) => isObject(item) && Object.hasOwn(TYPES, String(item["type"])) && typeof item["id"] === "string");
  return isKnown || (items.length === 0 && calledBy(file.call) !== undefined);
}

interface Called {
  readonly what: string;
  readonly organization?: string;
  readonly of: string;
}

/** `GET /organizations/acme/workspaces?page[size]=100`, with or without the address and `/api/v2`. */
function calledBy(call: string | undefined): Called | undefined {
  const address = /^GET (?:https?:\/\/[^/]+)?(?:\/api\/v2)?(\/\S+)$/.exec(call ?? "")?.[1];
  if (address === undefined) return undefined;
  const [path = "", query = ""] = address.split("?");
  const ofOrganization = /^\/organizations\/([^/]+)\/(workspaces|teams|varsets|projects)$/.exec(path);
  const whole: Readonly<Record<string, string>> = {
    workspaces: "workspaces",
    teams: "teams",
    varsets: "variable sets",
    projects: "projects",
  };
  if (ofOrganization)
    return {
      what: whole[ofOrganization[2] as string] as string,
      organization: ofOrganization[1] as string,
      of: ofOrganization[1] as string,
    };
  const ofWorkspace = /^\/workspaces\/(ws-\w+)\/(run-triggers|vars)$/.exec(path);
  if (ofWorkspace) return { what: ofWorkspace[2] === "vars" ? "variables" : "run triggers", of: ofWorkspace[1] as string };
  const ofSet = /^\/varsets\/(varset-\w+)\/relationships\/vars$/.exec(path);
  if (ofSet) return { what: "variables", of: ofSet[1] as string };
  const filter = /filter(?:\[|%5B)(?:workspace|project)(?:\]|%5D)(?:\[|%5B)id(?:\]|%5D)=([\w-]+)/.exec(query)?.[1];
  if (path === "/team-workspaces" && filter !== undefined) return { what: "team access", of: filter };
  if (path === "/team-projects" && filter !== undefined) return { what: "team project access", of: filter };
  return undefined;
}
