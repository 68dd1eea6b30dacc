// Who may do what through Argo CD's own interface, which asks its own policies and not those of the cluster.
import type { Entity } from "../../model/entity.ts";
import type { EntitySink } from "../../model/rule.ts";
import { type Fact, fact, grant } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import { clustersOf } from "../kubernetes/cluster.ts";
import { configMapId, namespaceId, objectId, partId, secretId } from "../kubernetes/ids.ts";
import { once } from "../kubernetes/once.ts";
import type { PlaneInput } from "../plane.ts";
import { type Application, type Installation, installationsOf } from "./argo.ts";
import { powerId } from "./argo-ids.ts";
import { allowed, allowedNew, policiesOf, type Policies, type PolicyLine } from "./argo-policy.ts";
import { emit, emitGap, type Emitter, GROUPS, idOf, labelOf, manifestsId, nature, partOf, requestId } from "./emit.ts";

/** A user, a group or a token, as Argo CD's policies name it. */
export const accountId = ({ cluster, namespace }: Installation, name: string): string =>
  objectId(cluster, namespace, "Account", GROUPS["Application"] ?? "", name.replaceAll("/", "|"));

/** Everyone who signs in, by the name that no subject has. */
const EVERYONE = "*";
const ADMIN = "admin";
const CLAUSES = ["A2", "A6"];

interface Access {
  readonly policies?: Policies;
  readonly isAnonymous: boolean;
  readonly hasAdmin: boolean;
  readonly accounts: ReadonlySet<string>;
  readonly source: Source;
}

const accessOf = once(
  (input): ReadonlyMap<Installation, Access> => new Map(installationsOf(input).map((argo) => [argo, accessTo(input, argo)])),
);

function accessTo(input: PlaneInput, argo: Installation): Access {
  const maps = clustersOf(input).get(argo.cluster)?.namespaces.get(argo.namespace)?.configMaps;
  const [rbac] = maps?.get("argocd-rbac-cm")?.objects ?? [];
  const [settings] = maps?.get("argocd-cm")?.objects ?? [];
  const data = settings?.data ?? {};
  return {
    ...(rbac && { policies: policiesOf(rbac, argo.projects) }),
    isAnonymous: data["users.anonymous.enabled"] === "true",
    // "admin.enabled": true unless it says false (argocd-cm.yaml).
    hasAdmin: data["admin.enabled"] !== "false",
    accounts: new Set(Object.keys(data).flatMap((key) => /^accounts\.([^.]+)$/.exec(key)?.[1] ?? [])),
    source: rbac?.source ?? settings?.source ?? argo.source,
  };
}

export function accessEntities(input: PlaneInput, sink: EntitySink): void {
  for (const argo of installationsOf(input)) {
    const access = accessOf(input).get(argo) as Access;
    const place = { cluster: argo.cluster, namespace: argo.namespace };
    const add = (name: string, label: string): void =>
      sink.entity({ id: accountId(argo, name), kind: "account", label, place, source: access.source } satisfies Entity);
    for (const name of access.policies?.subjects.keys() ?? []) add(name, `${name} of Argo CD`);
    if (access.hasAdmin) add(ADMIN, "admin of Argo CD");
    if ((access.policies?.everyone.length ?? 0) > 0) add(EVERYONE, "everyone who signs in to Argo CD");
  }
}

export function accessRules(to: Emitter, argo: Installation): void {
  const access = accessOf(to.estate).get(argo);
  if (!access) return;
  if (!access.policies) {
    unreadPolicies(to, argo);
    return;
  }
  const { subjects, everyone, unknown } = access.policies;
  for (const [name, lines] of subjects) {
    permissionRules(to, argo, name, lines);
    memberRules(to, argo, name, access);
  }
  if (everyone.length > 0) {
    permissionRules(to, argo, EVERYONE, everyone);
    everyoneRules(to, argo, access);
  }
  if (access.hasAdmin) adminRules(to, argo, access.source);
  for (const { text, source } of unknown) {
    const gap = {
      topic: "gitops/access",
      subject: namespaceId(argo.cluster, argo.namespace),
      what: `a policy of Argo CD in ${argo.namespace}`,
      why: text,
      clauses: CLAUSES,
      source,
    };
    emitGap(to, gap, [], "");
    everyPerson(to, argo, text, source);
  }
}

