// The wire format of Kubernetes objects: only the fields used. `nullish`, because manifests leave keys empty and the API server reads that as absent.
import { z } from "zod";
import { isObject } from "../../lib/json.ts";

const Names = z
  .array(z.string())
  .nullish()
  .transform((names) => names ?? []);
/**
 * Threat: a tenant may call a key of a Secret or a ConfigMap `__proto__` (core/v1: `[-._a-zA-Z0-9]+`), and zod leaves that member out without a
 * word. It is refused, so that the object becomes a gap.
 */
const record = <T extends z.ZodType>(value: T) =>
  z
    .unknown()
    .optional()
    .refine((given) => !(isObject(given) && Object.hasOwn(given, "__proto__")), "has a key that cannot be read")
    .pipe(z.record(z.string(), value).nullish());

const Texts = record(z.string()).transform((texts) => texts ?? {});

/** ObjectMeta, meta/v1. */
export const Metadata = z.object({
  name: z.string().min(1),
  namespace: z.string().nullish(),
  labels: Texts,
  annotations: Texts,
  uid: z.string().nullish(),
  ownerReferences: z
    .array(z.object({ apiVersion: z.string().nullish(), kind: z.string().nullish(), name: z.string(), controller: z.boolean().nullish() }))
    .nullish(),
});
export type Metadata = z.infer<typeof Metadata>;

export const Head = z.object({ apiVersion: z.string(), kind: z.string(), metadata: Metadata });
export type Head = z.infer<typeof Head>;

export const ServiceAccount = z.object({ automountServiceAccountToken: z.boolean().nullish() });

/** PolicyRule, rbac/v1. A rule over non-resource URLs has no resources. */
export const PolicyRule = z.object({ verbs: z.array(z.string()), apiGroups: Names, resources: Names, resourceNames: Names });

const LabelSelector = z.object({
  matchLabels: Texts,
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: Names }))
    .nullish()
    .transform((found) => found ?? []),
});

export const Role = z.object({
  rules: z.array(PolicyRule).nullish(),
  aggregationRule: z.object({ clusterRoleSelectors: z.array(LabelSelector).nullish() }).nullish(),
});

export const RoleBinding = z.object({
  roleRef: z.object({ kind: z.enum(["Role", "ClusterRole"]), name: z.string().min(1) }),
  subjects: z
    .array(z.object({ kind: z.enum(["User", "Group", "ServiceAccount"]), name: z.string().min(1), namespace: z.string().nullish() }))
    .nullish(),
});

/** `data` is base64 (core/v1); a collection that was made with a key holds fingerprints instead. */
const Encoded = z.string().regex(/^(?:[A-Za-z0-9+/\s]*={0,2}\s*|fingerprint:hmac-sha256:[^:]+:[0-9a-f]{64})$/);

export const Secret = z.object({
  type: z.string().nullish(),
  data: record(Encoded).transform((data) => data ?? {}),
  stringData: Texts,
});

export const ConfigMap = z.object({ data: Texts });

/** bitnami.com/v1alpha1. The values are sealed; what it unseals to has the template's metadata. */
export const SealedSecret = z.object({
  spec: z.object({
    encryptedData: Texts,
    template: z.object({ type: z.string().nullish() }).nullish(),
  }),
});

const RemoteRef = z.object({ key: z.string(), property: z.string().nullish(), version: z.string().nullish() });

/** external-secrets.io. `dataFrom` brings keys that only the store knows. */
export const ExternalSecret = z.object({
  spec: z.object({
    secretStoreRef: z.object({ name: z.string(), kind: z.string().nullish() }).nullish(),
    target: z.object({ name: z.string().nullish() }).nullish(),
    data: z.array(z.object({ secretKey: z.string(), remoteRef: RemoteRef })).nullish(),
  }),
});

const Protocol = z.enum(["TCP", "UDP", "SCTP"]);

const KeyRef = z.object({ name: z.string(), key: z.string() });

