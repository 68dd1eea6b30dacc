// A result written by hand for the renderers' tests: every verdict, both kinds of flow, people, an exception, gaps, a cut and a certificate.
import type { CheckResult, Finding, Step } from "../../findings/result.ts";

const PRODUCTION = "arn:aws:iam::111122223333:role/deploy-production";
const LOADER = "arn:aws:iam::111122223333:role/warehouse-loader";

type Hop = readonly [how: string, capability: Step["gives"]["capability"], entity: string, file: string, line?: number];

function steps(hops: readonly Hop[]): Step[] {
  return hops.map(([how, capability, entity, file, line], index) => ({
    id: index + 1,
    gives: { capability, entity },
    needs: index === 0 ? [] : [index],
    from: hops[Math.max(0, index - 1)]?.[2] ?? entity,
    to: entity,
    rule: index === 0 ? "source" : "aws/assume-role",
    how,
    ...(index > 0 && { grant: `${entity}#0123456789abcdef` }),
    certainty: "must",
    source: { file, ...(line === undefined ? { pointer: "/RoleDetailList/4" } : { line }) },
  }));
}

const base = {
  severity: "high",
  verdict: "violated",
  count: 1,
  people: [],
  path: [],
  statements: [],
  frameworks: ["ISO 27001 A.8.31", "NIST 800-53 AC-3"],
} as const satisfies Partial<Finding>;

type Given = Omit<Finding, keyof typeof base> & Partial<Finding>;

const finding = (given: Given): Finding => ({ ...base, people: [], path: [], statements: [], ...given, frameworks: [...base.frameworks] });

const ACROSS = { fromEnvironment: "development", toEnvironment: "production" } as const;

const anyBranch = finding({
  ...ACROSS,
  id: "7f3a910c2d4e",
  check: "role-trusts-unreviewed-jobs",
  clause: "A1",
  severity: "critical",
  title: "A role of a higher environment trusts jobs that nobody reviewed",
  summary: "Any branch of acme/shop can act as role/deploy-production",
  from: "github:acme/shop#change",
  to: PRODUCTION,
  grant: `${PRODUCTION}#0123456789abcdef`,
  count: 14,
  people: ["amara", "henrik", "ines", "noor", "tomas"],
  statements: ["wall", "data"],
  path: steps([
    ["someone with write access pushes a branch", "author", "github:acme/shop#change", "estate/github/acme/shop/collaborators.json", 112],
    [
      'its job "deploy" asks for a token with subject repo:acme/shop:ref:…',
      "control",
      "github:acme/shop#run/unreviewed",
      "estate/github/.github/workflows/deploy.yml",
      31,
    ],
    ["role/deploy-production trusts repo:acme/shop:*", "act-as", PRODUCTION, "estate/aws/111122223333/authorization-details.json"],
    ["the role administers cluster production", "control", "k8s:production", "estate/kubernetes/production/configmaps.yaml", 9],
  ]),
  cut: ["trust only repo:acme/shop:environment:production"],
  remediation: "Name the one environment whose jobs may take the role.",
});

const roleChain = finding({
  ...ACROSS,
  id: "a71f2aec5407",
  check: "higher-role-assumable-from-below",
  clause: "A1",
  severity: "critical",
  title: "A lower environment can act as a role of a higher one",
  summary: "role/data-exchange can act as role/warehouse-loader of production",
  from: "arn:aws:iam::222233334444:role/etl-development",
  to: "arn:aws:s3:::acme-production-warehouse",
  grant: `${LOADER}#0123456789abcdef`,
  statements: ["wall"],
  path: steps([
    ["role/etl-development stands in development", "control", "arn:aws:iam::222233334444:role/etl-development", "estate/aws/a.json", 343],
    ["role/data-exchange trusts role/etl-development", "act-as", "arn:aws:iam::333344445555:role/data-exchange", "estate/aws/b.json", 147],
    ["role/warehouse-loader trusts role/data-exchange", "act-as", LOADER, "estate/aws/c.json", 509],
  ]),
  cut: ["take role/data-exchange out of the trust policy of role/warehouse-loader"],
  remediation: "Take the lower role out of the trust policy.",
});

