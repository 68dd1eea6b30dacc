// For tests: stands between the SDK and the emulator, tells which IAM actions were asked for, and answers some of them as AWS would: denied, or later.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { request } from "node:https";
import { type AddressInfo, connect } from "node:net";
import type { Json } from "../../lib/json.ts";
import { type Moto, type Settings, settingsTo } from "./moto-support.ts";

export interface Asked {
  /** The IAM action that AWS asks for it: `s3:ListAllMyBuckets`. */
  readonly action: string;
  /** Of the role that was taken; undefined for the credentials that the test started with. */
  readonly account: string | undefined;
  readonly region: string;
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  readonly body: string;
}

/** What the proxy does with a request: hands it on, answers in the emulator's stead, or leaves it without an answer. */
export type Treatment = "on" | "denied" | "throttled" | "silent" | { readonly document: Json };

export interface Proxy {
  readonly port: number;
  readonly settings: Settings;
  /** In the order in which they came; silent ones too. */
  readonly asked: Asked[];
  treat: (asked: Asked) => Treatment;
  readonly stop: () => Promise<void>;
}

export async function startProxy(moto: Moto): Promise<Proxy> {
  const asked: Asked[] = [];
  const accounts = new Map<string, string>();
  const server = createServer((incoming, answer) => {
    void bodyOf(incoming).then((body) => {
      const { service, region, key } = credentialOf(incoming.headers);
      const path = incoming.url ?? "/";
      const action = actionOf(service, incoming.headers, path, body.toString());
      const one: Asked = { action, account: accounts.get(key), region, host: incoming.headers.host ?? "", path, body: body.toString() };
      asked.push(one);
      const treatment = proxy.treat(one);
      if (treatment === "silent") return;
      if (treatment === "on") return handOn({ moto, incoming, body, service, region, learn }, answer);
      if (typeof treatment === "object")
        return send(answer, 200, { "content-type": "application/json" }, JSON.stringify(treatment.document));
      refuse(answer, one, treatment);
      function learn(text: string): void {
        const role = /RoleArn=arn%3Aaws%3Aiam%3A%3A(\d{12})/.exec(body.toString())?.[1];
        const taken = /<AccessKeyId>(\w+)</.exec(text)?.[1];
        if (action === "sts:AssumeRole" && role !== undefined && taken !== undefined) accounts.set(taken, role);
      }
    });
  });
  await new Promise<void>((up) => void server.listen(0, "127.0.0.1", up));
  const { port } = server.address() as AddressInfo;
  const { settings, close } = settingsTo(() => connect({ host: "127.0.0.1", port }));
  const proxy: Proxy = {
    port,
    settings,
    asked,
    treat: () => "on",
    stop: () =>
      new Promise((stopped) => {
        close();
        server.closeAllConnections();
        server.close(() => stopped());
      }),
  };
  return proxy;
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** `Credential=KEY/DATE/REGION/SERVICE/aws4_request` (IAM User Guide, "Elements of an AWS API request signature"). */
function credentialOf({ authorization = "" }: IncomingHttpHeaders): { service: string; region: string; key: string } {
  const [, key = "", region = "", service = ""] = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(authorization) ?? [];
  return { service, region, key };
}

/** REST requests by method and path, each with its action (Service Authorization Reference of Amazon S3, AWS Lambda and Amazon EKS). */
const REST: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  s3: [
    [/[?&]policy\b/, "GetBucketPolicy"],
    [/[?&]publicAccessBlock\b/, "GetBucketPublicAccessBlock"],
    [/[?&]replication\b/, "GetReplicationConfiguration"],
    [/[?&]encryption\b/, "GetEncryptionConfiguration"],
    [/^\/(\?x-id=ListBuckets.*)?$/, "ListAllMyBuckets"],
  ],
  guardduty: [
    [/^\/detector(\?|$)/, "ListDetectors"],
    [/^\/detector\/[^/]+$/, "GetDetector"],
  ],
  backup: [[/^\/resources\/?(\?|$)/, "ListProtectedResources"]],
  ram: [[/^\/getresourceshareassociations$/, "GetResourceShareAssociations"]],
  lambda: [
    [/\/functions\/[^/]+\/policy/, "GetPolicy"],
    [/\/functions\/?(\?|$)/, "ListFunctions"],
  ],
  eks: [
    [/\/access-entries\/[^/]+\/access-policies/, "ListAssociatedAccessPolicies"],
    [/\/access-entries\/[^/]+$/, "DescribeAccessEntry"],
    [/\/access-entries(\?|$)/, "ListAccessEntries"],
    [/\/pod-identity-associations\/[^/]+$/, "DescribePodIdentityAssociation"],
    [/\/pod-identity-associations(\?|$)/, "ListPodIdentityAssociations"],
    [/^\/clusters\/[^/]+$/, "DescribeCluster"],
    [/^\/clusters(\?|$)/, "ListClusters"],
  ],
};

