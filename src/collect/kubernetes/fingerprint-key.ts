// Which key a fingerprint was made with: two fingerprints can be compared only under one key.

type Fingerprint = (secret: string) => string;

const known = new WeakMap<Fingerprint, string>();

/** Names the key without telling anything of it: the start of its fingerprint of a fixed text. */
export function keyIdOf(fingerprint: Fingerprint): string {
  const id = known.get(fingerprint) ?? fingerprint("the key of these fingerprints").slice(0, 16);
  known.set(fingerprint, id);
  return id;
}
