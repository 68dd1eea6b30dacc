// Whether a charter that has the right shape also makes sense: names resolve, boundaries do not overlap, approvals can be given.
import { globMatches, globsIntersect } from "../lib/glob.ts";
import { order } from "./order.ts";
import { overlaps } from "./overlaps.ts";
import { boundaryParts, isPattern, type Owner, type Part, partsOf } from "./parts.ts";
import { type CharterProblem, type Locate, nearest, type Path, quoted } from "./problem.ts";
import type { Charter } from "./schema.ts";

type Report = (path: Path, message: string, remedy: string) => void;

/** Every problem of meaning. An expired exception is none: exceptions are judged by the date that a check is made for. */
export function validateCharter(charter: Charter, file: string, locate: Locate): CharterProblem[] {
  const problems: CharterProblem[] = [];
  const report: Report = (path, message, remedy) => problems.push({ file, ...locate(path), message, remedy });
  uniqueNames(charter, report);
  for (const check of [environmentReferences, peopleReferences, directions, identities, custodians, emptyBoundaries, approvals, timeZones])
    check(charter, report);
  for (const { path, message, remedy } of overlaps(partsOf(charter))) report(path, message, remedy);
  return problems;
}

function uniqueNames(charter: Charter, report: Report): void {
  unique(
    "environment",
    charter.environments.map(({ name }, i) => [["environments", i, "name"], name]),
    report,
  );
  unique(
    "shared service",
    charter.shared.map(({ name }, i) => [["shared", i, "name"], name]),
    report,
  );
  unique(
    "door",
    charter.doors.map(({ name }, i) => [["doors", i, "name"], name]),
    report,
  );
  unique(
    "person",
    charter.people.map(({ id }, i) => [["people", i, "id"], id]),
    report,
  );
  unique(
    "promotion",
    charter.promotion.map(({ from, to }, i) => [["promotion", i], `${from} → ${to}`]),
    report,
  );
  unique(
    "freeze",
    charter.freezes.map(({ name }, i) => [["freezes", i, "name"], name]),
    report,
  );
  unique(
    "exception for finding",
    charter.exceptions.map(({ finding }, i) => [["exceptions", i, "finding"], finding]),
    report,
  );
  unique(
    "credential",
    charter.credentials.map(({ secret }, i) => [["credentials", i, "secret"], secret]),
    report,
  );
}

function unique(noun: string, names: readonly (readonly [Path, string])[], report: Report): void {
  const seen = new Set<string>();
  for (const [path, name] of names) {
    if (seen.has(name)) report(path, `${noun} ${quoted(name)} is declared twice`, "Give each a name of its own, or merge the two.");
    seen.add(name);
  }
}

function environmentReferences(charter: Charter, report: Report): void {
  const known = charter.environments.map(({ name }) => name);
  const refer = (path: Path, name: string): void => {
    if (!known.includes(name)) report(path, `there is no environment ${quoted(name)}`, didYouMean(name, known));
  };
  for (const [i, rule] of charter.access.entries()) for (const [j, name] of rule.in.entries()) refer(["access", i, "in", j], name);
  for (const [i, stage] of charter.promotion.entries()) for (const end of ["from", "to"] as const) refer(["promotion", i, end], stage[end]);
  for (const [i, freeze] of charter.freezes.entries())
    for (const [j, name] of freeze.environments.entries()) refer(["freezes", i, "environments", j], name);
  for (const [i, door] of charter.doors.entries()) {
    if (door.kind === "mask") refer(["doors", i, "from"], door.from);
    refer(["doors", i, "to"], door.to);
  }
  for (const [i, exercise] of (charter.rollbackExercises ?? []).entries())
    refer(["rollbackExercises", i, "environment"], exercise.environment);
  for (const [i, service] of charter.shared.entries())
    for (const [j, name] of service.serves.entries()) refer(["shared", i, "serves", j], name);
}

function didYouMean(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant) return `Did you mean ${meant}?`;
  return known.length > 0 ? `Declared are ${known.slice(0, 12).join(", ")}${known.length > 12 ? ", …" : ""}.` : "None is declared.";
}