const byHand = finding({
  toEnvironment: "production",
  id: "1cb525c9db32",
  check: "person-writes-production",
  clause: "A2",
  title: "A person can write production at any time",
  summary: "3 people, each alone, can act as role/warehouse-loader at any time",
  from: "person:noor",
  to: LOADER,
  grant: `${LOADER}#0123456789abcdef`,
  people: ["aisha", "noor", "victor"],
  statements: ["singlePerson"],
  cause: roleChain.id,
  path: roleChain.path,
  cut: roleChain.cut,
  remediation: "Let the pipeline deploy.",
});

const sameSecret = finding({
  ...ACROSS,
  id: "c0912eeafb32",
  check: "secret-valid-in-two-environments",
  clause: "B5",
  title: "A credential is valid in two environments",
  summary: "Secret payments-dev/payment-provider holds the same value as Secret payments/payment-provider",
  from: "k8s:development/payments-dev/Secret/payment-provider",
  to: "k8s:production/payments/Secret/payment-provider",
  grant: "k8s:production/payments/Secret/payment-provider#feedfacefeedface",
  statements: ["wall"],
  cut: ["give Secret payments/payment-provider a value of its own"],
  remediation: "Give each environment a credential of its own.",
  source: { file: "estate/kubernetes/production/secrets.yaml", line: 131 },
  exception: {
    owner: "group:payments",
    reason: "The provider has one account",
    control: "Test transactions only",
    expires: "2027-01-31",
    expired: false,
  },
});

const dataBelow = finding({
  ...ACROSS,
  id: "426d2aa702d9",
  check: "production-data-readable-from-below",
  clause: "D3",
  title: "Production data can be read below",
  summary: "Deployment data-dev/reporting reads database/acme-production",
  from: "k8s:development/data-dev/Deployment.apps/reporting",
  to: "postgres:acme-production/orders",
  grant: "k8s:development/data-dev/Deployment.apps/reporting#beefbeefbeefbeef",
  statements: ["data"],
  cut: ["give Deployment data-dev/reporting a data store of its own environment"],
  remediation: "Feed the lower environment through the mask.",
  source: { file: "estate/kubernetes/development/deployments.yaml", line: 39 },
});

const bucket = finding({
  fromEnvironment: "test",
  toEnvironment: "production",
  id: "46a363ffe001",
  check: "higher-environment-writable-from-below",
  clause: "A1",
  verdict: "unknown",
  title: "A lower environment can write a higher one",
  summary: "bucket/acme-exports may grant writing to anyone",
  from: "arn:aws:iam::222233334444:role/test",
  to: "arn:aws:s3:::acme-exports",
  grant: "arn:aws:s3:::acme-exports#0000000000000000",
  statements: ["wall"],
  path: steps([["role/test stands in test", "control", "arn:aws:iam::222233334444:role/test", "estate/aws/a.json", 12]]).map((step) => ({
    ...step,
    certainty: "may" as const,
    because: "bucket policy of acme-exports was not read: AccessDenied",
  })),
  cut: ["collect the bucket policy"],
  remediation: "Let the collector read the bucket policy.",
});

const undeclared = finding({
  id: "e2153d000001",
  check: "entity-in-no-environment",
  clause: "B1",
  severity: "medium",
  title: "Something belongs to no environment",
  summary: "github:acme/scratch belongs to no environment (3 things in it)",
  from: "github:acme/scratch",
  to: "github:acme/scratch",
  cut: ["declare github:acme/scratch in the boundary of an environment, or as shared"],
  remediation: "Add it to an environment's boundary.",
});

const noRules = finding({
  toEnvironment: "test",
  id: "567429000001",
  check: "environment-without-access-rules",
  clause: "B2",
  severity: "low",
  title: "An environment has no rules for who may do what",
  summary: "test has no access rules in the charter",
  from: "environment:test",
  to: "environment:test",
  cut: ["add to access: who may do what in test"],
  remediation: "Write access rules for the environment.",
  exception: { owner: "group:platform", reason: "New", control: "None", expires: "2026-01-31", expired: true },
});

