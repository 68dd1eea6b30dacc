// One value stored in two places: who reads the one has read the other.
import { fact, grant, type Rule, type RuleSink } from "../../model/rule.ts";
import { inside, type Source } from "../../model/source.ts";
import type { KnownEstate } from "../plane.ts";
import { secretId } from "./ids.ts";

interface Copy {
  readonly entity: string;
  readonly label: string;
  readonly key: string;
  readonly source: Source;
}

/**
 * Keys whose values are the same in many places without being a credential, by name, since a fingerprint does not tell the length: names of users, hosts,
 * ports and databases, addresses, and the public halves of certificates. A password that stands under such a name is missed.
 */
const NO_CREDENTIAL =
  /^(?:(?:.*[-_.])?(?:user(?:_?name)?|host(?:name)?|port|database|db_?name|dbname|name|region|bucket(?:_name)?|endpoint|address|schema|email|env(?:ironment)?|namespace|log_?level|arn|role_arn|account(?:_id)?|url_suffix)|tls\.crt|ca\.crt|ca-bundle.*|.*\.pem\.pub|.*public[-_]?key.*|.*\.pub|service-ca\.crt)$/i;

export const couldBeCredential = (key: string): boolean => !NO_CREDENTIAL.test(key);

/** At most this many pairs are written out; more copies meet in the value itself. */
const MOST_PAIRS = 12;

export function sameSecrets(estate: KnownEstate, sink: RuleSink): void {
  for (const [value, copies] of copiesByValue(estate, (entry) => entry.fingerprint)) {
    for (const rule of rulesBetween(estate, copies, `secret-value:${value.slice(0, 16)}`)) sink.rule(rule);
  }
  // Two stores may hold different values under one key, so what two clusters take from one key is the same only perhaps.
  for (const [remote, copies] of copiesByValue(estate, (entry) => entry.remote)) {
    const because = `both are taken from ${remote.split(" ")[1] ?? remote} of an external store, and whether that is one store is not known`;
    for (const rule of rulesBetween(estate, copies, `secret-value:${remote}`)) sink.rule({ ...rule, certainty: "may", because });
  }
}

function copiesByValue(
  { observations }: KnownEstate,
  valueOf: (entry: { readonly fingerprint?: string; readonly remote?: string }) => string | undefined,
): Map<string, Copy[]> {
  const copies = new Map<string, Copy[]>();
  const add = (value: string | undefined, copy: Copy): void => {
    if (value === undefined) return;
    const list = copies.get(value);
    if (!list) copies.set(value, [copy]);
    else if (!list.some((each) => each.entity === copy.entity)) list.push(copy);
  };
  for (const secret of observations("kubernetes/secret")) {
    const entity = secretId(secret.cluster, secret.namespace ?? "default", secret.name);
    for (const [key, entry] of Object.entries(secret.values)) {
      if (!couldBeCredential(key)) continue;
      const label = `Secret ${secret.namespace ?? "default"}/${secret.name}`;
      add(valueOf(entry), { entity, label, key, source: inside(secret.source, "data", key) });
    }
  }
  for (const { arn, fingerprint, source } of observations("aws/secret-fingerprint")) {
    add(valueOf({ fingerprint }), { entity: arn, label: arn.slice(arn.lastIndexOf(":") + 1), key: "value", source });
  }
  return new Map([...copies].filter(([, list]) => list.length > 1));
}

function* rulesBetween(estate: KnownEstate, copies: readonly Copy[], meeting: string): Iterable<Rule> {
  const environments = new Set(copies.map((copy) => estate.environmentOf(copy.entity)));
  if (environments.size < 2) return;
  const isPairwise = copies.length * (copies.length - 1) <= MOST_PAIRS;
  for (const to of copies) {
    if (!isPairwise) {
      const how = `${to.label} holds a value that ${copies.length} secrets share`;
      yield rule({ needs: [fact("read", to.entity)], gives: fact("read", meeting) }, to, how);
      yield rule({ needs: [fact("read", meeting)], gives: fact("read", to.entity) }, to, how);
      continue;
    }
    for (const from of copies) {
      if (estate.environmentOf(from.entity) === estate.environmentOf(to.entity)) continue;
      const how = `${from.label} (${from.key}) holds the same value as ${to.label} (${to.key})`;
      yield rule({ needs: [fact("read", from.entity)], gives: fact("read", to.entity) }, to, how);
    }
  }
}

const rule = (between: Pick<Rule, "needs" | "gives">, to: Copy, how: string): Rule => ({
  family: "secret/same-value",
  ...between,
  certainty: "must",
  grants: [
    grant(
      to.entity,
      { value: to.key },
      { label: `${to.key} of ${to.label}`, change: `give ${to.label} a value of its own and revoke the shared one`, source: to.source },
    ),
  ],
  how,
  source: to.source,
});
