// The charter: what an organization declares about its environments. Shape only; loading and checking stand beside it.
import { z } from "zod";
import { FORGE_OF_MODEL } from "../model/forge.ts";
import { Scope } from "../model/manifest.ts";

// INVARIANT: every message given to a check below is an instruction, since load.ts prints it as the remedy.
const Name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "write it in lower-case letters, digits and hyphens");
const Text = z.string().min(1);
const Account = z.string().regex(/^\d{12}$/, "an AWS account id has twelve digits; put it in quotes");
const Repository = z.string().regex(/^[^/\s]+\/[^/\s]+$/, "write it as ORG/REPO; * may stand for any run of characters");
const Cluster = z.string().regex(/^[^*?/\s]+$/, "name one cluster, without *, ? or /, as the manifest's scope names it");
const Unit = z.string().regex(/^[^/*]+(\/[^/*]+)*$/, "write the names from the root down, without *: Root/Workloads/Production");

/** From least to most trusted. `sandbox` stands beside `development`, `disaster-recovery` beside `production`. */
export const TIERS = ["preview", "development", "sandbox", "test", "staging", "production", "disaster-recovery"] as const;
export const Tier = z.enum(TIERS);
export type Tier = z.infer<typeof Tier>;

const AwsBoundary = z.strictObject({
  accounts: z.array(Account).default([]).describe('Account ids in quotes: "111122223333".'),
  organizationalUnits: z
    .array(Unit)
    .default([])
    .describe("Organizational units by their names from the root down: Root/Workloads/Production. Every account below belongs."),
  arns: z.array(Text).default([]).describe("ARN patterns; a weak boundary, graded as a name pattern."),
});

const KubernetesBoundary = z.strictObject({
  cluster: Cluster.describe("The cluster's name, as the scope of its files gives it."),
  namespaces: z
    .array(Text)
    .default(["*"])
    .describe("Namespaces; * stands for any run of characters. [*] takes the whole cluster with its cluster-scoped objects."),
  not: z.array(Text).default([]).describe("Namespaces taken out again; * allowed."),
});

const GithubBoundary = z.strictObject({
  repositories: z.array(Repository).default([]).describe("Repositories as ORG/REPO; * allowed."),
  environments: z
    .array(
      z.strictObject({
        repository: Repository.describe("ORG/REPO; * allowed."),
        name: Text.describe("The GitHub environment's name; * allowed."),
      }),
    )
    .default([])
    .describe("GitHub environments: the jobs they admit and the secrets they hold."),
});

const ProjectId = z
  .string()
  .regex(
    new RegExp(`^(?:${FORGE_OF_MODEL}):[^\\s#]+$`),
    "write the entity id of the project: gitlab:acme/shop; * may stand for any run of characters",
  );

const PipelineBoundary = z.strictObject({
  projects: z.array(ProjectId).default([]).describe("Projects by entity id: gitlab:acme/shop, jenkins:folder/job; * allowed."),
  environments: z
    .array(
      z.strictObject({
        project: ProjectId.describe("The project's entity id; * allowed."),
        name: Text.describe("The environment's name in the project; * allowed."),
      }),
    )
    .default([])
    .describe("Environments of projects: the jobs they admit and the variables they hold."),
});

export const Boundary = z
  .strictObject({
    aws: AwsBoundary.optional().describe("Parts in AWS."),
    kubernetes: z.array(KubernetesBoundary).optional().describe("Clusters, or namespaces of clusters."),
    github: GithubBoundary.optional().describe("Repositories and GitHub environments."),
    pipelines: PipelineBoundary.optional().describe(
      "Projects of GitLab, Jenkins, Azure Pipelines, CircleCI, Tekton, Atlantis and HCP Terraform, and their environments.",
    ),
    azure: z
      .strictObject({
        subscriptions: z.array(Text).default([]).describe("Subscription ids."),
        managementGroups: z.array(Text).default([]).describe("Management groups; every subscription below belongs."),
      })
      .optional()
      .describe("Parts in Azure."),
    cidrs: z
      .array(z.union([z.cidrv4(), z.cidrv6()]))
      .optional()
      .describe("Network ranges: 10.1.0.0/16."),
    vlans: z.array(z.int().min(1).max(4094)).optional().describe("VLAN ids, 1 to 4094."),
    hosts: z.array(Text).optional().describe("Host names; * allowed."),
    databases: z.array(Text).optional().describe("Databases as postgres:HOST/DATABASE; * allowed."),
    entities: z.array(Text).optional().describe("Entity ids one by one, * allowed: for what no other member names."),
  })
  .meta({
    id: "Boundary",
    description: "What belongs to an environment or to a shared service. * stands for any run of characters, ? for one.",
  });
export type Boundary = z.infer<typeof Boundary>;

export const Environment = z
  .strictObject({
    name: Name.describe("Its name, used everywhere else in the charter."),
    tier: Tier.describe("How trusted it is. preview < development = sandbox < test < staging < production = disaster-recovery."),
    purpose: Text.describe("What it is for, in a sentence."),
    owner: Text.describe("Who answers for it."),
    isolated: z.boolean().default(false).describe("Walled from its peers too: environments of the same tier, or of the tier beside it."),
    data: z
      .enum(["none", "synthetic", "masked", "internal", "confidential", "personal"])
      .describe("The most sensitive data that may be held in it."),
    boundary: Boundary.describe("What belongs to it."),
  })
  .meta({ id: "Environment", description: "An environment, what it is for and what belongs to it." });
export type Environment = z.infer<typeof Environment>;

export const AccessRule = z
  .strictObject({
    who: Text.describe("group:NAME, person:ID, or the entity id of a pipeline job or role."),
    may: z.enum(["read", "write", "deploy", "administer"]).describe("What they may do."),
    in: z.array(Name).min(1).describe("In which environments."),
  })
  .meta({ id: "AccessRule", description: "Who may do what, where." });

export const Promotion = z
  .strictObject({
    from: Name.describe("The lower environment."),
    to: Name.describe("The higher environment."),
    approvals: z.int().min(0).describe("Approvals by others than the author. 0: automatic."),
    approvers: z.array(Text).default([]).describe("Who may approve: group:NAME, person:ID, or the entity id of an account."),
    teams: z
      .array(
        z.strictObject({
          group: Name.describe("The group, without group:."),
          approvals: z.int().min(1).default(1).describe("How many of it must approve."),
        }),
      )
      .default([])
      .describe("Groups that must each approve, by different people."),
    tests: z
      .array(Text)
      .default([])
      .describe("Test suites that must have passed below, on the same artifact. Empty: at least one must have."),
    attested: z.boolean().default(false).describe("Tests count only with an attestation whose signature was verified."),
    automations: z
      .array(Text)
      .default([])
      .describe("Accounts that author changes and that no person holds, such as a dependency bot. They never approve."),
    approvalHours: z.int().min(1).default(72).describe("Hours after which an approval no longer counts."),
    deployHours: z.int().min(1).default(24).describe("Hours within which an approved promotion must be deployed."),
  })
  .meta({ id: "Promotion", description: "One stage of the way up, and the approvals it needs." });
export type Promotion = z.infer<typeof Promotion>;

export const Freeze = z
  .strictObject({
    name: Name.describe("Its name."),
    environments: z.array(Name).min(1).describe("Where nothing is deployed meanwhile; going back is."),
    starts: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, "write it as 2026-12-24T18:00, in the time zone beside it")
      .describe("When it first starts, on the clock of its time zone: 2026-12-24T18:00."),
    lasts: z
      .string()
      .regex(/^P(\d{1,3}W|(?=\d|T\d)(\d{1,3}D)?(T(?=\d)(\d{1,3}H)?(\d{1,3}M)?)?)$/, "write a duration of RFC 5545: P14D, PT12H")
      .describe("How long it lasts, as iCalendar writes durations: P14D, PT12H."),
    repeats: z
      .string()
      .regex(/^FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;[A-Z]+=[A-Z0-9,+-]+)*$/, "write a rule of RFC 5545: FREQ=WEEKLY;BYDAY=FR")
      .optional()
      .describe("How it repeats, as an iCalendar recurrence rule: FREQ=WEEKLY;BYDAY=FR."),
    timeZone: Text.default("UTC").describe("IANA time zone: Europe/Amsterdam."),
    reason: Text.describe("Why."),
  })
  .meta({ id: "Freeze", description: "A time in which nothing is promoted." });