/** An Application of Argo CD's own namespace is `PROJECT/NAME`, one of another `PROJECT/NAMESPACE/NAME` (RBAC Configuration, Application-Specific Policy). */
const objectOf = ({ object, isInside }: Application): string =>
  isInside ? `${object.project}/${object.name}` : `${object.project}/${object.namespace ?? "default"}/${object.name}`;

/**
 * `update` and `override` change what an Application applies, `sync` applies it, `delete` takes what it applied away; `create` makes a new one of a project
 * that some object pattern takes in. Who may rewrite a project may widen it.
 */
function permissionRules(to: Emitter, argo: Installation, name: string, lines: readonly PolicyLine[]): void {
  const holder = fact("act-as", accountId(argo, name));
  const give = (line: PolicyLine | undefined, gives: Fact, how: string): void => {
    if (!line) return;
    const label = `policy of Argo CD in ${argo.namespace}`;
    const permits = grant(configMapId(argo.cluster, argo.namespace, "argocd-rbac-cm"), line.text, {
      label,
      change: `take out of the ${label}: ${line.text}`,
      source: line.source,
    });
    emit(to, { family: "gitops/access", needs: [holder], gives, how, grant: permits });
  };
  for (const application of argo.applications) {
    const { object, target } = application;
    const label = labelOf("Application", object);
    const id = idOf("Application", object);
    const may = (action: string): PolicyLine | undefined => allowed(lines, "applications", action, objectOf(application));
    give(may("update") ?? may("override"), fact("control", manifestsId(id)), `${name} may change ${label} in Argo CD`);
    give(may("sync"), fact("approve", requestId(id)), `${name} may sync ${label} in Argo CD`);
    const { namespace } = object.destination;
    if (target?.cluster !== undefined && namespace !== undefined)
      give(may("delete"), fact("write", namespaceId(target.cluster, namespace)), `${name} may delete ${label} with what it applied`);
  }
  for (const project of argo.projects) {
    const line = allowedNew(lines, "applications", project.name) ?? allowedNew(lines, "applicationsets", project.name);
    const id = idOf("AppProject", project);
    for (const target of argo.targets)
      give(line, fact("control", powerId(id, target)), `${name} may create Applications of ${labelOf("AppProject", project)}`);
    give(allowed(lines, "projects", "update", project.name), fact("write", id), `${name} may rewrite ${labelOf("AppProject", project)}`);
  }
}

/** Groups and users of an identity provider: the charter's groups and users of that name. A local account and a token are nobody's by themselves. */
function memberRules(to: Emitter, argo: Installation, name: string, { accounts, source }: Access): void {
  if (accounts.has(name) || name.startsWith("proj:") || name === ADMIN) return;
  const { people, absent } = to.estate.charter;
  const gives = fact("act-as", accountId(argo, name));
  const short = name.slice(name.search(/[:/](?=[^:/]*$)/) + 1);
  const members = nature(accountId(argo, name), `members of ${name} in Argo CD`, source);
  let isDecided = false;
  for (const person of people) {
    const isExact = person.groups.includes(name) || person.identities.kubernetes.includes(name);
    if (!isExact && !person.groups.includes(short)) continue;
    isDecided = true;
    const because = isExact ? undefined : `whether group ${name} of Argo CD is the charter's ${short} is not known`;
    emit(to, {
      family: "gitops/access",
      needs: [fact("act-as", `person:${person.id}`)],
      gives,
      because,
      how: `${person.name} is ${name} in Argo CD`,
      grant: members,
    });
  }
  if (isDecided || Object.hasOwn(absent, "kubernetes/group-members")) return;
  const why = "asserted by an identity provider";
  const gap = {
    topic: "gitops/members",
    subject: accountId(argo, name),
    what: `who is ${name} in Argo CD of ${argo.namespace}`,
    why,
    clauses: CLAUSES,
    source,
  };
  emitGap(to, gap, [], "");
  for (const person of people)
    emit(to, {
      family: "gitops/access",
      needs: [fact("act-as", `person:${person.id}`)],
      gives,
      because: `who is ${name} in Argo CD was not read`,
      how: `${person.name} may be ${name} in Argo CD`,
      grant: members,
    });
}

