// The wire format of an admission review: what an API server asks before it stores an object. Only the fields used.
import { z } from "zod";

const Kind = z.object({ group: z.string(), version: z.string(), kind: z.string().min(1) });

/** AdmissionReview, admission.k8s.io/v1. `object` is what would be stored; absent or null on DELETE. */
export const AdmissionReview = z.object({
  apiVersion: z.literal("admission.k8s.io/v1"),
  kind: z.literal("AdmissionReview"),
  request: z.object({
    uid: z.string().min(1),
    kind: Kind,
    subResource: z.string().nullish(),
    namespace: z.string().nullish(),
    name: z.string().nullish(),
    operation: z.enum(["CREATE", "UPDATE", "DELETE", "CONNECT"]),
    object: z.unknown(),
    oldObject: z.unknown(),
  }),
});
export type AdmissionReview = z.infer<typeof AdmissionReview>;

/** Of a review that is none, the name of the request alone: an answer without it is not taken as one. */
export const Named = z.object({ request: z.object({ uid: z.string().min(1) }) });

const Container = z.object({ name: z.string().nullish(), image: z.string().nullish() });
const Containers = z.array(Container).nullish();

/** PodSpec, core/v1. A volume of kind `image` mounts the files of an image, which are as good as run. */
export const PodSpec = z.object({
  containers: Containers,
  initContainers: Containers,
  ephemeralContainers: Containers,
  volumes: z.array(z.object({ name: z.string().nullish(), image: z.object({ reference: z.string().nullish() }).nullish() })).nullish(),
});
export type PodSpec = z.infer<typeof PodSpec>;

export interface AdmissionResponse {
  readonly apiVersion: "admission.k8s.io/v1";
  readonly kind: "AdmissionReview";
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly status?: { readonly code: number; readonly reason: string; readonly message: string };
    readonly warnings?: readonly string[];
    readonly auditAnnotations?: Readonly<Record<string, string>>;
  };
}