export type Freeze = z.infer<typeof Freeze>;

const Gate = z
  .strictObject({
    kind: z.literal("gate").describe("The door of changes: tested below, approved by another, carried out by a pipeline."),
    name: Name.describe("The door's name."),
    to: Name.describe("The environment it opens to."),
    deployer: Text.describe("Entity id of the GitHub environment, job, role or account that deploys through it."),
  })
  .meta({ id: "Gate", description: "The one way up for changes." });

const Mask = z
  .strictObject({
    kind: z.literal("mask").describe("The door of data: anonymized, approved, recorded."),
    name: Name.describe("The door's name."),
    from: Name.describe("The higher environment, where the data is."),
    to: Name.describe("The lower environment, where masked data goes."),
    runner: Text.describe("Entity id of the job, role or account that masks."),
    publicKeys: z.array(Text).default([]).describe("Ed25519 public keys, PEM, that may sign its certificates."),
    verifyDays: z.int().min(1).max(366).default(90).describe("For how many days a comparison with production counts."),
  })
  .meta({ id: "Mask", description: "The one way down for data." });

const BreakGlass = z
  .strictObject({
    kind: z.literal("break-glass").describe("The door of people in an emergency: justified, time-limited, recorded, reviewed."),
    name: Name.describe("The door's name."),
    to: Name.describe("The environment it opens to."),
    role: Text.describe("Entity id of the role that is taken."),
    maximumMinutes: z.int().min(15).max(720).describe("The longest session, in minutes."),
    who: z.array(Text).min(1).describe("Who may use it: group:NAME or person:ID."),
    reviewedBy: Text.describe("Who reviews every use afterwards: group:NAME or person:ID."),
    approvers: z.array(Text).default([]).describe("Who may agree to its use: group:NAME or person:ID. Those of who, when none are named."),
    approvals: z.int().min(0).max(5).default(1).describe("How many others must agree before it opens. 0: it opens at once, with an alarm."),
    reviewHours: z.int().min(1).max(720).default(72).describe("Within how many hours after its end a use must be reviewed."),
    ticket: z.boolean().default(false).describe("Whether a use must name the ticket that it is for."),
  })
  .meta({ id: "BreakGlass", description: "The way in for people in an emergency." });

