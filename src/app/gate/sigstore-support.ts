// For tests: a certificate authority and a log of signatures that speak Sigstore's protocols over HTTP, and bundles that they vouch for.
import { createHash, generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { bundleToJSON } from "@sigstore/bundle";
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog } from "@sigstore/mock";
import { HashAlgorithm, PublicKeyDetails, TrustedRoot } from "@sigstore/protobuf-specs";
import { DSSEBundleBuilder, FulcioSigner, RekorWitness } from "@sigstore/sign";

export const ISSUER = "https://issuer.example.com";

export interface Sigstore {
  readonly trustedRoot: Record<string, unknown>;
  /** A bundle over a statement, signed by the given workflow. */
  sign(statement: unknown, signer: string): Promise<unknown>;
  close(): Promise<void>;
}

export async function sigstore(): Promise<Sigstore> {
  const keyPair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const ctLog = await initializeCTLog(keyPair);
  const ca = await initializeCA(keyPair, ctLog);
  const servers: Server[] = [];
  const serve = async (
    handlerOf: (url: string) => Promise<{ readonly path: string; readonly fn: (body: string) => Promise<Answer> }>,
  ): Promise<string> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    servers.push(server);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const handler = await handlerOf(url);
    server.on("request", (request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (part: string) => (body += part));
      request.on("end", () => {
        void handler.fn(body).then(({ statusCode, response: answer, contentType }) => {
          response.writeHead(statusCode, { "content-type": contentType ?? "application/json" });
          response.end(typeof answer === "string" ? answer : Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength));
        });
      });
    });
    return url;
  };
  const fulcio = await serve(async () => fulcioHandler(ca, { strict: true }));
  let tlogKey: Buffer = Buffer.alloc(0);
  const rekor = await serve(async (url) => {
    const tlog = await initializeTLog(url, keyPair);
    tlogKey = tlog.publicKey;
    return {
      path: "",
      fn: async (body) => ({ statusCode: 201, response: JSON.stringify(await tlog.log(recorded(JSON.parse(body) as Proposed))) }),
    };
  });
  const root = {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    certificateAuthorities: [
      {
        subject: { commonName: "sigstore", organization: "sigstore.mock" },
        uri: fulcio,
        certChain: { certificates: [{ rawBytes: bytesOf(ca.rootCertificate) }] },
        validFor: { start: new Date(0) },
        operator: "",
      },
    ],
    tlogs: [log(rekor, tlogKey, createHash("sha256").update(tlogKey).digest())],
    ctlogs: [log(fulcio, ctLog.publicKey, bytesOf(ctLog.logID))],
    timestampAuthorities: [],
  };
  return {
    trustedRoot: TrustedRoot.toJSON(root as TrustedRoot) as Record<string, unknown>,
    sign: async (statement, signer) => {
      const builder = new DSSEBundleBuilder({
        signer: new FulcioSigner({ fulcioBaseURL: fulcio, identityProvider: { getToken: async () => tokenOf(signer) } }),
        witnesses: [new RekorWitness({ rekorBaseURL: rekor, entryType: "dsse" })],
      });
      return bundleToJSON(await builder.create({ data: Buffer.from(JSON.stringify(statement)), type: "application/vnd.in-toto+json" }));
    },
    close: async () => {
      for (const server of servers) await new Promise((resolve) => server.close(resolve).closeAllConnections());
    },
  };
}

const log = (url: string, publicKey: Buffer, keyId: Buffer) => ({
  baseUrl: url,
  hashAlgorithm: HashAlgorithm.SHA2_256,
  publicKey: { rawBytes: publicKey, keyDetails: PublicKeyDetails.PKIX_ECDSA_P256_SHA_256, validFor: { start: new Date(0) } },
  logId: { keyId },
  checkpointKeyId: undefined,
  operator: "",
});

interface Proposed {
  readonly spec: { readonly proposedContent: { readonly envelope: string; readonly verifiers: readonly string[] } };
}

/** What the log of signatures keeps of an envelope: hashes, and the signature with its certificate (Rekor, type "dsse" 0.0.1). */
function recorded({ spec: { proposedContent } }: Proposed): object {
  const envelope = JSON.parse(proposedContent.envelope) as {
    readonly payload: string;
    readonly signatures: readonly { readonly sig: string }[];
  };
  const hash = (bytes: string | Buffer) => ({ algorithm: "sha256", value: createHash("sha256").update(bytes).digest("hex") });
  return {
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      envelopeHash: hash(proposedContent.envelope),
      payloadHash: hash(Buffer.from(envelope.payload, "base64")),
      signatures: envelope.signatures.map(({ sig }, i) => ({ signature: sig, verifier: proposedContent.verifiers[i] })),
    },
  };
}

interface Answer {
  readonly statusCode: number;
  readonly response: string | ArrayBufferView;
  readonly contentType?: string;
}

const bytesOf = (view: ArrayBufferView): Buffer => Buffer.from(view.buffer, view.byteOffset, view.byteLength);

/** The authority of these tests believes what a token says. */
const tokenOf = (subject: string): string =>
  ["{}", JSON.stringify({ iss: ISSUER, sub: subject })].map((part) => Buffer.from(part).toString("base64url")).join(".") + ".c2ln";
