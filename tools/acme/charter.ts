// The charter of the example: what Acme declares, with a comment wherever a reader would ask why.
import { stringify } from "yaml";
import { ACCOUNTS, DATABASE_HOST, ORG, REGION, REPOSITORIES, roleArn } from "./names.ts";
import { PEOPLE, awsIdentities, employeeId, login } from "./people.ts";

const section = (comment: string, content: object): string =>
  `${comment
    .split("\n")
    .map((line) => `# ${line}`)
    .join("\n")}\n${stringify(content, { lineWidth: 140 })}`;

/** platform-infrastructure has an environment for both of the lower stages; the products have one for each. */
const PRODUCTS = REPOSITORIES.filter((name) => name !== "platform-infrastructure");

const environmentOf = (repositories: readonly string[], name: string) =>
  repositories.map((repository) => ({ repository: `${ORG}/${repository}`, name }));

const environments = {
  environments: [
    {
      name: "production",
      tier: "production",
      purpose: "Serves customers",
      owner: "group:platform",
      data: "personal",
      boundary: {
        aws: { accounts: [ACCOUNTS.production] },
        kubernetes: [{ cluster: "production" }],
        github: { environments: environmentOf(REPOSITORIES, "production") },
        databases: [`postgres:${DATABASE_HOST.production}/*`],
      },
    },
    {
      name: "test",
      tier: "test",
      purpose: "Tests of what was reviewed, before it is promoted",
      owner: "group:platform",
      data: "synthetic",
      boundary: {
        kubernetes: [{ cluster: "development", namespaces: ["test-shop", "test-payments", "test-web", "test-support"] }],
        github: { environments: environmentOf(PRODUCTS, "test") },
        databases: ["shop", "payments", "web"].map((team) => `postgres:postgres.test-${team}.svc.cluster.local/*`),
        entities: [roleArn("development", "deploy-test")],
      },
    },
    {
      name: "development",
      tier: "development",
      purpose: "Where changes are made and tried, previews included",
      owner: "group:platform",
      data: "synthetic",
      boundary: {
        aws: { accounts: [ACCOUNTS.development] },
        kubernetes: [{ cluster: "development", namespaces: ["shop-dev", "payments-dev", "web-dev", "data-dev"] }],
        github: { environments: environmentOf(PRODUCTS, "development") },
        databases: [`postgres:${DATABASE_HOST.development}/*`],
      },
    },
  ],
};

const RBAC = "rbac.authorization.k8s.io";

const shared = {
  shared: [
    {
      name: "source-control",
      purpose: "Repositories, reviews and the jobs that they run",
      serves: ["development", "test", "production"],
      boundary: { github: { repositories: [`${ORG}/*`] }, entities: [`github:${ORG}`, `github:${ORG}#*`] },
    },
    {
      name: "tooling",
      purpose: "The management account: image registry, log archive, sign-in",
      serves: ["development", "test", "production"],
      boundary: { aws: { accounts: [ACCOUNTS.tooling] } },
    },
    {
      name: "non-production-platform",
      purpose: "What runs the development cluster for both of the stages in it",
      serves: ["development", "test"],
      boundary: {
        kubernetes: [
          {
            cluster: "development",
            namespaces: [
              "cert-manager",
              "default",
              "external-secrets",
              "ingress",
              "kube-node-lease",
              "kube-public",
              "kube-system",
              "monitoring",
            ],
          },
        ],
        github: { environments: [{ repository: `${ORG}/platform-infrastructure`, name: "non-production" }] },
        entities: [
          `arn:aws:iam::${ACCOUNTS.development}:root`,
          roleArn("development", "terraform-development"),
          roleArn("development", "eks-development-*"),
          roleArn("development", "OrganizationAccountAccessRole"),
          `arn:aws:eks:${REGION}:${ACCOUNTS.development}:cluster/development`,
          `arn:aws:ec2:${REGION}:${ACCOUNTS.development}:instance/*`,
          `arn:aws:ec2:${REGION}:${ACCOUNTS.development}:network-interface/*`,
          "k8s:development",
          ...["ClusterRole", "ClusterRoleBinding", "User", "Group"].map((kind) => `k8s:development/-/${kind}.${RBAC}/*`),
        ],
      },
    },
  ],
};

const access = {
  access: [
    { who: "group:platform", may: "administer", in: ["development", "test"] },
    { who: "group:platform", may: "read", in: ["production"] },
    ...["shop", "payments", "data"].flatMap((group) => [
      { who: `group:${group}`, may: "write", in: ["development"] },
      { who: `group:${group}`, may: "read", in: ["test", "production"] },
    ]),
    { who: "group:web", may: "write", in: ["development"] },
    { who: "group:web", may: "read", in: ["test"] },
    { who: "group:security", may: "write", in: ["development"] },
    { who: "group:security", may: "read", in: ["test", "production"] },
    { who: "group:support", may: "read", in: ["production"] },
    ...["shop", "payments", "website"].flatMap((name) => [
      { who: `github:${ORG}/${name}#environment/development`, may: "deploy", in: ["development"] },
      { who: `github:${ORG}/${name}#environment/test`, may: "deploy", in: ["test"] },
      { who: `github:${ORG}/${name}#environment/production`, may: "deploy", in: ["production"] },
    ]),
    { who: `github:${ORG}/platform-infrastructure#environment/non-production`, may: "deploy", in: ["development", "test"] },
    { who: `github:${ORG}/platform-infrastructure#environment/production`, may: "deploy", in: ["production"] },
  ],
};

const promotion = {
  promotion: [
    { from: "development", to: "test", approvals: 0 },
    { from: "test", to: "production", approvals: 1, approvers: ["group:platform", "group:payments"] },
  ],
};

function doors(fixed: boolean): object {
  const gate = (name: string, repository: string, environment: string, to: string): object => ({
    kind: "gate",
    name,
    to,
    deployer: `github:${ORG}/${repository}#environment/${environment}`,
  });
  // FLAW 7: a role is no gate by being called one. What guards it is the environment that its trust names, and that one guards nothing.
  const website = fixed
    ? gate("website", "website", "production", "production")
    : { kind: "gate", name: "website", to: "production", deployer: roleArn("production", "deploy-website") };
  return {
    doors: [
      ...["shop", "payments", "website"].map((name) => gate(`${name}-to-test`, name, "test", "test")),
      gate("shop", "shop", "production", "production"),
      gate("payments", "payments", "production", "production"),
      website,
      gate("infrastructure", "platform-infrastructure", "production", "production"),
      {
        kind: "break-glass",
        name: "emergency",
        to: "production",
        role: roleArn("production", "break-glass"),
        maximumMinutes: 60,
        who: ["person:amara", "person:henrik"],
        reviewedBy: "group:security",
      },
    ],
  };
}

const custodians = {
  custodians: [
    {
      who: "person:ines",
      of: [`github:${ORG}`, `github:${ORG}/*`, "github:@ines-acme"],
      role: "Owner of the organization on GitHub",
      controls: ["Signs in with a hardware key", "Every act of an owner raises an alarm in #security", "Reviewed monthly by security"],
    },
    {
      who: "person:tomas",
      of: [`arn:aws:iam::${ACCOUNTS.tooling}:*`, `arn:aws:organizations::${ACCOUNTS.tooling}:*`],
      role: "Administrator of the AWS management account",
      controls: [
        "Signs in with a hardware key",
        "Every change in the management account raises an alarm in #security",
        "Reviewed monthly by security",
      ],
    },
    ...Object.values(ACCOUNTS).map((account) => ({
      who: `arn:aws:iam::${account}:root`,
      of: [`arn:aws:iam::${account}:root`],
      role: "Root user of the account",
      controls: ["Password and second factor are in two safes", "Any sign-in raises an alarm"],
    })),
  ],
  maximumCustodians: 3,
};

const accounts: readonly object[] = Object.values(ACCOUNTS).map((id) => ({
  path: `estate/aws/${id}`,
  scope: { system: "aws", account: id },
  manifest: "required",
}));

const inputs = {
  inputs: [
    ...accounts,
    {
      path: "estate/aws/organization",
      scope: { system: "aws", account: ACCOUNTS.tooling, organization: "management" },
      manifest: "required",
    },
    ...["production", "development"].map((cluster) => ({
      path: `estate/kubernetes/${cluster}`,
      scope: { system: "kubernetes", cluster },
      manifest: "required",
    })),
    { path: "estate/people", scope: { system: "identity", organization: ORG }, manifest: "required" },
    { path: `estate/github/${ORG}`, scope: { system: "github", organization: ORG }, manifest: "required" },
    ...REPOSITORIES.map((name) => ({
      path: `estate/github/${ORG}/${name}`,
      scope: { system: "github", organization: ORG, repository: `${ORG}/${name}` },
      manifest: "required",
    })),
  ],
};

const credentials = {
  credentials: [
    { secret: `github:${ORG}#secret/SONAR_TOKEN` },
    { secret: `github:${ORG}#secret/PREVIEW_BOT_TOKEN`, actsAs: ["github:@acme-preview-bot"] },
    { secret: `github:${ORG}/shop#environment/production/secret/STATUS_PAGE_TOKEN` },
    { secret: `github:${ORG}/website#environment/production/secret/CDN_PURGE_TOKEN` },
  ],
};

const rollbackExercises = {
  rollbackExercises: [
    {
      environment: "production",
      on: "2026-09-15",
      how: "The images before the last ones, deployed again through the pipeline, and back, in eleven minutes",
      by: "group:platform",
    },
  ],
};

const people = {
  people: PEOPLE.map((person) => ({
    id: person.id,
    name: person.name,
    employeeId: employeeId(person),
    employer: person.employer ?? "Acme",
    team: person.team,
    country: person.country,
    groups: person.custodian ? [] : [person.team],
    identities: {
      github: [login(person.id)],
      ...(awsIdentities(person).length > 0 && { aws: awsIdentities(person) }),
      ...(person.id === "amara" && { holds: ["github:@acme-preview-bot"] }),
    },
  })),
};

export const charterText = (fixed: boolean): string =>
  [
    section("What Acme declares about its environments. Everything here is invented; account ids are those of AWS's documentation.", {
      bulkhead: 1,
      organization: { name: "acme", title: "Acme" },
      profile: "iso",
      integrity: fixed ? "sealed" : "as-given",
    }),
    section("Three environments. Test has no account of its own: it is four namespaces of the development cluster.", environments),
    section("Neither source nor target of the wall. Their parts are judged one by one: a repository's tags, a runner, a branch.", shared),
    section("Who may do what. In production, people read and pipelines deploy.", access),
    section("Changes move one way. Into test without asking, into production with another's approval.", promotion),
    section("The only ways across. Each counts when the collected settings prove its guard.", doors(fixed)),
    section("Who could undo all of this. Two people, and three passwords that no one holds.", custodians),
    section("What was collected, and from where.", inputs),
    section("What the stored tokens open. One without a list opens nothing in this estate.", credentials),
    section("The way back, as it was walked last.", rollbackExercises),
    section("Thirty people. Inês and Tomáš are in no group: what they hold is declared above.", people),
  ].join("\n");