/** The declared ways across. A door counts only when collected facts prove its guard. */
export const Door = z.discriminatedUnion("kind", [Gate, Mask, BreakGlass]);
export type Door = z.infer<typeof Door>;

export const SharedService = z
  .strictObject({
    name: Name.describe("Its name."),
    purpose: Text.describe("What it is for, in a sentence."),
    serves: z.array(Name).min(1).describe("The environments it serves."),
    boundary: Boundary.describe("What belongs to it."),
  })
  .meta({ id: "SharedService", description: "What several environments use: neither source nor target of a statement." });

export const Custodian = z
  .strictObject({
    who: Text.describe("person:ID, or the entity id of a credential that no one person holds (an account's root user)."),
    of: z.array(Text).min(1).describe("What they hold: entity ids, * allowed."),
    role: Text.describe("What makes them a custodian: organization owner, management-account administrator."),
    controls: z.array(Text).min(1).describe("What compensates: sealed credential, two persons, alarm, review."),
  })
  .meta({ id: "Custodian", description: "Who could open everything, with what holds them in check." });

export const Input = z
  .strictObject({
    path: Text.describe("Folder or file, relative to the charter."),
    scope: Scope.optional().describe("What the files were read from, where no manifest says so."),
    manifest: z
      .enum(["required", "optional"])
      .default("optional")
      .describe("required: a manifest must stand in the folder, and everything in it must match."),
  })
  .meta({ id: "Input", description: "Where the estate's files are." });

