// Asks AWS through the SDK, which is loaded here and only when something is asked: one call, all its pages, in the CLI's form.
import type { JsonObject } from "../../lib/json.ts";
import { isObject } from "../../lib/json.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { AskedCall, Input, Service } from "./asked-call.ts";
import { cliForm } from "./fetch-form.ts";

/** What is used of an SDK's module and client: every one of them has this shape. */
interface Client {
  send(command: unknown): Promise<object>;
  destroy(): void;
}
type Module = Readonly<Record<string, new (input: object) => unknown>>;

const MODULES: Readonly<Record<Service, readonly [client: string, load: () => Promise<unknown>]>> = {
  iam: ["IAMClient", () => import("@aws-sdk/client-iam")],
  organizations: ["OrganizationsClient", () => import("@aws-sdk/client-organizations")],
  s3api: ["S3Client", () => import("@aws-sdk/client-s3")],
  kms: ["KMSClient", () => import("@aws-sdk/client-kms")],
  secretsmanager: ["SecretsManagerClient", () => import("@aws-sdk/client-secrets-manager")],
  sqs: ["SQSClient", () => import("@aws-sdk/client-sqs")],
  sns: ["SNSClient", () => import("@aws-sdk/client-sns")],
  ecr: ["ECRClient", () => import("@aws-sdk/client-ecr")],
  lambda: ["LambdaClient", () => import("@aws-sdk/client-lambda")],
  rds: ["RDSClient", () => import("@aws-sdk/client-rds")],
  ec2: ["EC2Client", () => import("@aws-sdk/client-ec2")],
  elbv2: ["ElasticLoadBalancingV2Client", () => import("@aws-sdk/client-elastic-load-balancing-v2")],
  eks: ["EKSClient", () => import("@aws-sdk/client-eks")],
  "sso-admin": ["SSOAdminClient", () => import("@aws-sdk/client-sso-admin")],
  identitystore: ["IdentitystoreClient", () => import("@aws-sdk/client-identitystore")],
  ram: ["RAMClient", () => import("@aws-sdk/client-ram")],
  cloudtrail: ["CloudTrailClient", () => import("@aws-sdk/client-cloudtrail")],
  guardduty: ["GuardDutyClient", () => import("@aws-sdk/client-guardduty")],
  configservice: ["ConfigServiceClient", () => import("@aws-sdk/client-config-service")],
  backup: ["BackupClient", () => import("@aws-sdk/client-backup")],
  ssm: ["SSMClient", () => import("@aws-sdk/client-ssm")],
  sts: ["STSClient", () => import("@aws-sdk/client-sts")],
};

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export interface ConnectOptions {
  readonly profile?: string;
  /** Credentials of a role; absent: those of the profile or the surroundings. */
  readonly credentials?: () => Promise<Credentials>;
  readonly fingerprint: (secret: string) => string;
  /** Runs a request when its turn has come. */
  readonly inTurn: <T>(request: () => Promise<T>) => Promise<T>;
  /** Further settings of the SDK's clients, such as where an emulator listens. */
  readonly settings?: (service: Service, region: string) => object;
}

export interface Failure {
  readonly code: string;
  /** As the CLI prints it. */
  readonly error: string;
}

export interface Connection {
  ask(call: AskedCall, input: Input, region: string): Promise<Result<JsonObject, Failure>>;
  close(): void;
}

export function connect(options: ConnectOptions): Connection {
  const clients = new Map<string, Promise<{ readonly client: Client; readonly module: Module }>>();
  const clientOf = (service: Service, region: string) => {
    const key = `${service} ${region}`;
    const known = clients.get(key) ?? open(service, region, options);
    clients.set(key, known);
    return known;
  };
  return {
    async ask(call, input, region) {
      try {
        const { client, module } = await clientOf(call.service, region);
        const Command = module[`${call.operation}Command`];
        if (Command === undefined) throw new TypeError(`the SDK has no ${call.operation}`);
        const send = (parameters: object) => options.inTurn(() => client.send(new Command(parameters)));
        const pages = await allPages(call, input, send);
        return ok(
          merged(
            call,
            pages.map((page) => cliForm(page, { service: call.service, fingerprint: options.fingerprint }) as JsonObject),
          ),
        );
      } catch (error) {
        return fail(failureOf(error, call.operation));
      }
    },
    close() {
      for (const opened of clients.values())
        opened.then(
          ({ client }) => client.destroy(),
          () => undefined,
        );
    },
  };
}

