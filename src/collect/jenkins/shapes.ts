// Each answer of the REST API: how a call or its look tells it, and what it becomes.
import type { z } from "zod";
import type { JsonObject } from "../../lib/json.ts";
import { inside, type Source } from "../../model/source.ts";
import type { ObservationSink, ParsedFile } from "../collector.ts";
import { type Called, idOf } from "./call.ts";
import { permissionOf, sidOf } from "./permissions.ts";
import * as schema from "./schema.ts";
import { jenkinsGap, type Topic } from "./topics.ts";

export interface Answer {
  readonly document: unknown;
  readonly controller: string;
  readonly called: Called;
  readonly file: ParsedFile;
  readonly source: Source;
  readonly sink: ObservationSink;
}

export interface Shape {
  readonly name: string;
  readonly topic: Topic;
  /** As it is asked. */
  readonly example: string;
  readonly path: RegExp;
  readonly asked: (called: Called) => boolean;
  /** Without a call. */
  readonly looks: (document: JsonObject) => boolean;
  readonly map: (answer: Answer) => void;
}

const has =
  (...keys: readonly string[]) =>
  (document: JsonObject): boolean =>
    keys.every((key) => key in document);

/** What does not have the form that Jenkins prints is a gap of its topic. */
function parsed<T>(answer: Answer, wire: z.ZodType<T>, topic: Topic, what: string): T | undefined {
  const result = wire.safeParse(answer.document);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const why = `${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? "it has another form"}`;
  answer.sink.gap(jenkinsGap(topic, idOf(answer.controller, answer.called.of), what, why, answer.source));
  return undefined;
}

const nameOf = (sid: string | { readonly type: string; readonly sid: string }) =>
  sidOf(typeof sid === "string" ? sid : `${sid.type}:${sid.sid}`);

const always = (): boolean => true;

function mapStore(answer: Answer): void {
  const { called, controller, source, sink, file } = answer;
  const of = called.of !== "" || called.rest.includes("store/system") ? called.of : (file.scope?.project ?? "");
  const read = parsed(answer, schema.Store, "jenkins/credential", `credentials of ${of || controller}`);
  if (read === undefined) return;
  for (const [index, one] of read.credentials.entries())
    sink.observation({
      kind: "jenkins/credential",
      controller,
      ...(of !== "" && { of }),
      id: one.id,
      type: one.typeName ?? "credential",
      isSystem: false,
      ...(/id token|OpenID/i.test(one.typeName ?? "") && { token: {} }),
      source: inside(source, "credentials", index),
    });
  sink.observation({ kind: "jenkins/answered", controller, what: "credentials", of, source });
}

function mapRole(answer: Answer): void {
  const { called, controller, source, sink } = answer;
  const role = called.query.get("roleName") ?? "";
  const read = parsed(answer, schema.StrategyRole, "jenkins/authorization", `role ${role} of ${controller}`);
  if (read === undefined) return;
  const isItem = called.query.get("type") === "projectRoles";
  // Roles of agents say who may configure those, which is no matter of jobs.
  if (called.query.get("type") === "slaveRoles") return;
  sink.observation({
    kind: "jenkins/grant",
    controller,
    ...(isItem && { pattern: read.pattern ?? ".*" }),
    role,
    permissions: Object.entries(read.permissionIds).flatMap(([id, has]) => (has ? [permissionOf(id)] : [])),
    to: read.sids.map(nameOf),
    source,
  });
}

function mapRoles(answer: Answer): void {
  const { called, controller, source, sink } = answer;
  const type = called.query.get("type") ?? "globalRoles";
  const read = parsed(answer, schema.AllRoles, "jenkins/authorization", `${type} of ${controller}`);
  if (read === undefined || (type !== "globalRoles" && type !== "projectRoles")) return;
  sink.observation({ kind: "jenkins/listed", controller, what: type, names: Object.keys(read), source });
}

function mapComputers(answer: Answer): void {
  const { controller, source, sink } = answer;
  const read = parsed(answer, schema.Computers, "jenkins/agent", `agents of ${controller}`);
  if (read === undefined) return;
  for (const [index, one] of read.computer.entries()) {
    const at = inside(source, "computer", index);
    if (one._class?.endsWith("MasterComputer")) {
      sink.observation({ kind: "jenkins/controller", controller, builtInExecutors: one.numExecutors ?? 0, source: at });
      continue;
    }
    sink.observation({
      kind: "jenkins/agent",
      controller,
      name: one.displayName,
      labels: [one.displayName, ...(one.assignedLabels ?? []).flatMap(({ name }) => name ?? [])],
      exclusive: false,
      ephemeral: /Kubernetes|EC2|Docker|Nomad|AzureVM|Cloud/i.test(one._class ?? ""),
      restricted: false,
      source: at,
    });
  }
  sink.observation({ kind: "jenkins/answered", controller, what: "agents", of: "", source });
}

function mapItems(answer: Answer): void {
  const { controller, source, sink } = answer;
  const read = parsed(answer, schema.Items, "jenkins/job", `jobs of ${controller}`);
  if (read === undefined) return;
  const names: string[] = [];
  const queue = [...read.jobs];
  for (const item of queue) {
    if (typeof item.fullName === "string") names.push(item.fullName);
    // The branches of a multibranch project are its own, and have no settings.
    if (!item._class?.endsWith("MultiBranchProject")) queue.push(...(item.jobs ?? []));
  }
  sink.observation({ kind: "jenkins/listed", controller, what: "job", names, source });
}

function mapPeople(answer: Answer): void {
  const { controller, source, sink } = answer;
  const read = parsed(answer, schema.People, "jenkins/authorization", `users of ${controller}`);
  for (const [index, { user }] of (read?.users ?? []).entries())
    sink.observation({ kind: "jenkins/user", controller, id: user.id, source: inside(source, "users", index) });
}

export const SHAPES: readonly Shape[] = [
  {
    name: "credentials",
    topic: "jenkins/credential",
    example: "GET /job/FOLDER/credentials/store/folder/domain/_/api/json?depth=1",
    path: /^credentials\/store\/(?:folder|system)\/domain\/[^/]+\/api\/json$/,
    asked: always,
    looks: has("credentials"),
    map: mapStore,
  },
  {
    name: "one role",
    topic: "jenkins/authorization",
    example: "GET /role-strategy/strategy/getRole?type=projectRoles&roleName=NAME",
    path: /^role-strategy\/strategy\/getRole$/,
    asked: (called) => called.query.has("roleName"),
    looks: () => false,
    map: mapRole,
  },
  {
    name: "roles",
    topic: "jenkins/authorization",
    example: "GET /role-strategy/strategy/getAllRoles?type=globalRoles, and projectRoles",
    path: /^role-strategy\/strategy\/getAllRoles$/,
    asked: always,
    looks: () => false,
    map: mapRoles,
  },
  {
    name: "agents",
    topic: "jenkins/agent",
    example: "GET /computer/api/json?depth=1",
    path: /^computer\/api\/json$/,
    asked: always,
    looks: has("computer"),
    map: mapComputers,
  },
  {
    name: "jobs",
    topic: "jenkins/job",
    example: "GET /api/json?tree=jobs[_class,fullName,jobs[_class,fullName,jobs[_class,fullName]]]",
    path: /^api\/json$/,
    asked: always,
    looks: has("jobs", "_class"),
    map: mapItems,
  },
  {
    name: "users",
    topic: "jenkins/authorization",
    example: "GET /asynchPeople/api/json?depth=1",
    path: /^asynchPeople\/api\/json$/,
    asked: always,
    looks: has("users", "_class"),
    map: mapPeople,
  },
];