const Identities = z.strictObject({
  github: z.array(Text).default([]).describe("GitHub logins, without @."),
  gitlab: z.array(Text).optional().describe("GitLab user names, without @."),
  jenkins: z.array(Text).optional().describe("User ids of Jenkins."),
  azure: z.array(Text).optional().describe("Principal names of Azure DevOps: alice@example.com."),
  aws: z.array(Text).default([]).describe("ARNs of IAM users, and of the roles that single sign-on gives them; * allowed."),
  identityCenter: z.array(Text).default([]).describe("User names or e-mail addresses of their users in IAM Identity Center."),
  kubernetes: z.array(Text).default([]).describe("User names as the cluster sees them."),
  addresses: z.array(Text).optional().describe("E-mail addresses, by which accounts of the identity provider are theirs."),
  holds: z.array(Text).default([]).describe("Entity ids of bots, tokens and keys they hold."),
});

export const Person = z
  .strictObject({
    id: Name.describe("Short and stable: person:ID refers to it."),
    name: Text.describe("The person's name."),
    employeeId: Text.optional().describe("Their number in the personnel file."),
    employer: Text.optional().describe("Whom they work for, where it is not the organization."),
    team: Text.optional().describe("Their team."),
    country: z
      .string()
      .length(2, "write two letters, as ISO 3166-1 does: NL")
      .optional()
      .describe("Where they work: two letters of ISO 3166-1."),
    groups: z.array(Name).default([]).describe("Groups they are in: group:NAME refers to them."),
    identities: Identities.prefault({}).describe("Their accounts in each system."),
  })
  .meta({ id: "Person", description: "A person, and the accounts they use." });
export type Person = z.infer<typeof Person>;

export const Exception = z
  .strictObject({
    finding: Text.describe("The finding's fingerprint, as printed."),
    owner: Text.describe("Who answers for it."),
    reason: Text.describe("Why it is accepted."),
    control: Text.describe("What compensates meanwhile."),
    expires: z.iso.date("write a date: 2026-12-31").describe("The last day on which it holds: 2026-12-31."),
  })
  .meta({ id: "Exception", description: "A finding that is accepted until a date. The statement stays violated." });

export const Segment = z
  .strictObject({
    name: Name.describe("Its name: segment:NAME in findings."),
    cidrs: z
      .array(z.union([z.cidrv4(), z.cidrv6()]))
      .min(1)
      .describe("Its ranges. They belong to the environment whose boundary's cidrs hold them all."),
    vlan: z.int().min(1).max(4094).optional().describe("Its VLAN, as firewall rules name it: vlan:140."),
    firewall: Text.optional().describe("The firewall in front of it, by the name in its rules. Left out: the only one that was read."),
    exits: z
      .array(Text)
      .default([])
      .describe("VPN gateways (vgw-…) and transit gateway attachments (tgw-attach-…) by which AWS and it reach each other. Left out: any."),
  })
  .meta({ id: "Segment", description: "A network segment on premises, with what stands between it and others." });
export type Segment = z.infer<typeof Segment>;

export const Credential = z
  .strictObject({
    secret: Text.describe("Entity id of the secret."),
    actsAs: z.array(Text).default([]).describe("Entity ids it acts as."),
    writes: z.array(Text).default([]).describe("Entity ids it may write."),
    reads: z.array(Text).default([]).describe("Entity ids it may read."),
  })
  .meta({ id: "Credential", description: "What a stored credential opens, where only people know: the wall then follows it." });

