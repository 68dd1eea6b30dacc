// The decision at a cluster's door: whether each image may run in an environment, with the reason and the finding that an exception would name.
import type { Charter, Environment } from "../../charter/schema.ts";
import { hashOf } from "../../lib/hash.ts";
import { imageName, type UsedImage } from "./images.ts";
import type { Promoted } from "./promoted.ts";

export interface AdmissionPolicy {
  readonly charter: Charter;
  /** The cluster's name in the charter. */
  readonly cluster: string;
  readonly promoted: Promoted;
  /**
   * Development tools found in each image that was examined, by digest; none found is an empty list. An image that is not in it was not examined,
   * and is refused. Absent: images are not examined here, and clause S1 is answered elsewhere.
   */
  readonly tools?: ReadonlyMap<string, readonly string[]>;
  /** ISO 8601, for exceptions. */
  readonly at: string;
}

export const REFUSALS = [
  "image-unnamed",
  "image-by-mutable-tag",
  "image-not-promoted",
  "image-unexamined",
  "image-with-development-tools",
] as const;

export interface Refusal {
  readonly code: (typeof REFUSALS)[number];
  readonly text: string;
  /**
   * An exception of the charter that names it admits the image until it expires. 128 bits, of which a finding's fingerprint is the start, and named in
   * full. Threat: who chooses the name of an image would find one that begins like an excepted one.
   */
  readonly finding: string;
}

export interface Admission {
  readonly refusals: readonly Refusal[];
  /** Refusals that an exception of the charter sets aside. */
  readonly excepted: readonly Refusal[];
}

const PRODUCTIVE: ReadonlySet<string> = new Set(["production", "disaster-recovery"]);

/** Production needs a promotion even where the charter declares none: then nothing has been promoted to it. */
export const needsPromotion = ({ promotion }: Charter, { name, tier }: Environment): boolean =>
  PRODUCTIVE.has(tier) || promotion.some(({ to }) => to === name);

export function admit(images: readonly UsedImage[], environment: Environment, policy: AdmissionPolicy): Admission {
  const all = images.flatMap((image) => refusalsOf(image, environment, policy));
  const day = policy.at.slice(0, 10);
  const isExcepted = ({ finding }: Refusal): boolean =>
    policy.charter.exceptions.some((each) => each.finding === finding && day <= each.expires);
  return { refusals: all.filter((each) => !isExcepted(each)), excepted: all.filter(isExcepted) };
}

function refusalsOf({ reference, where }: UsedImage, environment: Environment, policy: AdmissionPolicy): readonly Refusal[] {
  const { name: to, tier } = environment;
  const image = imageName(reference);
  // One image is one finding, wherever it is run: its grant is the image as it is named.
  const refuse = (code: Refusal["code"], grant: string, text: string): Refusal => ({
    code,
    text: `${shown(where)}: ${text}`,
    finding: hashOf([code, grant, null, to]).slice(0, 32),
  });
  const isGuarded = needsPromotion(policy.charter, environment);
  if (!image) return isGuarded ? [refuse("image-unnamed", reference, `${shown(reference)} is no reference of an image`)] : [];
  const { digest, repository, tag = "latest" } = image;
  if (digest === undefined) {
    const text = `${shown(reference)} names a tag, which can be moved after it was tested; ${to} takes images by digest`;
    return isGuarded ? [refuse("image-by-mutable-tag", `${repository}:${tag}`, text)] : [];
  }
  const refusals: Refusal[] = [];
  if (isGuarded && !policy.promoted.get(to)?.has(digest))
    refusals.push(refuse("image-not-promoted", digest, `${shown(reference)} was not promoted to ${to}`));
  if (policy.tools === undefined || !PRODUCTIVE.has(tier)) return refusals;
  const tools = policy.tools.get(digest);
  if (tools === undefined) refusals.push(refuse("image-unexamined", digest, `${shown(reference)} was not examined for development tools`));
  else if (tools.length > 0)
    refusals.push(refuse("image-with-development-tools", digest, `${shown(reference)} holds ${tools.slice(0, 5).map(shown).join(", ")}`));
  return refusals;
}

/** Attacker-controlled: without control characters, which would end the line that it is printed on, and not longer than a line. */
export const shown = (text: string): string => (text === "" ? "nothing" : text).replace(/[^\u0020-\u007e]+/g, "?").slice(0, 200);
