// `jenkins.yaml` (Configuration as Code, written or exported) → who may do what, agents, credentials, libraries. Source: configuration-as-code, demos.
import { isObject, type JsonObject } from "../../lib/json.ts";
import type { JenkinsController, JenkinsGrant, JenkinsObservation, JenkinsSid } from "../../model/observations/jenkins.ts";
import { inside, type Source } from "../../model/source.ts";
import type { ObservationSink } from "../collector.ts";
import { entryOf, permissionOf, sidOf } from "./permissions.ts";
import { Casc, type CascCredential, GlobalAuthenticator, LocalUsers } from "./schema.ts";
import { jenkinsGap, type Topic } from "./topics.ts";

/** By content: what only Jenkins' configuration has at its top. A chart's values may have a member `jenkins` too. */
export const isCasc = (document: unknown): document is JsonObject => {
  if (!isObject(document) || "apiVersion" in document) return false;
  const { jenkins, credentials, unclassified } = document;
  if (isObject(jenkins) && Object.keys(jenkins).some((key) => MEMBERS.has(key))) return true;
  if (isObject(credentials) && isObject(credentials["system"]) && "domainCredentials" in credentials["system"]) return true;
  return isObject(unclassified) && ("location" in unclassified || "globalLibraries" in unclassified);
};

const MEMBERS: ReadonlySet<string> = new Set(
  "authorizationStrategy securityRealm numExecutors nodes clouds systemMessage agentProtocols crumbIssuer remotingSecurity slaveAgentPort labelAtoms".split(
    " ",
  ),
);

interface Reading {
  readonly controller: string;
  readonly source: Source;
  readonly sink: ObservationSink;
}

const tell = ({ sink }: Reading, observation: JenkinsObservation): void => sink.observation(observation);

const gap = ({ controller, sink }: Reading, topic: Topic, what: string, why: string, source: Source): void =>
  sink.gap(jenkinsGap(topic, `jenkins:${controller}`, what, why, source));

export function mapCasc(document: JsonObject, controller: string, source: Source, sink: ObservationSink): void {
  const reading: Reading = { controller, source, sink };
  const parsed = Casc.safeParse(document);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path.map(String) ?? [];
    const topic = path.includes("authorizationStrategy")
      ? "jenkins/authorization"
      : path[0] === "credentials"
        ? "jenkins/credential"
        : "jenkins/authorization";
    return gap(
      reading,
      topic,
      `configuration of ${controller}`,
      `${path.join(".")}: ${issue?.message ?? "it has another form"}`,
      inside(source, ...path),
    );
  }
  const { jenkins, credentials, unclassified, jobs, security } = parsed.data;
  const runAs = runAsOf(security?.queueItemAuthenticator?.authenticators);
  const url = unclassified?.location?.url ?? undefined;
  const strategy = jenkins?.authorizationStrategy;
  tell(reading, {
    kind: "jenkins/controller",
    controller,
    ...(url !== undefined && { url }),
    ...(typeof jenkins?.numExecutors === "number" && { builtInExecutors: jenkins.numExecutors }),
    ...(strategy && { authorization: nameOf(strategy) }),
    ...(runAs && { buildsRunAs: runAs }),
    source,
  });
  if (jenkins) mapStrategy(strategy, reading, inside(source, "jenkins", "authorizationStrategy"));
  mapUsers(jenkins?.securityRealm, reading);
  mapAgents(jenkins, reading);
  if (credentials !== undefined && credentials !== null) mapCredentials(credentials, reading);
  mapLibraries(unclassified?.globalLibraries?.libraries ?? [], reading);
  if (jobs && jobs.length > 0)
    gap(
      reading,
      "jenkins/job",
      `jobs that the configuration of ${controller} makes by job DSL`,
      "scripts that make jobs are not run",
      inside(source, "jobs"),
    );
}

/** "Project default Build Authorization" of the plugin authorize-project; without any, builds run as SYSTEM (Handbook, "Build Authorization"). */
function runAsOf(authenticators: readonly unknown[] | null | undefined): JenkinsController["buildsRunAs"] {
  for (const one of authenticators ?? []) {
    const parsed = GlobalAuthenticator.safeParse(one);
    if (!parsed.success) continue;
    const { strategy } = parsed.data.global;
    const name = typeof strategy === "string" ? strategy : (Object.keys(strategy)[0] ?? "");
    if (/^triggering/i.test(name)) return "trigger";
    if (/^anonymous/i.test(name)) return "anonymous";
    return /^specific/i.test(name) ? "specific" : "system";
  }
  return undefined;
}

type Strategy = NonNullable<NonNullable<Casc["jenkins"]>["authorizationStrategy"]>;

