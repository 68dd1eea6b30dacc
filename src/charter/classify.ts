// Which tier a name and its labels speak of: a proposal for `bulkhead init`, never a decision. Membership is what the boundaries say.
import type { Tier } from "./schema.ts";

/** What a name or a label says. Without a tier: not production, and no telling which lower tier (`nonprod`). */
export interface Proposal {
  readonly kind: "proposed";
  readonly tier?: Tier;
  readonly from: "name" | "label";
  /** The words that were understood: `preprod`, `pre-prod`. */
  readonly token: string;
  /** For a label, its key. */
  readonly label?: string;
}

/** What two of them say, when they disagree. The less trusted comes first. */
export interface Conflict {
  readonly kind: "conflict";
  readonly says: readonly [Proposal, Proposal];
}

export type Classification = Proposal | Conflict | { readonly kind: "none" };

export interface Named {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

// Whole tokens only: `products`, `reproduction` and `latest` say nothing.
const STRONG: Readonly<Record<string, Tier>> = table({
  preview: ["preview", "ephemeral"],
  development: ["dev", "develop", "development", "devel"],
  sandbox: ["sandbox", "sbx", "sandpit", "playground"],
  test: ["test", "tst", "testing", "qa", "sit"],
  staging: ["stg", "stag", "stage", "staging", "uat", "preprod", "preproduction", "pprod", "prelive", "acceptance"],
  production: ["prd", "prod", "production"],
  "disaster-recovery": ["drsite", "disasterrecovery"],
});

// Words that also mean other things: they count only where no word above is found. `live-dev` is development.
const WEAK: Readonly<Record<string, Tier>> = table({ production: ["live"], sandbox: ["play"], test: ["ci"], "disaster-recovery": ["dr"] });

// Words of what is tried out or shown: they tell no tier, but that it is not production. They count as little as the weak words.
const TRIAL = new Set(["prototype", "prototypes", "prototyping", "poc", "pocs", "demo", "demos"]);

const PRODUCTION = new Set(["prd", "prod", "production", "live"]);
const BELOW = new Set(["nonprod", "nonprd", "nonproduction", "nonlive", "notprod", "notproduction", "subprod", "noprod", "nprod"]);
const BEFORE = new Set(["pre"]);
const DENYING = new Set(["non", "not", "no", "sub", "un", "pseudo", "fake", "mock", "dummy", "quasi", "semi"]);
const LIKENESS = new Set(["like", "alike", "lookalike", "clone", "copy", "mirror", "shadow", "sim", "simulation"]);

function table(words: Partial<Record<Tier, readonly string[]>>): Readonly<Record<string, Tier>> {
  return Object.assign(Object.create(null), ...Object.entries(words).flatMap(([tier, list]) => list.map((word) => ({ [word]: tier }))));
}

export function classify({ name, labels = {} }: Named): Classification {
  const said = [fromName(name), ...Object.entries(labels).map(([key, value]) => fromLabel(key, value))];
  return said.reduce(merged, { kind: "none" });
}

// Two that agree are one, the more telling of them. Peers (development and sandbox, production and its recovery site) disagree too.
function merged(a: Classification, b: Classification): Classification {
  if (a.kind === "none" || b.kind === "conflict") return a.kind === "conflict" ? a : b;
  if (b.kind === "none" || a.kind === "conflict") return a;
  if (a.tier === b.tier) return a;
  if (a.tier === undefined && b.tier !== undefined && !isProductive(b.tier)) return b;
  if (b.tier === undefined && a.tier !== undefined && !isProductive(a.tier)) return a;
  return { kind: "conflict", says: a.tier !== undefined && isProductive(a.tier) ? [b, a] : [a, b] };
}

const isProductive = (tier: Tier): boolean => tier === "production" || tier === "disaster-recovery";

/** Words of a name: split at everything that is no letter or digit, at camelCase, and between letters and digits; in lower case. */
export const tokens = (text: string): readonly string[] =>
  (text.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\d+/gu) ?? []).map((token) => token.toLowerCase());

function fromName(name: string): Classification {
  return understood(tokens(name), (token, tier) => ({ kind: "proposed", from: "name", token, ...(tier ? { tier } : {}) }));
}

const ENVIRONMENT_KEYS = new Set([
  "environment",
  "env",
  "environmentname",
  "envname",
  "environmenttype",
  "envtype",
  "stage",
  "tier",
  "sdlc",
  "lifecycle",
]);
const PRODUCTION_KEYS = new Set(["isproduction", "isprod", "production", "prod"]);

function fromLabel(key: string, value: string): Classification {
  // The prefix of a Kubernetes label and the scope of a tag (`acme:environment`) name its owner, and not what it says.
  const word = (key.split(/[/:]/).at(-1) ?? "").toLowerCase().replaceAll(/[^a-z]/g, "");
  const say = (token: string, tier?: Tier): Proposal => ({ kind: "proposed", from: "label", token, label: key, ...(tier ? { tier } : {}) });
  if (PRODUCTION_KEYS.has(word)) {
    if (/^(true|yes|1)$/i.test(value)) return say(value, "production");
    return /^(false|no|0)$/i.test(value) ? say(value) : { kind: "none" };
  }
  return ENVIRONMENT_KEYS.has(word) ? understood(tokens(value), say) : { kind: "none" };
}

type Word = { readonly token: string; readonly tier?: Tier };

/**
 * Words of lower tiers: the last one speaks, as people put the environment at the end (`load-test-dev`). A word of production beside a word of
 * a lower tier is a conflict: `staging-api-production` is one, `test-production` often is not.
 */
function understood(words: readonly string[], say: (token: string, tier?: Tier) => Proposal): Classification {
  const found = telling(words);
  const lower = found.findLast(({ tier }) => tier && !isProductive(tier)) ?? found.findLast(({ tier }) => tier === undefined);
  const productive = found.findLast(({ tier }) => tier !== undefined && isProductive(tier));
  if (lower && productive) return { kind: "conflict", says: [say(lower.token, lower.tier), say(productive.token, productive.tier)] };
  const one = lower ?? productive;
  return one ? say(one.token, one.tier) : { kind: "none" };
}

function telling(words: readonly string[]): readonly Word[] {
  const strong: Word[] = [];
  const weak: Word[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const combined = combination(word, words[i + 1] ?? "", i + 2 === words.length);
    if (combined) {
      strong.push(combined);
      i++;
    } else if (BELOW.has(word)) strong.push({ token: word });
    else if (STRONG[word]) strong.push({ token: word, tier: STRONG[word] });
    else if (WEAK[word]) weak.push({ token: word, tier: WEAK[word] });
    else if (TRIAL.has(word)) weak.push({ token: word });
  }
  return strong.length > 0 ? strong : weak;
}

// Two words that mean one thing: `pre-production`, `non-prod`, `prod-like`, `pr-123`, `disaster-recovery`.
function combination(word: string, next: string, isEnd: boolean): Word | undefined {
  const token = `${word}-${next}`;
  if (PRODUCTION.has(next)) {
    if (BEFORE.has(word)) return { token, tier: "staging" };
    if (DENYING.has(word)) return { token };
  }
  if (PRODUCTION.has(word) && (LIKENESS.has(next) || (isEnd && (BEFORE.has(next) || DENYING.has(next))))) return { token };
  if ((word === "pr" || word === "mr") && /^\d+$/.test(next)) return { token, tier: "preview" };
  return word === "disaster" && next === "recovery" ? { token, tier: "disaster-recovery" } : undefined;
}