export const violated: CheckResult = {
  bulkhead: "0.1.0",
  profile: "iso",
  organization: "acme",
  asOf: "2026-11-24T00:00:00Z",
  charter: { hash: "c".repeat(64), file: "bulkhead.yaml" },
  estate: {
    hash: "e".repeat(64),
    files: 412,
    manifests: [
      { file: "estate/aws/111122223333/manifest.json", scope: { system: "aws", account: "111122223333" }, signed: true, denied: 1 },
    ],
    collected: ["2026-11-23T06:00:00Z", "2026-11-23T06:12:00Z"],
    asGiven: ["kubernetes production"],
    systems: [
      { system: "aws", scope: "111122223333", entities: 204 },
      { system: "github", scope: "acme/shop", entities: 31 },
      { system: "kubernetes", scope: "production", entities: 177 },
    ],
    counts: { entities: 412, rules: 5210, people: 30 },
  },
  verdict: "violated",
  exceptions: 1,
  statements: { wall: "violated", singlePerson: "violated", data: "violated" },
  clauses: [
    { id: "B1", title: "Every environment is known", verdict: "violated", findings: [undeclared.id] },
    {
      id: "A1",
      title: "No identity of a lower environment can change production",
      verdict: "violated",
      findings: [anyBranch.id, roleChain.id],
    },
    { id: "P2", title: "Every stage has an approval", verdict: "unknown", findings: [], reason: "protection of acme/shop: not collected" },
    { id: "P3", title: "The pipeline deploys, not individuals", verdict: "separated", findings: [] },
    { id: "D1", title: "No unmasked production data below", verdict: "not-applicable", findings: [], reason: "no data store below" },
    { id: "S2", title: "Every environment is patched", verdict: "not-checked", findings: [], reason: "no check for it yet" },
  ],
  environments: [
    { name: "production", tier: "production", entities: 412, boundary: "account" },
    {
      name: "test",
      tier: "test",
      entities: 61,
      boundary: "namespace",
      boundaryUnread: "what test holds: namespaces of acme was not read (AccessDenied)",
    },
    { name: "development", tier: "development", entities: 180, boundary: "account" },
  ],
  doors: [
    { kind: "gate", name: "shop", from: "test", to: "production", through: "github:acme/shop#environment/production", approvals: 1 },
    { kind: "gate", name: "shop-to-test", from: "development", to: "test", through: "github:acme/shop#environment/test", approvals: 0 },
    { kind: "mask", name: "orders", from: "production", to: "test", through: "arn:aws:iam::111122223333:role/mask" },
    { kind: "break-glass", name: "emergency", to: "production", through: "arn:aws:iam::111122223333:role/break-glass", maximumMinutes: 60 },
  ],
  shared: [{ name: "registry", purpose: "Images that every environment runs", serves: ["development", "test", "production"] }],
  findings: [anyBranch, roleChain, byHand, sameSecret, dataBelow, bucket, undeclared, noRules],
  gaps: [
    {
      topic: "aws/resource-policy",
      subject: "arn:aws:s3:::acme-exports",
      what: "bucket policy of acme-exports",
      why: "AccessDenied",
      clauses: ["A1", "D3"],
      source: { file: "estate/aws/111122223333/manifest.json", line: 40 },
    },
    { topic: "github/environment", subject: "github:acme/shop", what: "protection of acme/shop", why: "not collected", clauses: ["P2"] },
  ],
  assumptions: ["kubernetes production is complete as given (no manifest says what was asked)"],
  custodians: [
    {
      who: "person:ines",
      role: "Owner of the organization on GitHub",
      of: ["github:acme"],
      controls: ["Hardware key", "Reviewed monthly"],
    },
  ],
  notModeled: ["network reachability (clause B4)"],
  cut: {
    changes: [
      {
        grant: anyBranch.grant as string,
        change: "narrow",
        label: "trust policy of role/deploy-production",
        instruction: "trust only repo:acme/shop:environment:production",
        closes: [anyBranch.id],
        source: { file: "estate/aws/111122223333/authorization-details.json", pointer: "/RoleDetailList/4" },
      },
      {
        grant: roleChain.grant as string,
        change: "remove",
        label: "trust policy of role/warehouse-loader",
        instruction: "take role/data-exchange out of the trust policy of role/warehouse-loader",
        closes: [roleChain.id, byHand.id],
        source: { file: "estate/aws/c.json", line: 509 },
      },
    ],
    size: 2,
    lowerBound: 2,
    complete: true,
  },
  unrecognized: [{ file: "estate/notes.txt", why: "no collector recognizes it" }],
  certificate: null,
};

