// The namespaces of the four product teams, in each stage: the same programs, with each stage's own hosts, roles and secrets.
import { DATABASE_HOST, REGISTRY, roleArn } from "../names.ts";
import { hex } from "../pseudo.ts";
import { serviceAccount } from "./specs.ts";
import type { NamespaceSpec, Stage, WorkloadSpec } from "./specs.ts";

const clusterOf = (stage: Stage): "production" | "development" => (stage === "production" ? "production" : "development");

const namespaceOf = (stage: Stage, team: string): string => ({ production: team, development: `${team}-dev`, test: `test-${team}` })[stage];

/** Production names the digest that was tested; development follows tags, which the registry never overwrites. */
export const image = (stage: Stage, repository: string, tag: string): string =>
  stage === "development" ? `${REGISTRY}/${repository}:${tag}` : `${REGISTRY}/${repository}@sha256:${hex(`${repository}/${tag}`, 64)}`;

const POSTGRES = `${REGISTRY}/mirror@sha256:${hex("mirror/postgres-17.5", 64)}`;

/** The test stage brings its own database in the namespace; the other two use the account's. */
const databaseHost = (stage: Stage, team: string): string =>
  stage === "test" ? `postgres.${namespaceOf(stage, team)}.svc.cluster.local` : DATABASE_HOST[clusterOf(stage)];

const database = (stage: Stage, team: string): Pick<WorkloadSpec, "env" | "secretEnv"> => ({
  env: { DATABASE_HOST: databaseHost(stage, team), DATABASE_PORT: "5432", DATABASE_NAME: team, DATABASE_USER: `${team}_app` },
  secretEnv: { DATABASE_PASSWORD: [`${team}-database`, "password"] },
});

const testDatabase = (stage: Stage, team: string): readonly WorkloadSpec[] =>
  stage === "test"
    ? [
        {
          name: "postgres",
          kind: "StatefulSet",
          image: POSTGRES,
          token: false,
          replicas: 1,
          secretEnv: { POSTGRES_PASSWORD: [`${team}-database`, "password"] },
        },
      ]
    : [];

/** Developers change what runs in development, look at test, and are not bound in production. */
function developers(stage: Stage): NamespaceSpec["bindings"] {
  if (stage === "production") return [];
  const name = stage === "development" ? "edit" : "view";
  return [{ name: `developers-${name}`, role: ["ClusterRole", name], subjects: [{ kind: "Group", name: "acme:developers" }] }];
}

const labels = (stage: Stage, team: string): Readonly<Record<string, string>> => ({
  environment: stage,
  "pod-security.kubernetes.io/enforce": stage === "production" ? "restricted" : "baseline",
  team,
});

const roleIn = (stage: Stage, name: string): string | undefined => (stage === "test" ? undefined : roleArn(clusterOf(stage), name));

const common = (stage: Stage, team: string): Omit<NamespaceSpec, "workloads"> => ({
  name: namespaceOf(stage, team),
  labels: labels(stage, team),
  bindings: developers(stage) ?? [],
});

function shop(stage: Stage): NamespaceSpec {
  const db = database(stage, "shop");
  return {
    ...common(stage, "shop"),
    serviceAccounts: { "shop-api": roleIn(stage, "shop-api") },
    secrets: {
      "shop-database": { password: `${stage}/shop/database` },
      "shop-session": { key: `${stage}/shop/session` },
    },
    configMaps: {
      "shop-settings": {
        CURRENCY: "EUR",
        LOG_LEVEL: stage === "production" ? "warn" : "debug",
        PAYMENTS_URL: `http://payments-api.${namespaceOf(stage, "payments")}`,
      },
    },
    workloads: [
      {
        name: "shop-api",
        kind: "Deployment",
        image: image(stage, "shop", "api-3.41.2"),
        replicas: 3,
        ...db,
        configFrom: ["shop-settings"],
      },
      {
        name: "shop-web",
        kind: "Deployment",
        image: image(stage, "shop", "web-3.41.2"),
        token: false,
        configFrom: ["shop-settings"],
        secretEnv: { SESSION_KEY: ["shop-session", "key"] },
      },
      { name: "cart", kind: "Deployment", image: image(stage, "shop", "cart-1.18.0"), token: false, ...db },
      { name: "search", kind: "StatefulSet", image: image(stage, "shop", "search-2.7.1"), token: false, replicas: 1 },
      { name: "order-worker", kind: "Deployment", image: image(stage, "shop", "worker-3.41.2"), token: false, ...db },
      ...testDatabase(stage, "shop"),
    ],
  };
}

function payments(stage: Stage, fixed: boolean): NamespaceSpec {
  const db = database(stage, "payments");
  // FLAW 4: development calls the payment provider with production's key. Fixed: the key was rotated, and development has one of the sandbox.
  const providerKey = stage === "development" && !fixed ? "production/payments/provider" : `${stage}/payments/provider`;
  const provider: WorkloadSpec["secretEnv"] = { PROVIDER_KEY: ["payment-provider", "api-key"] };
  return {
    ...common(stage, "payments"),
    serviceAccounts: { "payments-api": undefined },
    secrets: {
      "payments-database": { password: `${stage}/payments/database` },
      "payment-provider": { "api-key": providerKey, "webhook-secret": `${stage}/payments/webhook` },
    },
    configMaps: { "payments-settings": { CURRENCY: "EUR", PROVIDER_URL: "https://api.provider.example/v2" } },
    workloads: [
      {
        name: "payments-api",
        kind: "Deployment",
        image: image(stage, "payments", "api-1.9.4"),
        ...db,
        secretEnv: { ...db.secretEnv, ...provider },
        configFrom: ["payments-settings"],
      },
      { name: "ledger", kind: "Deployment", image: image(stage, "payments", "ledger-1.9.4"), token: false, ...db },
      { name: "invoice-worker", kind: "Deployment", image: image(stage, "payments", "invoices-1.6.0"), token: false, replicas: 1, ...db },
      {
        name: "reconcile",
        kind: "CronJob",
        image: image(stage, "payments", "reconcile-1.9.4"),
        token: false,
        ...db,
        secretVolumes: ["payment-provider"],
      },
      ...testDatabase(stage, "payments"),
    ],
  };
}

