// Objects of a cluster: namespaces, service accounts, roles, bindings, secrets by name.
import { isObject, type Json } from "../../lib/json.ts";
import { inside, type Source } from "../../model/source.ts";
import type { KubernetesPolicyRule, KubernetesSubject } from "../../model/observations/kubernetes.ts";
import type { Mapper, Reading } from "./reading.ts";
import { AFTER_APPLY } from "./reading.ts";
import { at, attribute, isAnySet, isSensitive, known } from "./resource.ts";

interface Named {
  readonly cluster: string;
  readonly namespace?: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly source: Source;
}

const record = (value: Json | undefined): Readonly<Record<string, string>> =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"))
    : {};

const items = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

const texts = (value: Json | undefined): readonly string[] => items(value).filter((each): each is string => typeof each === "string");

/** Blocks that say what the object does: one that is not known yet could grant anything in its cluster. */
const DECISIVE = ["rule", "subject", "role_ref", "aggregation_rule", "automount_service_account_token"];

function named(reading: Reading, isNamespaced: boolean): Named | undefined {
  const { resource, file } = reading;
  const cluster = reading.scope?.cluster;
  if (cluster === undefined) {
    const why = "Terraform does not say which cluster: give the input a scope with cluster";
    reading.gap("kubernetes/scope", `${file}#${resource.address}`, resource.address, why);
    return undefined;
  }
  const name = known(resource, "metadata", 0, "name");
  const unknown = DECISIVE.filter((key) => isObject(resource.unknown) && isAnySet(resource.unknown[key]));
  if (name === undefined || unknown.length > 0) {
    const what = name === undefined ? `name of ${resource.address}` : `${unknown.join(", ")} of ${resource.address}`;
    reading.gap("kubernetes/rbac", cluster, what, AFTER_APPLY);
    return undefined;
  }
  const metadata = attribute(resource, "metadata", 0);
  const [labels, annotations] =
    metadata.is === "known" && isObject(metadata.value) ? [metadata.value["labels"], metadata.value["annotations"]] : [];
  return {
    cluster,
    // The provider's default, as kubectl's.
    ...(isNamespaced && { namespace: known(resource, "metadata", 0, "namespace") ?? "default" }),
    name,
    labels: record(labels),
    annotations: record(annotations),
    source: resource.source,
  };
}

const namespace: Mapper = (reading) => {
  const object = named(reading, false);
  if (object) reading.whole({ kind: "kubernetes/namespace", ...object });
};

const serviceAccount: Mapper = (reading) => {
  const object = named(reading, true);
  const automount = reading.resource.values["automount_service_account_token"];
  if (object)
    reading.whole({ kind: "kubernetes/service-account", ...object, ...(typeof automount === "boolean" && { automountToken: automount }) });
};

function rulesOf(reading: Reading): readonly KubernetesPolicyRule[] {
  return items(reading.resource.values["rule"]).flatMap((rule, i) =>
    isObject(rule)
      ? {
          verbs: texts(rule["verbs"]),
          apiGroups: texts(rule["api_groups"]),
          resources: texts(rule["resources"]),
          resourceNames: texts(rule["resource_names"]),
          source: at(reading.resource, "rule", i),
        }
      : [],
  );
}

const role =
  (isNamespaced: boolean): Mapper =>
  (reading) => {
    const object = named(reading, isNamespaced);
    if (!object) return;
    const [aggregation] = items(reading.resource.values["aggregation_rule"]);
    const selectors = items(isObject(aggregation) ? aggregation["cluster_role_selectors"] : undefined);
    const aggregates = selectors.filter(isObject).map((selector) => ({
      matchLabels: record(selector["match_labels"]),
      matchExpressions: items(selector["match_expressions"])
        .filter(isObject)
        .map((each) => ({ key: String(each["key"]), operator: String(each["operator"]), values: texts(each["values"]) })),
    }));
    reading.whole({ kind: "kubernetes/role", ...object, rules: rulesOf(reading), aggregates });
  };

function subjectOf(value: Json, source: Source): KubernetesSubject | undefined {
  if (!isObject(value) || typeof value["name"] !== "string") return undefined;
  const type = (["User", "Group", "ServiceAccount"] as const).find((each) => each === value["kind"]);
  if (type === undefined) return undefined;
  // The provider's default namespace for a service account is `default`.
  const space = typeof value["namespace"] === "string" && value["namespace"] !== "" ? value["namespace"] : "default";
  return { type, name: value["name"], ...(type === "ServiceAccount" && { namespace: space }), source };
}

const binding =
  (isNamespaced: boolean): Mapper =>
  (reading) => {
    const object = named(reading, isNamespaced);
    if (!object) return;
    const type = (["Role", "ClusterRole"] as const).find((each) => each === known(reading.resource, "role_ref", 0, "kind"));
    const name = known(reading.resource, "role_ref", 0, "name");
    const subjects = items(reading.resource.values["subject"]);
    const read = subjects.flatMap((each, i) => subjectOf(each, inside(at(reading.resource, "subject"), i)) ?? []);
    if (type === undefined || name === undefined || read.length < subjects.length)
      reading.gap("kubernetes/rbac", object.cluster, reading.resource.address, "its role or a subject is not as the provider writes it");
    if (type !== undefined && name !== undefined)
      reading.whole({ kind: "kubernetes/role-binding", ...object, role: { type, name }, subjects: read });
  };

/** Values leave as keyed fingerprints, whether the file marks them sensitive or not. */
const secret: Mapper = (reading) => {
  const object = named(reading, true);
  if (!object) return;
  const { data, type } = reading.resource.values;
  const values = isObject(data)
    ? Object.entries(data).map(([key, value]) => {
        const mark = isObject(value) && isSensitive(value) ? value["fingerprint"] : undefined;
        const fingerprint = typeof value === "string" ? reading.fingerprint(value) : typeof mark === "string" ? mark : undefined;
        return [key, fingerprint === undefined ? {} : { fingerprint }] as const;
      })
    : [];
  reading.whole({ kind: "kubernetes/secret", ...object, ...(typeof type === "string" && { type }), values: Object.fromEntries(values) });
};

const both = (name: string, mapper: Mapper): readonly (readonly [string, Mapper])[] => [
  [`kubernetes_${name}`, mapper],
  [`kubernetes_${name}_v1`, mapper],
];

export const kubernetesMappers: Readonly<Record<string, Mapper>> = Object.fromEntries([
  ...both("namespace", namespace),
  ...both("service_account", serviceAccount),
  ...both("role", role(true)),
  ...both("cluster_role", role(false)),
  ...both("role_binding", binding(true)),
  ...both("cluster_role_binding", binding(false)),
  ...both("secret", secret),
]);