export const ProductionTest = z
  .strictObject({
    job: Text.describe("Entity id of the job that tests in production; * allowed."),
    reason: Text.describe("Why it cannot be tested below."),
    approvedBy: Text.describe("Who approved it: group:NAME or person:ID."),
    expires: z.iso.date("write a date: 2026-12-31").describe("The last day on which it may run: 2026-12-31."),
  })
  .meta({ id: "ProductionTest", description: "A test that runs in production: approved, reasoned and time-limited (clause P7)." });
export type ProductionTest = z.infer<typeof ProductionTest>;

export const RollbackExercise = z
  .strictObject({
    environment: Name.describe("Where it was done."),
    projects: z
      .array(Text)
      .default(["*"])
      .describe("Repositories and projects whose way back it was: ORG/REPO or GROUP/PROJECT, * allowed. Left out: all."),
    on: z.iso.date("write a date: 2026-09-15").describe("The day of the exercise: 2026-09-15."),
    how: Text.describe("What was done, and how long it took."),
    by: Text.describe("Who did it: group:NAME or person:ID."),
  })
  .meta({ id: "RollbackExercise", description: "A way back that was walked on a day (clause P6)." });
export type RollbackExercise = z.infer<typeof RollbackExercise>;

export const GRADES = ["account", "cluster", "namespace", "name-pattern", "tag"] as const;
export type Grade = (typeof GRADES)[number];

/** In profile iso a namespace of one's own suffices; strict asks for an account or subscription. The charter may ask for more. */
export const LEAST_GRADE = { iso: "namespace", strict: "account" } as const satisfies Record<string, Grade>;

const Organization = z.strictObject({
  name: Name.describe("Short name: acme."),
  title: Text.optional().describe("The name as people write it."),
});

export const Charter = z
  .strictObject({
    bulkhead: z.literal(1).describe("The version of this format: 1."),
    organization: Organization.describe("Whose charter this is."),
    profile: z.enum(["iso", "strict"]).default("iso").describe("iso keeps the tolerances of ISO/IEC 27001 control 8.31; strict does not."),
    integrity: z
      .enum(["sealed", "as-given"])
      .default("as-given")
      .describe("sealed: seal.json must list every file of this folder, charter included."),
    leastGrade: z
      .enum(GRADES)
      .optional()
      .describe("The least boundary that separates (clause B3). Left out: namespace in profile iso, account in strict."),
    environments: z.array(Environment).min(1).describe("The environments."),
    access: z.array(AccessRule).default([]).describe("Who may do what."),
    promotion: z.array(Promotion).default([]).describe("The way up, stage by stage."),
    freezes: z.array(Freeze).default([]).describe("Times in which nothing is promoted."),
    doors: z.array(Door).default([]).describe("The declared ways across. A door counts only when collected facts prove its guard."),
    shared: z.array(SharedService).default([]).describe("Services that several environments use."),
    custodians: z.array(Custodian).default([]).describe("Who could open everything."),
    maximumCustodians: z.int().min(0).default(3).describe("At most this many people may be custodians."),
    inputs: z.array(Input).default([]).describe("Where the estate's files are."),
    absent: z
      .record(z.string(), Text)
      .default({})
      .describe(
        "Kinds of input that do not exist here, each with its reason: a printed assumption. Keys are gap topics: aws/control-policy.",
      ),
    people: z.array(Person).default([]).describe("People and their accounts."),
    segments: z
      .array(Segment)
      .default([])
      .describe("Segments on premises. Left out: each range of an environment's boundary is one, behind the only firewall that was read."),
    credentials: z.array(Credential).default([]).describe("What stored credentials open."),
    productionTests: z.array(ProductionTest).optional().describe("Tests that may run in production, until a date."),
    rollbackExercises: z.array(RollbackExercise).optional().describe("Ways back that were exercised."),
    exceptions: z.array(Exception).default([]).describe("Accepted findings."),
  })
  .meta({ title: "Bulkhead charter", description: "What an organization declares about its environments." });
export type Charter = z.infer<typeof Charter>;