export const separated: CheckResult = {
  ...violated,
  verdict: "separated",
  exceptions: 0,
  statements: { wall: "separated", singlePerson: "separated", data: "separated" },
  clauses: [{ id: "A1", title: "No identity of a lower environment can change production", verdict: "separated", findings: [] }],
  findings: [],
  gaps: [],
  unrecognized: [],
  cut: null,
  certificate: {
    bulkhead: "certificate/1",
    version: "0.1.0",
    asOf: violated.asOf,
    charter: violated.charter.hash,
    estate: violated.estate.hash,
    rules: "a".repeat(64),
    membership: "b".repeat(64),
    statements: ["wall", "singlePerson", "data"],
    closures: [{ statement: "wall", from: ["development"], sources: ["control x"], closed: ["control x", "write x"] }],
    gaps: [],
    assumptions: violated.assumptions,
  },
};

/** Nothing could be read: no systems, no environments' things, no doors. */
export const unread: CheckResult = {
  ...violated,
  verdict: "unknown",
  statements: { wall: "unknown", singlePerson: "unknown", data: "unknown" },
  environments: [],
  doors: [],
  shared: [],
  findings: [],
  clauses: [],
  custodians: [],
  cut: null,
  estate: { ...violated.estate, files: 0, manifests: [], collected: null, asGiven: [], systems: [] },
};

/** What an attacker may call a role, a branch or a file. */
export const HOSTILE = [
  "</script><script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  `" autofocus onfocus="alert(1)`,
  "' onmouseover='alert(1)",
  "</title></style></svg><svg onload=alert(1)>",
  "[click](https://attacker.example)",
  "![](https://attacker.example/pixel.png)",
  "@acme/everyone see #1 and acme/shop#2",
  "| a | b |\n| --- | --- |",
  "</details><h1>All is well</h1>",
  "```\n# heading",
  "$\\color{white}{hidden}$",
  "\u001b[31mred\u0000\u0007",
  "\u202eevil\u2066",
  "&lt;b&gt;",
  "{0} {{1}} [text](0)",
  "\ud800 alone",
  "javascript:alert(1)",
] as const;

/** The result with the text in every place that an estate or a charter can fill. */
export function poisoned(text: string): CheckResult {
  const swap = <T>(value: T): T => {
    if (typeof value === "string") return KEPT.test(value) ? value : (text as T);
    if (Array.isArray(value)) return value.map(swap) as T;
    if (value !== null && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, FIXED.has(key) ? inner : swap(inner)])) as T;
    return value;
  };
  return swap(violated);
}

/** Members whose values come from closed lists or hashes of ours. */
const FIXED = new Set([
  "id",
  "verdict",
  "severity",
  "certainty",
  "capability",
  "change",
  "kind",
  "bulkhead",
  "asOf",
  "check",
  "clause",
  "cause",
  "closes",
  "statements",
]);
const KEPT = /^([0-9a-f]{12}|violated|separated|unknown|not-applicable|not-checked|iso|strict)$/;

/** Many findings like the first, each with a fingerprint of its own. */
export function many(count: number): CheckResult {
  const findings = Array.from({ length: count }, (_, index) => ({ ...anyBranch, id: index.toString(16).padStart(12, "0") }));
  return { ...violated, findings };
}