async function open(service: Service, region: string, options: ConnectOptions): Promise<{ client: Client; module: Module }> {
  const [name, load] = MODULES[service];
  const module = (await load()) as Module;
  const Constructor = module[name];
  if (Constructor === undefined) throw new TypeError(`the SDK has no ${name}`);
  const client = new Constructor({
    region,
    maxAttempts: 8,
    retryMode: "adaptive",
    ...(options.profile !== undefined && { profile: options.profile }),
    ...(options.credentials && { credentials: options.credentials }),
    // A bucket is asked where it lies (Amazon S3 User Guide, "Request redirection").
    ...(service === "s3api" && { followRegionRedirects: true }),
    ...options.settings?.(service, region),
  }) as Client;
  return { client, module };
}

/** Which member of an answer is the next request's token, and under which name (each service's API Reference). */
const TOKENS: Readonly<Record<Service, readonly [answer: string, request: string]>> = {
  iam: ["Marker", "Marker"],
  rds: ["Marker", "Marker"],
  kms: ["NextMarker", "Marker"],
  lambda: ["NextMarker", "Marker"],
  elbv2: ["NextMarker", "Marker"],
  ecr: ["nextToken", "nextToken"],
  eks: ["nextToken", "nextToken"],
  ram: ["nextToken", "nextToken"],
  cloudtrail: ["NextToken", "NextToken"],
  guardduty: ["NextToken", "NextToken"],
  configservice: ["NextToken", "NextToken"],
  backup: ["NextToken", "NextToken"],
  ssm: ["NextToken", "NextToken"],
  s3api: ["ContinuationToken", "ContinuationToken"],
  organizations: ["NextToken", "NextToken"],
  secretsmanager: ["NextToken", "NextToken"],
  sqs: ["NextToken", "NextToken"],
  sns: ["NextToken", "NextToken"],
  ec2: ["NextToken", "NextToken"],
  sts: ["NextToken", "NextToken"],
  "sso-admin": ["NextToken", "NextToken"],
  identitystore: ["NextToken", "NextToken"],
};

async function allPages(call: AskedCall, input: Input, send: (input: object) => Promise<object>): Promise<readonly object[]> {
  const [from, to] = TOKENS[call.service];
  const pages: object[] = [];
  const seen = new Set<string>();
  for (let parameters: object = input; ;) {
    const page = await send(parameters);
    pages.push(page);
    const token = (page as Record<string, unknown>)[from];
    if (typeof token !== "string" || token === "" || call.lists.length === 0) return pages;
    if (seen.has(token)) throw new TypeError("the service sent the same page twice");
    seen.add(token);
    parameters = { ...input, [to]: token };
  }
}

const PAGING: ReadonlySet<string> = new Set([
  "NextToken",
  "nextToken",
  "Marker",
  "NextMarker",
  "ContinuationToken",
  "IsTruncated",
  "Truncated",
]);

/** Lists of all pages one after another, everything else as the first page says it. */
function merged(call: AskedCall, pages: readonly JsonObject[]): JsonObject {
  const first = Object.entries(pages[0] ?? {}).filter(([key]) => call.lists.length === 0 || !PAGING.has(key));
  const lists = call.lists.map((key) => [key, pages.flatMap((page) => page[key] ?? [])] as const);
  return Object.fromEntries([...first, ...lists]);
}

/** Control characters of a message would end the line that it is printed on. */
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();

function failureOf(error: unknown, operation: string): Failure {
  if (!(error instanceof Error)) return { code: "Unknown", error: `Unknown: ${oneLine(String(error))}` };
  const given = isObject(error) && typeof error["Code"] === "string" ? error["Code"] : error.name;
  const code = /^\w+$/.test(given) ? given : "Unknown";
  const message = oneLine(error.message) || "no message";
  return { code, error: `An error occurred (${code}) when calling the ${operation} operation: ${message}` };
}
