// For tests: an authenticator in software. It makes the bytes of WebAuthn level 3, section 6, as a device does.
import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";

export interface Authenticator {
  create(options: { readonly challenge: string; readonly rp: { readonly id?: string } }, more?: Tampering): RegistrationResponseJSON;
  get(options: { readonly challenge: string; readonly rpId?: string }, more?: Tampering): AuthenticationResponseJSON;
}

/** What a test changes: as a page of another origin, a thief or a careless device would. */
export interface Tampering {
  readonly origin?: string;
  readonly rpId?: string;
  readonly verifiesPerson?: boolean;
  readonly counter?: number;
  readonly challenge?: string;
  readonly type?: string;
}

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("base64url");
const sha = (bytes: Uint8Array | string): Buffer => createHash("sha256").update(bytes).digest();

/** CBOR (RFC 8949) of what is needed here: whole numbers, bytes, text and maps. */
function cbor(value: number | Uint8Array | string | Map<number | string, unknown>): Buffer {
  const head = (major: number, length: number): Buffer =>
    length < 24
      ? Buffer.from([(major << 5) | length])
      : length < 256
        ? Buffer.from([(major << 5) | 24, length])
        : Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, each]) => [cbor(key), cbor(each as never)])]);
}

/** COSE key of an ES256 key (RFC 9053, section 7.1.1). */
function coseKey(key: KeyObject): Buffer {
  const { x, y } = key.export({ format: "jwk" });
  const part = (text: string | undefined): Buffer => Buffer.from(text ?? "", "base64url");
  return cbor(
    new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, part(x)],
      [-3, part(y)],
    ]),
  );
}

export function authenticator(origin: string): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(16);
  let count = 0;
  const clientData = (type: string, challenge: string, more: Tampering): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: more.type ?? type,
        challenge: more.challenge ?? challenge,
        origin: more.origin ?? origin,
        crossOrigin: false,
      }),
    );
  const data = (rpId: string, more: Tampering, attested: Buffer = Buffer.alloc(0)): Buffer => {
    const flags = 0x01 | (more.verifiesPerson === false ? 0 : 0x04) | (attested.length > 0 ? 0x40 : 0);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(more.counter ?? ++count);
    return Buffer.concat([sha(more.rpId ?? rpId), Buffer.from([flags]), counter, attested]);
  };
  return {
    create: ({ challenge, rp }, more = {}) => {
      const length = Buffer.from([0, id.length]);
      const authData = data(rp.id ?? "", more, Buffer.concat([Buffer.alloc(16), length, id, coseKey(publicKey)]));
      const attestationObject = cbor(
        new Map<string, unknown>([
          ["fmt", "none"],
          ["attStmt", new Map()],
          ["authData", authData],
        ]),
      );
      return {
        id: base64(id),
        rawId: base64(id),
        type: "public-key",
        clientExtensionResults: {},
        response: { clientDataJSON: base64(clientData("webauthn.create", challenge, more)), attestationObject: base64(attestationObject) },
      };
    },
    get: ({ challenge, rpId }, more = {}) => {
      const authData = data(rpId ?? "", more);
      const client = clientData("webauthn.get", challenge, more);
      const signature = createSign("sha256")
        .update(Buffer.concat([authData, sha(client)]))
        .sign(privateKey);
      return {
        id: base64(id),
        rawId: base64(id),
        type: "public-key",
        clientExtensionResults: {},
        response: { clientDataJSON: base64(client), authenticatorData: base64(authData), signature: base64(signature) },
      };
    },
  };
}
