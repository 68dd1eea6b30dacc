// Kubernetes objects as `kubectl get … -o json` prints them.
import { fingerprintText, number, uuid, zuluDate } from "../pseudo.ts";
import type { BindingSpec, NamespaceSpec, PolicyRule, WorkloadSpec } from "./specs.ts";

export interface Place {
  readonly cluster: string;
  readonly namespace?: string;
}

const RBAC = "rbac.authorization.k8s.io";

/** Members in the order in which kubectl prints them: sorted by name. */
export function meta(
  place: Place,
  kind: string,
  name: string,
  more: { readonly labels?: object; readonly annotations?: object; readonly generation?: number } = {},
): object {
  const label = `${place.cluster}/${place.namespace ?? "-"}/${kind}/${name}`;
  return {
    ...(more.annotations && { annotations: more.annotations }),
    creationTimestamp: zuluDate(label),
    ...(more.generation && { generation: more.generation }),
    ...(more.labels && { labels: more.labels }),
    name,
    ...(place.namespace && { namespace: place.namespace }),
    resourceVersion: String(number(label, 8)),
    uid: uuid(label),
  };
}

export const list = (items: readonly object[]): object => ({ apiVersion: "v1", items, kind: "List", metadata: { resourceVersion: "" } });

export const namespace = (cluster: string, spec: NamespaceSpec): object => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: meta({ cluster }, "Namespace", spec.name, { labels: { "kubernetes.io/metadata.name": spec.name, ...spec.labels } }),
  spec: { finalizers: ["kubernetes"] },
  status: { phase: "Active" },
});

export const serviceAccountObject = (place: Place, name: string, roleArn: string | undefined): object => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: meta(place, "ServiceAccount", name, roleArn ? { annotations: { "eks.amazonaws.com/role-arn": roleArn } } : {}),
});

export const role = (place: Place, name: string, rules: readonly PolicyRule[], labels?: object): object => {
  const kind = place.namespace ? "Role" : "ClusterRole";
  return { apiVersion: `${RBAC}/v1`, kind, metadata: meta(place, kind, name, labels ? { labels } : {}), rules };
};

export function binding(place: Place, spec: BindingSpec): object {
  const kind = place.namespace ? "RoleBinding" : "ClusterRoleBinding";
  return {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: meta(place, kind, spec.name),
    roleRef: { apiGroup: RBAC, kind: spec.role[0], name: spec.role[1] },
    subjects: spec.subjects.map((subject) =>
      subject.kind === "ServiceAccount"
        ? { kind: subject.kind, name: subject.name, namespace: subject.namespace }
        : { apiGroup: RBAC, kind: subject.kind, name: subject.name },
    ),
  };
}

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");

export const secret = (place: Place, name: string, values: Readonly<Record<string, string>>): object => ({
  apiVersion: "v1",
  data: Object.fromEntries(Object.entries(values).map(([key, label]) => [key, base64(fingerprintText(label))])),
  kind: "Secret",
  metadata: meta(place, "Secret", name),
  type: "tls.key" in values ? "kubernetes.io/tls" : "Opaque",
});

export const configMap = (place: Place, name: string, data: Readonly<Record<string, string>>): object => ({
  apiVersion: "v1",
  data,
  kind: "ConfigMap",
  metadata: meta(place, "ConfigMap", name),
});

function container(spec: WorkloadSpec): object {
  const env = [
    ...Object.entries(spec.env ?? {}).map(([name, value]) => ({ name, value })),
    ...Object.entries(spec.secretEnv ?? {}).map(([name, [from, key]]) => ({ name, valueFrom: { secretKeyRef: { key, name: from } } })),
  ];
  const mounts = [
    ...(spec.secretVolumes ?? []).map((name) => ({ mountPath: `/var/run/secrets/acme/${name}`, name: `secret-${name}`, readOnly: true })),
    ...(spec.configVolumes ?? []).map((name) => ({ mountPath: `/etc/acme/${name}`, name: `config-${name}` })),
    ...(spec.node ? [{ mountPath: "/host", name: "host", readOnly: !spec.node.privileged }] : []),
  ];
  return {
    ...(spec.args && { args: spec.args }),
    ...(env.length > 0 && { env }),
    ...(spec.configFrom && { envFrom: spec.configFrom.map((name) => ({ configMapRef: { name } })) }),
    image: spec.image,
    imagePullPolicy: "IfNotPresent",
    name: spec.name,
    resources: { limits: { memory: "512Mi" }, requests: { cpu: "100m", memory: "256Mi" } },
    securityContext: spec.node?.privileged
      ? { privileged: true }
      : { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true, runAsNonRoot: true },
    ...(mounts.length > 0 && { volumeMounts: mounts }),
  };
}

function podTemplate(spec: WorkloadSpec): object {
  const volumes = [
    ...(spec.secretVolumes ?? []).map((name) => ({ name: `secret-${name}`, secret: { defaultMode: 420, secretName: name } })),
    ...(spec.configVolumes ?? []).map((name) => ({ configMap: { defaultMode: 420, name }, name: `config-${name}` })),
    ...(spec.node ? [{ hostPath: { path: spec.node.hostPath, type: "" }, name: "host" }] : []),
  ];
  const account = spec.serviceAccount ?? spec.name;
  return {
    metadata: { labels: { "app.kubernetes.io/name": spec.name } },
    spec: {
      ...(spec.token === false && { automountServiceAccountToken: false }),
      containers: [container(spec)],
      dnsPolicy: "ClusterFirst",
      ...(spec.node && { hostNetwork: true }),
      restartPolicy: spec.kind === "CronJob" ? "Never" : "Always",
      schedulerName: "default-scheduler",
      ...(!spec.node && { securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } }),
      serviceAccount: account,
      serviceAccountName: account,
      terminationGracePeriodSeconds: 30,
      ...(volumes.length > 0 && { volumes }),
    },
  };
}

export function workload(place: Place, spec: WorkloadSpec): object {
  const labels = { "app.kubernetes.io/name": spec.name };
  const metadata = meta(place, spec.kind, spec.name, { labels, generation: 1 + (number(spec.image, 2) % 40) });
  const replicas = spec.replicas ?? 2;
  const selector = { matchLabels: labels };
  const template = podTemplate(spec);
  if (spec.kind === "CronJob") {
    const job = { metadata: {}, spec: { backoffLimit: 2, template } };
    const cron = {
      concurrencyPolicy: "Forbid",
      jobTemplate: job,
      schedule: spec.schedule ?? "15 2 * * *",
      successfulJobsHistoryLimit: 1,
      suspend: false,
    };
    return { apiVersion: "batch/v1", kind: spec.kind, metadata, spec: cron, status: {} };
  }
  const body = {
    Deployment: { replicas, revisionHistoryLimit: 10, selector, strategy: { type: "RollingUpdate" }, template },
    StatefulSet: { podManagementPolicy: "OrderedReady", replicas, selector, serviceName: spec.name, template },
    DaemonSet: { revisionHistoryLimit: 10, selector, template, updateStrategy: { type: "RollingUpdate" } },
  }[spec.kind];
  return { apiVersion: "apps/v1", kind: spec.kind, metadata, spec: body, status: {} };
}
