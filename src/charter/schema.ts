// The charter: what an organization declares about its environments. Shape only; loading and checking stand beside it.
import { z } from "zod";
import { Scope } from "../model/manifest.ts";

const Name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and hyphens");
const Text = z.string().min(1);
const Account = z.string().regex(/^\d{12}$/, "an AWS account id has twelve digits; put it in quotes");
const Repository = z.string().regex(/^[^/\s]+\/[^/\s]+$/, "write it as ORG/REPO; * may stand for any run of characters");

/** From least to most trusted. `sandbox` stands beside `development`, `disaster-recovery` beside `production`. */
export const TIERS = ["preview", "development", "sandbox", "test", "staging", "production", "disaster-recovery"] as const;
export const Tier = z.enum(TIERS);
export type Tier = z.infer<typeof Tier>;

/** What belongs to an environment (or to a shared service). `*` stands for any run of characters; `not` takes names out again. */
export const Boundary = z.strictObject({
  aws: z
    .strictObject({
      accounts: z.array(Account).default([]),
      /** Names from the root down: `Root/Workloads/Production`. Every account below belongs. */
      organizationalUnits: z.array(Text).default([]),
      /** ARN patterns: a weak boundary, graded as a name pattern. */
      arns: z.array(Text).default([]),
    })
    .optional(),
  kubernetes: z
    .array(z.strictObject({ cluster: Text, namespaces: z.array(Text).default(["*"]), not: z.array(Text).default([]) }))
    .optional(),
  github: z
    .strictObject({
      repositories: z.array(Repository).default([]),
      environments: z.array(z.strictObject({ repository: Repository, name: Text })).default([]),
    })
    .optional(),
  azure: z.strictObject({ subscriptions: z.array(Text).default([]), managementGroups: z.array(Text).default([]) }).optional(),
  cidrs: z.array(z.union([z.cidrv4(), z.cidrv6()])).optional(),
  vlans: z.array(z.int().min(1).max(4094)).optional(),
  hosts: z.array(Text).optional(),
  /** `postgres:HOST/DATABASE`; `*` allowed. */
  databases: z.array(Text).optional(),
  /** Entity ids one by one, `*` allowed: for what no other member names. */
  entities: z.array(Text).optional(),
});
export type Boundary = z.infer<typeof Boundary>;

export const Environment = z.strictObject({
  name: Name,
  tier: Tier,
  purpose: Text,
  owner: Text,
  /** Walled from other environments of the same tier too. */
  isolated: z.boolean().default(false),
  data: z.enum(["none", "synthetic", "masked", "internal", "confidential", "personal"]),
  boundary: Boundary,
});
export type Environment = z.infer<typeof Environment>;

export const AccessRule = z.strictObject({
  /** `group:NAME`, `person:ID`, or the entity id of a pipeline job or role. */
  who: Text,
  may: z.enum(["read", "write", "deploy", "administer"]),
  in: z.array(Name).min(1),
});

export const Promotion = z.strictObject({
  from: Name,
  to: Name,
  /** Approvals by others than the author. 0: automatic. */
  approvals: z.int().min(0),
  approvers: z.array(Text).default([]),
});

/** The declared ways across. A door counts only when collected facts prove its guard. */
export const Door = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("gate"),
    name: Name,
    to: Name,
    /** Entity id of the GitHub environment, job, role or account that deploys through it. */
    deployer: Text,
  }),
  z.strictObject({ kind: z.literal("mask"), name: Name, from: Name, to: Name, /** Entity id. */ runner: Text }),
  z.strictObject({
    kind: z.literal("break-glass"),
    name: Name,
    to: Name,
    /** Entity id of the role. */
    role: Text,
    maximumMinutes: z.int().min(15).max(720),
    /** Who may use it: `group:NAME` or `person:ID`. */
    who: z.array(Text).min(1),
    reviewedBy: Text,
  }),
]);
export type Door = z.infer<typeof Door>;

export const SharedService = z.strictObject({
  name: Name,
  purpose: Text,
  serves: z.array(Name).min(1),
  boundary: Boundary,
});

export const Custodian = z.strictObject({
  /** `person:ID`, or the entity id of a credential that no one person holds (an account's root user). */
  who: Text,
  /** What they hold: entity ids, `*` allowed. */
  of: z.array(Text).min(1),
  role: Text,
  controls: z.array(Text).min(1),
});

export const Input = z.strictObject({
  /** Folder or file, relative to the charter. */
  path: Text,
  scope: Scope.optional(),
  /** `required`: a manifest must stand in the folder, and everything in it must match. */
  manifest: z.enum(["required", "optional"]).default("optional"),
});

export const Person = z.strictObject({
  id: Name,
  name: Text,
  employer: Text.optional(),
  team: Text.optional(),
  country: z.string().length(2, "two letters, ISO 3166-1").optional(),
  groups: z.array(Name).default([]),
  /** Their accounts in each system. */
  identities: z
    .strictObject({
      github: z.array(Text).default([]),
      /** ARNs of IAM users, and of the roles that single sign-on gives them. `*` allowed. */
      aws: z.array(Text).default([]),
      /** User names as the cluster sees them. */
      kubernetes: z.array(Text).default([]),
      /** Entity ids of bots, tokens and keys they hold. */
      holds: z.array(Text).default([]),
    })
    .prefault({}),
});
export type Person = z.infer<typeof Person>;

export const Exception = z.strictObject({
  /** A finding's fingerprint, as printed. */
  finding: Text,
  owner: Text,
  reason: Text,
  control: Text,
  expires: z.iso.date(),
});

/** What a stored credential opens, where only people know: the wall then follows it. */
export const Credential = z.strictObject({
  /** Entity id of the secret. */
  secret: Text,
  /** Entity ids it acts as, or may write or read. */
  actsAs: z.array(Text).default([]),
  writes: z.array(Text).default([]),
  reads: z.array(Text).default([]),
});

export const GRADES = ["account", "cluster", "namespace", "name-pattern", "tag"] as const;

export const Charter = z.strictObject({
  bulkhead: z.literal(1),
  organization: z.strictObject({ name: Name, title: Text.optional() }),
  profile: z.enum(["iso", "strict"]).default("iso"),
  /** `sealed`: seal.json must list every file of this folder, charter included. */
  integrity: z.enum(["sealed", "as-given"]).default("as-given"),
  /** The least boundary that separates (clause B3). Default: `namespace` in profile iso, `account` in strict. */
  leastGrade: z.enum(GRADES).optional(),
  environments: z.array(Environment).min(1),
  access: z.array(AccessRule).default([]),
  promotion: z.array(Promotion).default([]),
  doors: z.array(Door).default([]),
  shared: z.array(SharedService).default([]),
  custodians: z.array(Custodian).default([]),
  /** At most this many people may be custodians. */
  maximumCustodians: z.int().min(0).default(3),
  inputs: z.array(Input).default([]),
  /** Kinds of input that do not exist here: a printed assumption, each with its reason. Keys are gap topics (`aws/control-policy`). */
  absent: z.record(z.string(), Text).default({}),
  people: z.array(Person).default([]),
  credentials: z.array(Credential).default([]),
  exceptions: z.array(Exception).default([]),
});
export type Charter = z.infer<typeof Charter>;