function nameOf(strategy: Strategy): string {
  if (typeof strategy === "string") return strategy === "loggedInUsersCanDoAnything" ? "logged-in" : strategy;
  if ("roleBased" in strategy) return "roles";
  if ("globalMatrix" in strategy) return "matrix";
  if ("projectMatrix" in strategy) return "project-matrix";
  return "loggedInUsersCanDoAnything" in strategy ? "logged-in" : "unsecured";
}

function mapStrategy(strategy: Strategy | null | undefined, reading: Reading, source: Source): void {
  const { controller } = reading;
  // What the file leaves out stays as it was on the machine (Configuration as Code merges).
  if (strategy === undefined || strategy === null)
    return gap(reading, "jenkins/authorization", `authorization of ${controller}`, "the configuration does not say it", source);
  const name = nameOf(strategy);
  if (typeof strategy === "string" && name !== "logged-in" && name !== "unsecured")
    return gap(reading, "jenkins/authorization", `authorization of ${controller}`, `the strategy ${name} keeps it elsewhere`, source);
  const everyone = (who: string): void =>
    tell(reading, { kind: "jenkins/grant", controller, permissions: ["Overall/Administer"], to: [{ type: "group", name: who }], source });
  if (name === "logged-in") everyone("authenticated");
  if (name === "unsecured") everyone("anonymous");
  if (typeof strategy !== "string" && "roleBased" in strategy)
    mapRoles(strategy.roleBased.roles, reading, inside(source, "roleBased", "roles"));
  if (typeof strategy !== "string" && "globalMatrix" in strategy) mapMatrix(strategy.globalMatrix, reading, inside(source, "globalMatrix"));
  if (typeof strategy !== "string" && "projectMatrix" in strategy)
    mapMatrix(strategy.projectMatrix, reading, inside(source, "projectMatrix"));
  tell(reading, { kind: "jenkins/answered", controller, what: "authorization", of: "", source });
}

type Roles = Extract<Strategy, { roleBased: unknown }>["roleBased"]["roles"];

function mapRoles(roles: Roles, reading: Reading, source: Source): void {
  for (const [kind, list] of [
    ["global", roles.global],
    ["items", roles.items],
  ] as const)
    for (const [index, role] of (list ?? []).entries()) {
      const entries = (role.entries ?? []).flatMap((one): JenkinsSid[] => [
        ...(one.user ? [{ type: "user", name: one.user } as const] : []),
        ...(one.group ? [{ type: "group", name: one.group } as const] : []),
      ]);
      tell(reading, {
        kind: "jenkins/grant",
        controller: reading.controller,
        ...(kind === "items" && { pattern: role.pattern ?? ".*" }),
        role: role.name,
        permissions: (role.permissions ?? []).map(permissionOf),
        to: [...entries, ...(role.assignments ?? []).map(sidOf)],
        source: inside(source, kind, index),
      });
    }
}

type Matrix = Extract<Strategy, { globalMatrix: unknown }>["globalMatrix"];

function mapMatrix(matrix: Matrix, reading: Reading, source: Source): void {
  const { controller } = reading;
  const grant = (permissions: readonly string[], to: JenkinsSid, at: Source): void => {
    const one: JenkinsGrant = { kind: "jenkins/grant", controller, permissions, to: [to], source: at };
    tell(reading, one);
  };
  for (const key of ["permissions", "grantedPermissions"] as const)
    for (const [index, written] of (matrix[key] ?? []).entries()) {
      const entry = entryOf(written);
      const at = inside(source, key, index);
      if (entry === undefined)
        gap(reading, "jenkins/authorization", `authorization of ${controller}`, `${written} is no permission with a name`, at);
      else grant([entry.permission], entry.to, at);
    }
  for (const [index, { user, group }] of (matrix.entries ?? []).entries()) {
    const at = inside(source, "entries", index);
    if (user) grant((user.permissions ?? []).map(permissionOf), { type: "user", name: user.name }, at);
    if (group) grant((group.permissions ?? []).map(permissionOf), { type: "group", name: group.name }, at);
  }
}

function mapUsers(realm: unknown, reading: Reading): void {
  const local = LocalUsers.safeParse(realm);
  const { controller } = reading;
  const source = inside(reading.source, "jenkins", "securityRealm");
  if (local.success) for (const { id } of local.data.local.users ?? []) tell(reading, { kind: "jenkins/user", controller, id, source });
}