// `group:` and `person:` refer to people; anything else is an entity id, which only the estate can confirm.
function peopleReferences(charter: Charter, report: Report): void {
  const groups = [...new Set(charter.people.flatMap((person) => person.groups))];
  const ids = charter.people.map(({ id }) => id);
  const refer = (path: Path, who: string): void => {
    const [kind, name] = splitWho(who);
    if (kind === "group" && !groups.includes(name))
      report(path, `nobody is in group ${quoted(name)}`, `${didYouMean(name, groups)} Add the group to the groups of the people in it.`);
    if (kind === "person" && !ids.includes(name))
      report(path, `there is no person ${quoted(name)}`, `${didYouMean(name, ids)} Declare them under people.`);
    if (kind === "entity" && !who.includes(":"))
      report(
        path,
        `${quoted(who)} is neither a group, a person nor an entity id`,
        `Write group:${who} or person:${who}, or an entity id such as an ARN.`,
      );
  };
  for (const [i, rule] of charter.access.entries()) refer(["access", i, "who"], rule.who);
  for (const [i, stage] of charter.promotion.entries()) {
    for (const [j, who] of stage.approvers.entries()) refer(["promotion", i, "approvers", j], who);
    for (const [j, { group }] of stage.teams.entries()) refer(["promotion", i, "teams", j, "group"], `group:${group}`);
  }
  for (const [i, door] of charter.doors.entries()) {
    if (door.kind !== "break-glass") continue;
    for (const [j, who] of door.who.entries()) refer(["doors", i, "who", j], who);
    refer(["doors", i, "reviewedBy"], door.reviewedBy);
  }
  for (const [i, { by }] of (charter.rollbackExercises ?? []).entries()) refer(["rollbackExercises", i, "by"], by);
  for (const [i, custodian] of charter.custodians.entries()) refer(["custodians", i, "who"], custodian.who);
}

function timeZones(charter: Charter, report: Report): void {
  for (const [i, { timeZone }] of charter.freezes.entries()) {
    try {
      Intl.DateTimeFormat("en", { timeZone }).resolvedOptions();
    } catch {
      report(
        ["freezes", i, "timeZone"],
        `there is no time zone ${quoted(timeZone)}`,
        "Write a name of the IANA time zone database: Europe/Amsterdam.",
      );
    }
  }
}

function splitWho(who: string): readonly ["group" | "person" | "entity", string] {
  if (who.startsWith("group:")) return ["group", who.slice("group:".length)];
  return who.startsWith("person:") ? ["person", who.slice("person:".length)] : ["entity", who];
}

function directions(charter: Charter, report: Report): void {
  const known = new Set(charter.environments.map(({ name }) => name));
  const { isBelow } = order(charter);
  for (const [i, { from, to }] of charter.promotion.entries())
    if (known.has(from) && known.has(to) && !isBelow(from, to))
      report(
        ["promotion", i, "to"],
        `${quoted(to)} is not above ${quoted(from)}`,
        "Promote to an environment of a higher tier, one stage at a time.",
      );
  for (const [i, door] of charter.doors.entries()) {
    if (door.kind !== "mask" || !known.has(door.from) || !known.has(door.to) || isBelow(door.to, door.from)) continue;
    report(
      ["doors", i, "to"],
      `a mask leads down, and ${quoted(door.to)} is not below ${quoted(door.from)}`,
      "Swap  from:  and  to:  of the mask.",
    );
  }
}

const OWN_ACCOUNT = "Give every person an account of their own.";

/**
 * One account is one person's: approvals are counted by it. A role that single sign-on gives may be given to many, and a bot or a key may be
 * known to many (`holds`); both are declared for each of them, so that none of them counts as another.
 */
function identities(charter: Charter, report: Report): void {
  const holders = new Map<string, string>();
  const patterns: { readonly path: Path; readonly arn: string; readonly id: string }[] = [];
  const claim = (path: Path, key: string, what: string, id: string): void => {
    const holder = holders.get(key);
    if (holder === undefined) holders.set(key, id);
    else if (holder !== id) report(path, `${what} is an identity of ${quoted(holder)} already`, OWN_ACCOUNT);
  };
  for (const [i, { id, identities: own }] of charter.people.entries()) {
    const path = (...rest: readonly (string | number)[]): Path => ["people", i, "identities", ...rest];
    for (const [j, login] of own.github.entries()) {
      if (login.startsWith("@"))
        report(path("github", j), `GitHub login ${quoted(login)} starts with @`, `Write it without:  ${login.slice(1)}`);
      // Logins take no account of letter case.
      claim(path("github", j), `github ${login.toLowerCase()}`, `GitHub login ${quoted(login)}`, id);
    }
    for (const [j, name] of (own.gitlab ?? []).entries()) {
      if (name.startsWith("@"))
        report(path("gitlab", j), `GitLab user name ${quoted(name)} starts with @`, `Write it without:  ${name.slice(1)}`);
      claim(path("gitlab", j), `gitlab ${name.toLowerCase()}`, `GitLab user ${quoted(name)}`, id);
    }
    for (const [j, name] of (own.jenkins ?? []).entries()) claim(path("jenkins", j), `jenkins ${name}`, `Jenkins user ${quoted(name)}`, id);
    for (const [j, name] of (own.azure ?? []).entries())
      claim(path("azure", j), `azure ${name.toLowerCase()}`, `Azure DevOps user ${quoted(name)}`, id);
    for (const [j, name] of own.kubernetes.entries())
      claim(path("kubernetes", j), `kubernetes ${name}`, `Kubernetes user ${quoted(name)}`, id);
    for (const [j, name] of own.identityCenter.entries())
      claim(path("identityCenter", j), `identityCenter ${name.toLowerCase()}`, `Identity Center user ${quoted(name)}`, id);
    for (const [j, arn] of own.aws.entries()) {
      if (!arn.includes(":user/")) continue;
      if (isPattern(arn)) patterns.push({ path: path("aws", j), arn, id });
      else claim(path("aws", j), `aws ${arn}`, `IAM user ${quoted(arn)}`, id);
    }
  }
  const users = charter.people.flatMap((person) => person.identities.aws.map((arn) => ({ arn, id: person.id })));
  for (const { path, arn, id } of patterns) {
    const other = users.find(
      (user) => user.id !== id && (isPattern(user.arn) ? globsIntersect(user.arn, arn) : globMatches(arn, user.arn)),
    );
    if (other) report(path, `IAM user pattern ${quoted(arn)} also matches ${quoted(other.arn)} of ${quoted(other.id)}`, OWN_ACCOUNT);
  }
}

