// A kustomization as read: a piece that the Kubernetes collector's join takes up, so that overlays become the objects they give.
import type { Source } from "../source.ts";

export interface KubernetesKustomization {
  readonly kind: "kubernetes/kustomization";
  readonly cluster: string;
  readonly file: string;
  /** Files and folders, relative to its own folder, as written. */
  readonly resources: readonly string[];
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly images: readonly { readonly name: string; readonly newName?: string; readonly newTag?: string; readonly digest?: string }[];
  /** Fields that change objects in ways that are not followed here. */
  readonly unfollowed: readonly string[];
  readonly source: Source;
}