function everyoneRules(to: Emitter, argo: Installation, { isAnonymous, source }: Access): void {
  const gives = fact("act-as", accountId(argo, EVERYONE));
  const standing = grant(configMapId(argo.cluster, argo.namespace, "argocd-rbac-cm"), "policy.default", {
    label: `default policy of Argo CD in ${argo.namespace}`,
    change: `set policy.default of Argo CD in ${argo.namespace} to nothing, or to role:readonly`,
    source,
  });
  const base = { family: "gitops/access", gives, grant: standing } as const;
  for (const { id, name } of to.estate.charter.people)
    emit(to, {
      ...base,
      needs: [fact("act-as", `person:${id}`)],
      because: `whether ${name} may sign in to Argo CD is not in the files`,
      how: `${name} signs in to Argo CD`,
    });
  if (isAnonymous) {
    const because = `who reaches Argo CD in ${argo.namespace} over the network is not in the files`;
    emit(to, { ...base, needs: [], because, how: "Argo CD takes whoever reaches it for someone who signed in" });
  }
}

/** Source: Argo CD, "Getting Started", Login: the initial password is in this secret, which "should be deleted"; "User Management", Disable admin user. */
function adminRules(to: Emitter, argo: Installation, source: Source): void {
  const id = accountId(argo, ADMIN);
  const everything: PolicyLine = {
    subject: ADMIN,
    resource: "*",
    action: "*",
    object: "*",
    isDenied: false,
    text: "admin.enabled",
    source,
  };
  permissionRules(to, argo, ADMIN, [everything]);
  const secrets = clustersOf(to.estate).get(argo.cluster)?.namespaces.get(argo.namespace)?.secrets;
  const [initial] = secrets?.get("argocd-initial-admin-secret")?.objects ?? [];
  if (!initial) return;
  const secret = secretId(argo.cluster, argo.namespace, initial.name);
  const label = `Secret ${argo.namespace}/${initial.name}`;
  emit(to, {
    family: "gitops/access",
    needs: [fact("read", secret)],
    gives: fact("act-as", id),
    because: `whether the password in ${label} was changed is not in the files`,
    how: `${label} holds the password of Argo CD's admin`,
    grant: grant(secret, "password", { label, change: `switch Argo CD's admin off, and delete ${label}`, source: initial.source }),
  });
}

/** Any person may have been given anything. */
function unreadPolicies(to: Emitter, argo: Installation): void {
  const gap = {
    topic: "gitops/access",
    subject: namespaceId(argo.cluster, argo.namespace),
    what: `policies of Argo CD in ${argo.namespace} of ${argo.cluster}`,
    why: "config map argocd-rbac-cm is not among the files",
    clauses: CLAUSES,
    source: argo.source,
  };
  emitGap(to, gap, [], "");
  if (!Object.hasOwn(to.estate.charter.absent, gap.topic)) everyPerson(to, argo, `${gap.what}: ${gap.why}`, argo.source);
}

function everyPerson(to: Emitter, argo: Installation, because: string, source: Source): void {
  for (const { id, name } of to.estate.charter.people)
    emit(to, {
      family: "gitops/access",
      needs: [fact("act-as", `person:${id}`)],
      gives: fact("write", partOf(argo.cluster, argo.namespace, "argo-applications")),
      because,
      how: `${name} may write Applications in Argo CD`,
      grant: nature(partId(argo.cluster, argo.namespace, "argo-applications"), `policies of Argo CD in ${argo.namespace}`, source),
    });
}
