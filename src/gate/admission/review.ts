// Answers an AdmissionReview: which environment the object is for, which images it would run that were not run before, and whether they may.
import { type Membership, membership } from "../../charter/membership.ts";
import { type AdmissionPolicy, admit, type Admission, shown } from "./admit.ts";
import { imagesOf, runsImages, type UsedImage } from "./images.ts";
import { AdmissionReview, type AdmissionResponse, Named } from "./schema.ts";

type Request = AdmissionReview["request"];

/**
 * Whatever cannot be read is refused, with the request's uid where it has one; without that the API server takes the answer as none, and the
 * webhook's `failurePolicy: Fail` refuses. Nothing is kept of a request, so a dry run is answered as any other.
 * Source: Kubernetes, Dynamic Admission Control, "Request" and "Response".
 */
export function admissionReviewer(policy: AdmissionPolicy): (body: unknown) => AdmissionResponse {
  const places = membership(policy.charter, () => []);
  return (body) => {
    const review = AdmissionReview.safeParse(body);
    if (review.success) return answer(review.data.request.uid, judge(review.data.request, policy, places));
    const named = Named.safeParse(body);
    return answer(named.success ? named.data.request.uid : "", refused(400, "BadRequest", "the request is no AdmissionReview of v1"));
  };
}

type Answer = Omit<AdmissionResponse["response"], "uid">;

const answer = (uid: string, response: Answer): AdmissionResponse => ({
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  response: { uid, ...response },
});

const refused = (code: number, reason: string, message: string): Answer => ({
  allowed: false,
  status: { code, reason, message: `bulkhead: ${message}` },
});

/** Parts of an object under which no image can be changed (API reference, the subresources of pods and of what makes them). */
const IMAGELESS: ReadonlySet<string> = new Set([
  "status",
  "scale",
  "binding",
  "eviction",
  "resize",
  "exec",
  "attach",
  "portforward",
  "proxy",
  "log",
]);

function judge(request: Request, policy: AdmissionPolicy, places: Membership): Answer {
  const { group, kind } = request.kind;
  const part = request.subResource ?? "";
  if (request.operation === "DELETE" || IMAGELESS.has(part)) return { allowed: true };
  if (part !== "" && part !== "ephemeralcontainers") return refused(403, "Forbidden", `${shown(part)} is not known`);
  if (!runsImages(group, kind))
    return refused(403, "Forbidden", `${shown(kind)} runs no image that is known of; leave it out of the webhook's rules`);
  if (request.operation === "CONNECT") return refused(403, "Forbidden", "a connection that is not known");
  const images = newImages(request);
  if (typeof images === "string") return refused(400, "BadRequest", images);
  return inEnvironment(images, request, policy, places);
}

/** What would be run that is not run already: an update of labels or of a count brings no image. Text: it cannot be read. */
function newImages({ kind: { group, kind }, operation, object, oldObject }: Request): readonly UsedImage[] | string {
  const images = imagesOf(group, kind, object);
  if (!images.ok) return images.error;
  // What cannot be read of the old one is not known to have run.
  const before = operation === "UPDATE" ? imagesOf(group, kind, oldObject) : undefined;
  const run = new Set(before?.ok === true ? before.value.map(({ reference }) => reference) : []);
  return images.value.filter(({ reference }) => !run.has(reference));
}

function inEnvironment(images: readonly UsedImage[], request: Request, policy: AdmissionPolicy, places: Membership): Answer {
  const namespace = request.namespace ?? "";
  if (namespace === "") return refused(400, "BadRequest", "the request names no namespace");
  const { charter, cluster } = policy;
  const entity = {
    id: `k8s:${cluster}/-/Namespace/${namespace}`,
    kind: "namespace",
    label: namespace,
    place: { cluster, namespace },
    source: { file: "", pointer: "" },
  } as const;
  const shared = places.sharedServiceOf(entity);
  if (shared !== undefined)
    return { allowed: true, warnings: [`bulkhead: ${namespace} is part of the shared service ${shared}, to which nothing is promoted`] };
  const name = places.environmentOf(entity);
  const environment = charter.environments.find((each) => each.name === name);
  // An update that brings nothing new is no way in, and must not stop what runs there.
  if (images.length === 0) return { allowed: true };
  if (!environment) return refused(403, "Forbidden", `the charter places namespace ${shown(namespace)} of ${cluster} in no environment`);
  return told(admit(images, environment, policy), environment.name);
}

const MOST_SHOWN = 5;

function told({ refusals, excepted }: Admission, environment: string): Answer {
  const audit = { environment, ...(refusals.length > 0 && { refused: [...new Set(refusals.map(({ finding }) => finding))].join(",") }) };
  const warnings = excepted.slice(0, MOST_SHOWN).map(({ text, finding }) => `bulkhead: ${text} (excepted, finding ${finding})`);
  const more = { auditAnnotations: audit, ...(warnings.length > 0 && { warnings }) };
  if (refusals.length === 0) return { allowed: true, ...more };
  const lines = refusals.slice(0, MOST_SHOWN).map(({ code, text, finding }) => `${text} (${code}, finding ${finding})`);
  const rest = refusals.length > MOST_SHOWN ? [`and ${refusals.length - MOST_SHOWN} more`] : [];
  return { ...refused(403, "Forbidden", [...lines, ...rest].join("; ")), ...more };
}
