// The gap of a manifest that names no namespace, told once it is known that no overlay gives it one.
import type { Gap } from "../../model/gap.ts";
import type { KubernetesRead } from "../../model/observations/kubernetes.ts";
import { inside } from "../../model/source.ts";
import { CLAUSES } from "./clauses.ts";

export function namespaceGap({ cluster, placeless = "", source }: Pick<KubernetesRead, "cluster" | "placeless" | "source">): Gap {
  const [kind = "", name = ""] = placeless.split("/");
  return {
    topic: "kubernetes/namespace",
    subject: `k8s:${cluster}/default/${placeless}`,
    what: `the namespace of ${kind.split(".")[0]} ${name}`,
    why: "the manifest names none; default is where it stands unless it is applied elsewhere",
    clauses: CLAUSES.other,
    source: inside(source, "metadata"),
  };
}