const web = (stage: Stage): NamespaceSpec => ({
  ...common(stage, "web"),
  secrets: { "web-preview": { token: `${stage}/web/preview` } },
  configMaps: {
    "web-settings": {
      ORIGIN: stage === "production" ? "https://www.acme.example" : `https://${stage}.acme.example`,
      SHOP_URL: `http://shop-web.${namespaceOf(stage, "shop")}`,
    },
  },
  workloads: [
    {
      name: "renderer",
      kind: "Deployment",
      image: image(stage, "website", "renderer-5.2.0"),
      token: false,
      configFrom: ["web-settings"],
      secretEnv: { PREVIEW_TOKEN: ["web-preview", "token"] },
    },
    { name: "image-proxy", kind: "Deployment", image: image(stage, "website", "images-5.2.0"), token: false },
    {
      name: "sitemap",
      kind: "CronJob",
      image: image(stage, "website", "sitemap-5.2.0"),
      token: false,
      schedule: "0 4 * * *",
      configFrom: ["web-settings"],
    },
  ],
});

function data(stage: "production" | "development", fixed: boolean): NamespaceSpec {
  const isDevelopment = stage === "development";
  // FLAW 5: "only for the quarterly figures": development's reporting reads production's database. Fixed: development's own.
  const host = isDevelopment && fixed ? DATABASE_HOST.development : DATABASE_HOST.production;
  const accounts = isDevelopment
    ? { etl: roleArn(stage, "etl-development"), reporting: roleArn(stage, "reporting") }
    : { "warehouse-loader": roleArn(stage, "warehouse-loader") };
  const loader = isDevelopment ? "etl" : "warehouse-loader";
  return {
    ...common(stage, "data"),
    serviceAccounts: accounts,
    secrets: {
      "reporting-database": { password: `${stage}/data/reporting${isDevelopment && !fixed ? "/production" : ""}` },
      warehouse: { token: `${stage}/data/warehouse` },
    },
    configMaps: { "warehouse-settings": { BUCKET: `acme-${stage}-warehouse` } },
    workloads: [
      {
        name: loader,
        kind: "CronJob",
        image: image(stage, "data", "loader-0.31.0"),
        schedule: "30 1 * * *",
        configFrom: ["warehouse-settings"],
      },
      {
        name: "reporting",
        kind: "Deployment",
        image: image(stage, "data", "reporting-0.31.0"),
        replicas: 1,
        ...(isDevelopment ? {} : { token: false as const }),
        env: { DATABASE_HOST: host, DATABASE_PORT: "5432", DATABASE_NAME: "shop", DATABASE_USER: "reporting" },
        secretEnv: { DATABASE_PASSWORD: ["reporting-database", "password"] },
      },
      {
        name: "events-consumer",
        kind: "Deployment",
        image: image(stage, "data", "events-0.31.0"),
        token: false,
        configFrom: ["warehouse-settings"],
        secretVolumes: ["warehouse"],
      },
      ...(isDevelopment
        ? [{ name: "notebook", kind: "StatefulSet", image: image(stage, "data", "notebook-0.8.3"), token: false, replicas: 1 } as const]
        : []),
    ],
  };
}

const support = (stage: "production"): NamespaceSpec => ({
  ...common(stage, "support"),
  secrets: { "helpdesk-database": { password: `${stage}/support/database` }, "helpdesk-mail": { password: `${stage}/support/mail` } },
  workloads: [
    {
      name: "helpdesk",
      kind: "Deployment",
      image: image(stage, "support", "helpdesk-4.0.3"),
      token: false,
      secretEnv: { DATABASE_PASSWORD: ["helpdesk-database", "password"] },
      env: { DATABASE_HOST: DATABASE_HOST.production, DATABASE_NAME: "support", DATABASE_USER: "helpdesk" },
    },
    {
      name: "helpdesk-worker",
      kind: "Deployment",
      image: image(stage, "support", "worker-4.0.3"),
      token: false,
      replicas: 1,
      secretVolumes: ["helpdesk-mail"],
    },
    { name: "customer-search", kind: "Deployment", image: image(stage, "support", "search-4.0.3"), replicas: 1 },
  ],
  roles: { "read-settings": [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] }] },
  bindings: [{ name: "customer-search", role: ["Role", "read-settings"], subjects: [serviceAccount("support", "customer-search")] }],
});

export const productionApplications = (fixed: boolean): readonly NamespaceSpec[] => [
  shop("production"),
  payments("production", fixed),
  web("production"),
  data("production", fixed),
  support("production"),
];

export const developmentApplications = (fixed: boolean): readonly NamespaceSpec[] => [
  shop("development"),
  payments("development", fixed),
  web("development"),
  data("development", fixed),
  shop("test"),
  payments("test", fixed),
  web("test"),
];