const Environment = z.object({
  name: z.string(),
  value: z.string().nullish(),
  valueFrom: z.object({ secretKeyRef: KeyRef.nullish(), configMapKeyRef: KeyRef.nullish() }).nullish(),
});

export const Container = z.object({
  /** The API server insists on it; nothing here depends on it, so a manifest without one is still read. */
  name: z.string().nullish(),
  /** Optional in core/v1 Container: something else fills it in before the pod runs. */
  image: z.string().nullish(),
  command: Names,
  args: Names,
  env: z.array(Environment).nullish(),
  ports: z
    .array(z.object({ name: z.string().nullish(), containerPort: z.number().int().min(1).max(65535), protocol: Protocol.nullish() }))
    .nullish(),
  /** `Always` on an init container: it stays beside the others (Pods, "Sidecar containers"). */
  restartPolicy: z.string().nullish(),
  envFrom: z
    .array(
      z.object({
        prefix: z.string().nullish(),
        secretRef: z.object({ name: z.string() }).nullish(),
        configMapRef: z.object({ name: z.string() }).nullish(),
      }),
    )
    .nullish(),
  securityContext: z.object({ privileged: z.boolean().nullish(), capabilities: z.object({ add: Names }).nullish() }).nullish(),
  volumeMounts: z.array(z.object({ name: z.string(), readOnly: z.boolean().nullish() })).nullish(),
});
export type Container = z.infer<typeof Container>;

const Volume = z.object({
  name: z.string(),
  secret: z.object({ secretName: z.string() }).nullish(),
  configMap: z.object({ name: z.string() }).nullish(),
  hostPath: z.object({ path: z.string() }).nullish(),
  projected: z
    .object({
      sources: z
        .array(
          z.object({
            secret: z.object({ name: z.string() }).nullish(),
            configMap: z.object({ name: z.string() }).nullish(),
            serviceAccountToken: z.object({ path: z.string() }).nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});
export type Volume = z.infer<typeof Volume>;

export const Tolerations = z
  .array(
    z.object({
      key: z.string().nullish(),
      operator: z.enum(["Equal", "Exists"]).nullish(),
      value: z.string().nullish(),
      effect: z.string().nullish(),
    }),
  )
  .nullish()
  .transform((found) => found ?? []);

/** PodSpec, core/v1. */
export const PodSpec = z.object({
  serviceAccountName: z.string().nullish(),
  /** Deprecated alias, still honored. */
  serviceAccount: z.string().nullish(),
  automountServiceAccountToken: z.boolean().nullish(),
  hostNetwork: z.boolean().nullish(),
  hostPID: z.boolean().nullish(),
  hostIPC: z.boolean().nullish(),
  nodeName: z.string().nullish(),
  nodeSelector: Texts,
  affinity: z.object({ nodeAffinity: z.unknown().optional() }).nullish(),
  containers: z.array(Container).min(1),
  initContainers: z.array(Container).nullish(),
  ephemeralContainers: z.array(Container).nullish(),
  volumes: z.array(Volume).nullish(),
  imagePullSecrets: z.array(z.object({ name: z.string() })).nullish(),
  tolerations: Tolerations,
});
export type PodSpec = z.infer<typeof PodSpec>;

/** Of a template's annotations only some are read, so one that is no text does not cost the workload. */
const Template = z.object({
  metadata: z.object({ labels: Texts, annotations: z.record(z.string(), z.unknown()).nullish() }).nullish(),
  spec: PodSpec,
});

const ContainerStatus = z.array(z.object({ name: z.string(), imageID: z.string().nullish() })).nullish();

export const Pod = z.object({
  spec: PodSpec,
  status: z.object({ phase: z.string().nullish(), containerStatuses: ContainerStatus, initContainerStatuses: ContainerStatus }).nullish(),
});
export const Templated = z.object({
  spec: z.object({
    template: Template,
    volumeClaimTemplates: z.array(z.object({ spec: z.object({ storageClassName: z.string().nullish() }).nullish() })).nullish(),
  }),
});
export const CronJob = z.object({ spec: z.object({ jobTemplate: Templated }) });
