// Checks five services of a real platform under a charter of ours, and compares each finding with a plain reading of the manifests.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments, stringify } from "yaml";
import { check } from "./check.ts";
import { readFolder } from "./files.ts";

const corpus = process.env["BULKHEAD_CORPUS"] ?? resolve(import.meta.dirname, "../../../shared/corpus");
const root = join(corpus, "k8s/ministryofjustice+cloud-platform-environments");
const place = "namespaces/live.cloud-platform.service.justice.gov.uk";
const isThere = existsSync(join(root, place));

const SUFFIX = /-(dev|development|test|stage|staging|preprod|prod|production)$/;
const PRODUCTION = /-(prod|production)$/;

/** The namespaces of the first five services that have both development and production. */
function namespacesOfFive(): readonly string[] {
  const services = Map.groupBy(
    readdirSync(join(root, place)).filter((name) => SUFFIX.test(name)),
    (name) => name.replace(SUFFIX, ""),
  );
  return [...services]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, names]) => names)
    .filter((names) => names.some((name) => PRODUCTION.test(name)) && names.some((name) => /-dev(elopment)?$/.test(name)))
    .slice(0, 5)
    .flat();
}

interface Binding {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string }[];
  readonly roleRef: { readonly kind: string; readonly name: string };
}

interface Role {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly rules?: readonly { readonly verbs: readonly string[]; readonly resources?: readonly string[] }[];
}

function objects(namespace: string): readonly (Role & Binding)[] {
  const folder = join(root, place, namespace);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), "utf8")).map((each) => each.toJS() as (Role & Binding) | null))
    .filter((each) => each !== null);
}

/** The charter beside this repository's examples, over these namespaces alone, with one person for each subject: someone of that team. */
function charterOf(namespaces: readonly string[], subjects: readonly { readonly kind: string; readonly name: string }[]): string {
  interface Draft {
    inputs: object[];
    environments: { name: string; boundary: { kubernetes: { namespaces: string[] }[] } }[];
    shared: { serves: string[] }[];
    people?: object[];
    access?: object[];
  }
  const charter = parse(readFileSync(new URL("../../examples/real/cloud-platform-environments.yaml", import.meta.url), "utf8")) as Draft;
  const patterns = (of: Draft["environments"][number]): readonly string[] => of.boundary.kubernetes.flatMap((each) => each.namespaces);
  const isUsed = (of: Draft["environments"][number]): boolean =>
    patterns(of).some((pattern) => namespaces.some((name) => name.endsWith(pattern.slice(1))));
  charter.environments = charter.environments.filter(isUsed);
  const environments = charter.environments.map(({ name }) => name);
  for (const each of charter.shared) each.serves = environments;
  charter.inputs = namespaces.map((name) => ({ path: `${place}/${name}`, scope: { system: "kubernetes", cluster: "live" } }));
  charter.people = subjects.map(({ kind, name }, i) => ({
    id: `person-${i}`,
    name: `Someone who signs in as ${name}`,
    groups: ["engineers"],
    identities: kind === "User" ? { kubernetes: [name] } : { holds: [`k8s:live/-/${kind}.rbac.authorization.k8s.io/${name}`] },
  }));
  charter.access = [{ who: "group:engineers", may: "read", in: environments }];
  return stringify(charter);
}

/** Roles of Kubernetes itself that write (RBAC, User-facing roles). */
const WRITING = new Set(["admin", "edit", "cluster-admin"]);
const READS = new Set(["get", "list", "watch"]);

/** Which subject may write in production by which binding, as a person reads it off the files. */
function readByHand(namespaces: readonly string[]): readonly string[] {
  return namespaces
    .filter((name) => PRODUCTION.test(name))
    .flatMap((namespace) => {
      const all = objects(namespace);
      const writes = ({ kind, name }: Binding["roleRef"]): boolean =>
        kind === "ClusterRole"
          ? WRITING.has(name)
          : all.some(
              (each) =>
                each.kind === "Role" &&
                each.metadata.name === name &&
                (each.rules ?? []).some(({ verbs }) => verbs.some((verb) => !READS.has(verb))),
            );
      return all
        .filter((each) => each.kind === "RoleBinding" && writes(each.roleRef))
        .flatMap(({ metadata, subjects }) =>
          subjects.map(({ kind, name }) => `remove subject ${kind.toLowerCase()} ${name} from RoleBinding ${namespace}/${metadata.name}`),
        );
    });
}

/** Namespaces below of which no policy denies what leaves, and namespaces of production of which none denies what comes in. */
function openNamespaces(namespaces: readonly string[]): readonly string[] {
  return namespaces.flatMap((namespace) => {
    const direction = PRODUCTION.test(namespace) ? "Ingress" : "Egress";
    const policies = objects(namespace).filter(({ kind }) => kind === "NetworkPolicy") as unknown as readonly {
      readonly spec: { readonly podSelector: object; readonly policyTypes?: readonly string[] };
    }[];
    const isDenied = policies.some(
      ({ spec }) => Object.keys(spec.podSelector).length === 0 && (spec.policyTypes ?? ["Ingress"]).includes(direction),
    );
    return isDenied ? [] : [`deny ${direction.toLowerCase()} by default in namespace ${namespace}`];
  });
}

describe.skipIf(!isThere)("five services of a real platform (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test("every way to write production alone is found once, and every namespace that is left open", () => {
    const namespaces = namespacesOfFive();
    const bindings = namespaces.flatMap(objects).filter(({ kind }) => kind === "RoleBinding");
    const subjects = [...new Map(bindings.flatMap((each) => each.subjects).map((each) => [each.name, each])).values()];
    // What makes the wall hold by hand: no workload's identity is given anything in any of them.
    expect(subjects.filter(({ kind }) => kind === "ServiceAccount")).toEqual([]);
    // Their Terraform calls modules that are fetched from elsewhere, so nobody can say here what it makes: it is left out.
    const manifests = new Map([...readFolder(root)].filter(([path]) => !path.endsWith(".tf")));
    const run = check(manifests, {
      asOf: "2026-11-24T00:00:00Z",
      charter: { text: charterOf(namespaces, subjects), file: "charter.yaml" },
    });
    if (!run.ok) throw new Error(JSON.stringify(run.error));
    const { statements, findings, gaps } = run.value.result;
    const changesOf = (id: string): readonly string[] => findings.filter((each) => each.check === id).flatMap(({ cut }) => cut);
    const changes = changesOf("person-deploys-past-the-pipeline");
    const expected = readByHand(namespaces);
    console.log(
      `${namespaces.length} namespaces, ${bindings.length} bindings, ${subjects.length} subjects: ${expected.length} ways to write production alone by hand, ${changes.length} found`,
    );
    expect(changes.toSorted()).toEqual(expected.toSorted());
    expect(expected.length).toBeGreaterThan(5);
    expect(changesOf("namespace-without-default-deny").toSorted()).toEqual(openNamespaces(namespaces).toSorted());
    // What else is said is about declarations and about sharing one cluster; nothing else is a way.
    const others = findings.filter(({ severity }) => severity === "critical" || severity === "high");
    expect(others.map((each) => each.check).filter((id) => id !== "person-deploys-past-the-pipeline")).toEqual([]);
    expect(statements).toEqual({ wall: "separated", singlePerson: "violated", data: "separated" });
    // Who is in the teams only the forge knows; nothing else is missing.
    expect(gaps.filter(({ what }) => !what.startsWith("members of group "))).toEqual([]);
  });
});
