// What a collection says about itself: asked, answered, denied, when, by whom, hashes.
import { z } from "zod";

/** The scope a set of files was read from. Never guessed: it comes from a manifest or from the charter's inputs. */
export const Scope = z.strictObject({
  system: z.enum([
    "aws",
    "kubernetes",
    "github",
    "terraform",
    "gitlab",
    "jenkins",
    "azure",
    "ansible",
    "atlantis",
    "terraform-cloud",
    "circleci",
    "tekton",
    "firewall",
    "identity",
    "masking",
  ]),
  /** Twelve-digit AWS account id, kept as text. */
  account: z
    .string()
    .regex(/^\d{12}$/, "an AWS account id has twelve digits; put it in quotes")
    .optional(),
  /** `management` for the files of AWS Organizations; the controller's name for Jenkins; the organization's for Azure DevOps. */
  organization: z.string().optional(),
  cluster: z.string().optional(),
  /** A firewall's name, for files that hold its rules. */
  device: z.string().optional(),
  /** `ORG/REPO`, for files that hold one repository. */
  repository: z
    .string()
    .regex(/^[^/]+\/[^/]+$/, "write it as ORG/REPO")
    .optional(),
  /** Path of a project with its groups or folders, for files that hold one: `acme/payments/shop`. */
  project: z
    .string()
    .regex(/^[^/\s][^\s]*[^/\s]$/, "write the project with its groups or folders: acme/payments/shop")
    .optional(),
});
export type Scope = z.infer<typeof Scope>;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits");

/** One question asked of a system. An answered call has a file (relative to the manifest) and its digest; a denied call has the error. */
export const Call = z.discriminatedUnion("status", [
  z.strictObject({ call: z.string(), status: z.literal("answered"), file: z.string(), sha256: Sha256 }),
  z.strictObject({
    call: z.string(),
    status: z.literal("denied"),
    error: z.string(),
    file: z.string().optional(),
    sha256: Sha256.optional(),
  }),
]);
export type Call = z.infer<typeof Call>;

/** `manifest.json` beside the files it lists. A file in its folder (or below) that it does not list is an integrity failure too. */
export const Manifest = z.strictObject({
  bulkhead: z.literal("manifest/1"),
  scope: Scope,
  collectedAt: z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() }),
  collectedBy: z.string(),
  calls: z.array(Call),
  /** Ed25519 over the canonical JSON of the manifest without this member (RFC 8032); the public key's id is the SHA-256 of its SPKI bytes. */
  signature: z.strictObject({ algorithm: z.literal("Ed25519"), keyId: z.string(), value: z.string() }).optional(),
});
export type Manifest = z.infer<typeof Manifest>;

/** `seal.json` in the folder that is checked: every file below it, charter included, with its digest. */
export const Seal = z.strictObject({
  bulkhead: z.literal("seal/1"),
  files: z.record(z.string(), Sha256),
  signature: Manifest.shape.signature,
});
export type Seal = z.infer<typeof Seal>;