/** By the wire alone, and not by the table of calls that is under test. */
function actionOf(service: string, headers: IncomingHttpHeaders, path: string, body: string): string {
  const target = headers["x-amz-target"];
  const named = typeof target === "string" ? target.split(".")[1] : /(?:^|&)Action=(\w+)/.exec(body)?.[1];
  return `${service}:${named ?? REST[service]?.find(([form]) => form.test(path))?.[1] ?? path}`;
}

interface Handed {
  readonly moto: Moto;
  readonly incoming: IncomingMessage;
  readonly body: Buffer;
  readonly service: string;
  readonly region: string;
  readonly learn: (text: string) => void;
}

function handOn({ moto, incoming, body, service, region, learn }: Handed, answer: ServerResponse): void {
  const { host = "" } = incoming.headers;
  // A program that was told of this port asks for it by its number; the emulator tells services apart by AWS's names.
  const name = /^(127\.0\.0\.1|localhost)/.test(host) ? `${service}.${region}.amazonaws.com` : host;
  const headers = { ...incoming.headers, host: name };
  const { method, url } = incoming;
  const asked = request({ host: "127.0.0.1", port: moto.port, method, path: url, headers, rejectUnauthorized: false }, (told) => {
    void bodyOf(told).then((bytes) => {
      learn(bytes.toString());
      send(answer, told.statusCode ?? 500, told.headers, bytes);
    });
  });
  asked.once("error", () => send(answer, 502, {}, ""));
  asked.end(body);
}

function send(answer: ServerResponse, status: number, headers: IncomingHttpHeaders, body: string | Uint8Array): void {
  const { "transfer-encoding": _, connection: __, ...rest } = headers;
  answer.writeHead(status, { ...rest, "content-length": Buffer.byteLength(body) });
  answer.end(body);
}

/** What each service calls the two refusals (its API Reference, "Common Errors"). */
const CODES: Readonly<Record<string, readonly [denied: string, throttled: string]>> = {
  iam: ["AccessDenied", "Throttling"],
  sts: ["AccessDenied", "Throttling"],
  rds: ["AccessDenied", "Throttling"],
  elasticloadbalancing: ["AccessDenied", "Throttling"],
  sns: ["AuthorizationError", "Throttling"],
  ec2: ["UnauthorizedOperation", "RequestLimitExceeded"],
  s3: ["AccessDenied", "SlowDown"],
  lambda: ["AccessDeniedException", "TooManyRequestsException"],
};

function refuse(answer: ServerResponse, { action }: Asked, why: "denied" | "throttled"): void {
  const service = action.slice(0, action.indexOf(":"));
  const [denied, throttled] = CODES[service] ?? ["AccessDeniedException", "ThrottlingException"];
  const [code, status, message] =
    why === "denied"
      ? [denied, 403, `User: arn:aws:sts::111122223333:assumed-role/bulkhead-collector/bulkhead is not authorized to perform: ${action}`]
      : [throttled, 400, "Rate exceeded"];
  const error = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  const xml = { "content-type": "text/xml" };
  if (service === "ec2") send(answer, status, xml, `<Response><Errors>${error}</Errors><RequestID>r</RequestID></Response>`);
  else if (service === "s3") send(answer, why === "denied" ? 403 : 503, xml, error);
  else if (["iam", "sts", "rds", "elasticloadbalancing", "sns"].includes(service))
    send(answer, status, xml, `<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>`);
  else send(answer, status, { "content-type": "application/json", "x-amzn-errortype": code }, JSON.stringify({ __type: code, message }));
}