/** "permanent" agents keep what builds leave; what a cloud starts is made for one build, unless it is told to wait for more. */
function mapAgents(jenkins: Casc["jenkins"], reading: Reading): void {
  if (!jenkins) return;
  const { controller } = reading;
  const source = inside(reading.source, "jenkins", "nodes");
  for (const [index, { permanent }] of (jenkins.nodes ?? []).entries()) {
    if (!permanent) continue;
    tell(reading, {
      kind: "jenkins/agent",
      controller,
      name: permanent.name,
      labels: [permanent.name, ...(permanent.labelString ?? "").split(/\s+/).filter((label) => label !== "")],
      exclusive: permanent.mode === "EXCLUSIVE",
      ephemeral: false,
      restricted: (permanent.nodeProperties ?? []).some((property) => JSON.stringify(property).toLowerCase().includes("restriction")),
      source: inside(source, index),
    });
  }
  for (const [index, cloud] of (jenkins.clouds ?? []).entries()) {
    const [kind, settings] = Object.entries(cloud)[0] ?? ["cloud", {}];
    const name = isObject(settings) && typeof settings["name"] === "string" ? settings["name"] : kind;
    const at = inside(reading.source, "jenkins", "clouds", index);
    tell(reading, {
      kind: "jenkins/agent",
      controller,
      name,
      labels: labelsOf(settings),
      exclusive: true,
      ephemeral: !keeps(settings),
      restricted: false,
      source: at,
    });
  }
  tell(reading, { kind: "jenkins/answered", controller, what: "agents", of: "", source });
}

const templatesOf = (settings: unknown): readonly JsonObject[] => {
  const list = isObject(settings) ? settings["templates"] : undefined;
  return Array.isArray(list) ? (list as unknown[]).filter(isObject) : [];
};

const labelsOf = (settings: unknown): readonly string[] =>
  templatesOf(settings).flatMap((one) => {
    const label = one["label"] ?? one["labelString"];
    return typeof label === "string" ? label.split(/\s+/).filter((each) => each !== "") : [];
  });

/** A pod or machine that idles takes the next build with what the last one left (Kubernetes plugin, idleMinutes, podRetention). */
const keeps = (settings: unknown): boolean =>
  templatesOf(settings).some(
    (one) => Number(one["idleMinutes"] ?? one["idleTerminationMinutes"] ?? 0) > 0 || one["podRetention"] === "always",
  );

function mapCredentials(credentials: NonNullable<Casc["credentials"]>, reading: Reading): void {
  const { controller } = reading;
  const source = inside(reading.source, "credentials", "system", "domainCredentials");
  for (const [domain, one] of (credentials.system?.domainCredentials ?? []).entries())
    for (const [index, credential] of (one.credentials ?? []).entries())
      mapCredential(credential, reading, inside(source, domain, "credentials", index));
  tell(reading, { kind: "jenkins/answered", controller, what: "credentials", of: "", source });
}

function mapCredential(credential: CascCredential, reading: Reading, source: Source): void {
  const { controller } = reading;
  for (const [type, about] of Object.entries(credential)) {
    if (about?.id === undefined || about.id === null) {
      gap(
        reading,
        "jenkins/credential",
        `a credential of ${controller}`,
        `a ${type} without an id: its id is made when Jenkins starts`,
        source,
      );
      continue;
    }
    const isToken = /^(?:idToken|openIdConnect)/i.test(type) || type === "idTokenString" || type === "idTokenFile";
    tell(reading, {
      kind: "jenkins/credential",
      controller,
      id: about.id,
      type,
      isSystem: about.scope === "SYSTEM",
      ...(isToken && { token: { ...(about.audience && { audience: about.audience }), ...(about.issuer && { issuer: about.issuer }) } }),
      source,
    });
  }
}

type Library = NonNullable<NonNullable<NonNullable<Casc["unclassified"]>["globalLibraries"]>["libraries"]>[number];

function mapLibraries(libraries: readonly Library[], reading: Reading): void {
  const source = inside(reading.source, "unclassified", "globalLibraries", "libraries");
  for (const [index, library] of libraries.entries()) {
    const url = remoteIn(library.retriever);
    tell(reading, {
      kind: "jenkins/library",
      controller: reading.controller,
      name: library.name,
      ...(library.defaultVersion && { version: library.defaultVersion }),
      // "Allow default version to be overridden" is on unless it is switched off (Handbook, "Extending with Shared Libraries").
      mayOverride: library.allowVersionOverride !== false,
      implicit: library.implicit === true,
      ...(url !== undefined && { url }),
      source: inside(source, index),
    });
  }
}

/** The address of a library, wherever its kind of retriever has it. */
function remoteIn(value: unknown, depth = 0): string | undefined {
  if (!isObject(value) || depth > 6) return undefined;
  if (typeof value["repoOwner"] === "string" && typeof value["repository"] === "string")
    return `https://github.com/${value["repoOwner"]}/${value["repository"]}`;
  for (const key of ["remote", "url", "repositoryUrl"]) if (typeof value[key] === "string") return value[key];
  for (const inner of Object.values(value)) {
    for (const one of Array.isArray(inner) ? (inner as unknown[]) : [inner]) {
      const found = remoteIn(one, depth + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
