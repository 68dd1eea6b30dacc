// What the checks of D1 and D2 share: the masking certificates of a door, of which only those count that a key of the charter signed.
import { createPublicKey, type KeyObject } from "node:crypto";
import type { Estate } from "../analyze/estate.ts";
import type { Door } from "../charter/schema.ts";
import { opened } from "../lib/dsse.ts";
import type { MaskingCertificate } from "../model/observations/masking.ts";

export type MaskDoor = Extract<Door, { kind: "mask" }>;

export const maskDoors = ({ charter }: Estate): readonly MaskDoor[] =>
  charter.doors.filter((door): door is MaskDoor => door.kind === "mask");

/** Why there is nothing to ask about: no door, and no lower environment that may hold masked data. */
export function withoutMasking(estate: Estate): string | undefined {
  const isAwaited = estate.charter.environments.some(
    ({ data, tier }) => data === "masked" && tier !== "production" && tier !== "disaster-recovery",
  );
  return maskDoors(estate).length > 0 || isAwaited ? undefined : "the charter lets no lower environment hold masked production data";
}

/** Environments that may hold masked data and have no door that it could have come by. */
export const withoutDoor = (estate: Estate): readonly string[] => {
  const reached = new Set(maskDoors(estate).map(({ to }) => to));
  return estate.charter.environments.flatMap(({ name, data, tier }) =>
    data === "masked" && tier !== "production" && tier !== "disaster-recovery" && !reached.has(name) ? [name] : [],
  );
};

export interface Certificates {
  /** Signed by a key that the door names, for its environment; oldest first. */
  readonly trusted: readonly MaskingCertificate[];
  /** Of its environment, by a key that it does not name. */
  readonly strangers: readonly MaskingCertificate[];
}

/** Threat: whoever writes into the lower environment could write a certificate too. */
export function certificatesOf(estate: Estate, door: MaskDoor): Certificates {
  const keys = door.publicKeys.flatMap(keyOf);
  const ofDoor = estate
    .observations("masking/certificate")
    .filter(({ handling }) => handling?.environment === door.to || handling === undefined);
  const isTrusted = ({ envelope }: MaskingCertificate): boolean => opened(envelope, keys) !== undefined;
  const byTime = ofDoor.toSorted((one, other) => (one.finishedAt < other.finishedAt ? -1 : 1));
  return { trusted: byTime.filter(isTrusted), strangers: byTime.filter((each) => !isTrusted(each)) };
}

function keyOf(pem: string): readonly KeyObject[] {
  try {
    return [createPublicKey(pem)];
  } catch {
    return [];
  }
}
