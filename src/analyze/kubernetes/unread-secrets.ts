// Where secrets that were not read meet those that were: a value of one may be a value of any other.
import { fact, grant, type RuleSink } from "../../model/rule.ts";
import type { KnownEstate } from "../plane.ts";
import { clustersOf } from "./cluster.ts";
import { secretId } from "./ids.ts";

/** Known of any read secret: perhaps a value of an unread one. */
export const TO_UNREAD = "secret-value:like-unread";
/** Known of an unread secret: perhaps the value of any other. Two of these, so that two read secrets with different fingerprints never meet. */
export const FROM_UNREAD = "secret-value:of-unread";

export function unreadSecretRules(estate: KnownEstate, sink: RuleSink): void {
  const gap = estate.gaps.find((each) => each.topic === "kubernetes/secrets");
  if (!gap) return;
  const base = { family: "kubernetes/unread", certainty: "may", because: gap.what } as const;
  const meet = (needs: string, gives: string, source: typeof gap.source & object): void => {
    const grants = [grant("kubernetes/secrets", "unread", { label: gap.what, change: `read ${gap.what}, as fingerprints`, source })];
    const how = "a secret that was not read may hold the same value";
    sink.rule({ ...base, needs: [fact("read", needs)], gives: fact("read", gives), grants, how, source });
  };
  for (const cluster of clustersOf(estate).values()) {
    meet(FROM_UNREAD, TO_UNREAD, gap.source ?? cluster.source);
    for (const namespace of cluster.namespaces.values()) {
      for (const secret of namespace.secrets.values()) {
        const id = secretId(cluster.name, namespace.name, secret.name);
        meet(id, TO_UNREAD, secret.source);
        meet(FROM_UNREAD, id, secret.source);
      }
    }
  }
}