function custodians(charter: Charter, report: Report): void {
  const people = new Set<string>();
  for (const [i, { who }] of charter.custodians.entries()) {
    if (who.startsWith("group:")) {
      report(
        ["custodians", i, "who"],
        `a group cannot be a custodian: ${quoted(who)}`,
        "Name each person, since custodians are counted:  person:ID",
      );
      continue;
    }
    if (!who.startsWith("person:") || people.has(who)) continue;
    people.add(who);
    if (people.size === charter.maximumCustodians + 1)
      report(
        ["custodians", i, "who"],
        `more than ${charter.maximumCustodians} people are custodians`,
        "Take the standing access away from some of them, or raise  maximumCustodians:  and answer for it.",
      );
  }
}

function emptyBoundaries(charter: Charter, report: Report): void {
  const nothing = "Name an account, a cluster, namespaces, a GitHub environment or another part.";
  const check = (boundary: Charter["environments"][number]["boundary"], owner: Owner, path: Path): void => {
    const parts = boundaryParts(boundary, owner, path);
    if (parts.length === 0) return report(path, `the boundary of ${owner.name} is empty`, nothing);
    for (const [i, cluster] of (boundary.kubernetes ?? []).entries())
      if (cluster.namespaces.length === 0)
        report(
          [...path, "kubernetes", i],
          `no namespace of cluster ${quoted(cluster.cluster)} is named`,
          "Name namespaces, or leave  namespaces:  out to take the whole cluster.",
        );
    for (const part of parts)
      if (takesItselfOut(part)) report(part.path, `${quoted(part.name)} is taken out again by  not:`, "Leave it out of one of the two.");
  };
  for (const [i, e] of charter.environments.entries())
    check(e.boundary, { kind: "environment", name: e.name }, ["environments", i, "boundary"]);
  for (const [i, s] of charter.shared.entries()) check(s.boundary, { kind: "shared service", name: s.name }, ["shared", i, "boundary"]);
}

const takesItselfOut = (part: Part): boolean =>
  part.not.some((not) => not === part.name || (!isPattern(part.name) && globMatches(not, part.name)));

// With k approvals by others than the author, and an author who may be an approver, k + 1 approvers are needed.
function approvals(charter: Charter, report: Report): void {
  for (const [i, stage] of charter.promotion.entries()) {
    const path = ["promotion", i, stage.approvers.length > 0 ? "approvers" : "approvals"];
    // Whom nobody knows is a problem reported already.
    const who = [...stage.approvers, ...stage.teams.map(({ group }) => `group:${group}`)];
    if (who.some((each) => isUnresolved(charter, each))) continue;
    const available = approversOf(charter, who).size;
    const needed = Math.max(
      stage.approvals,
      stage.teams.reduce((sum, each) => sum + each.approvals, 0),
    );
    if (needed > 0 && available < needed + 1)
      report(
        path,
        `${needed} ${needed === 1 ? "approval" : "approvals"} by others than the author, and ${available} may approve`,
        `Name at least ${needed + 1} people under  approvers:  by group:NAME or person:ID.`,
      );
  }
}

function isUnresolved(charter: Charter, who: string): boolean {
  const [kind, name] = splitWho(who);
  if (kind === "entity") return !who.includes(":");
  return !charter.people.some((person) => (kind === "person" ? person.id === name : person.groups.includes(name)));
}

// People, each once, whichever of their groups or accounts names them. An account nobody declares counts as one of its own.
function approversOf(charter: Charter, approvers: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const who of approvers) {
    const [kind, name] = splitWho(who);
    if (kind === "person") found.add(name);
    else if (kind === "group") for (const person of charter.people.filter(({ groups }) => groups.includes(name))) found.add(person.id);
    else found.add(charter.people.find((person) => holds(person, who))?.id ?? who);
  }
  return found;
}

const holds = ({ identities: own }: Charter["people"][number], id: string): boolean =>
  own.github.some((login) => id.toLowerCase() === `github:@${login.toLowerCase()}`) ||
  (own.gitlab ?? []).some((name) => id === `gitlab:@${name}`) ||
  (own.jenkins ?? []).some((name) => id === `jenkins:@${name}`) ||
  (own.azure ?? []).some((name) => id === `azure:@${name.toLowerCase()}`) ||
  own.aws.some((arn) => globMatches(arn, id)) ||
  own.holds.includes(id);
