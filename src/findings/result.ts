// The result of a check: stable JSON with a published schema. Fields may be added, never changed.
import { z } from "zod";
import { CAPABILITIES } from "../model/rule.ts";

export const Verdict = z.enum(["separated", "violated", "unknown", "not-applicable", "not-checked"]);
export type Verdict = z.infer<typeof Verdict>;

export const Severity = z.enum(["critical", "high", "medium", "low"]);
export type Severity = z.infer<typeof Severity>;

export const SourceSchema = z.object({
  file: z.string(),
  pointer: z.string().optional(),
  document: z.number().optional(),
  line: z.number().optional(),
});

export const FactSchema = z.object({ capability: z.enum(CAPABILITIES), entity: z.string() });

/** One step of a witness. `id` counts from 1; `needs` names earlier steps; a step without needs is a source or an unconditional rule. */
export const Step = z.object({
  id: z.number(),
  gives: FactSchema,
  needs: z.array(z.number()),
  from: z.string(),
  to: z.string(),
  /** Rule family; `source` for the starting point. */
  rule: z.string(),
  how: z.string(),
  grant: z.string().optional(),
  /**
   * Where a step rests on several elements (a connection: rules of groups, routes, peerings, attachments, network ACLs), each of them, in order; and
   * where statements of policies decide it, each of those.
   */
  through: z
    .array(
      z.object({
        grant: z.string(),
        label: z.string(),
        change: z.string(),
        source: SourceSchema,
        /** Of a policy: number of the statement, from 1. */
        statement: z.int().positive().optional(),
      }),
    )
    .optional(),
  certainty: z.enum(["must", "may"]),
  because: z.string().optional(),
  source: SourceSchema,
});
export type Step = z.infer<typeof Step>;

export const Finding = z.object({
  /** Fingerprint: hash of (check, crossing grant, from-environment, to-environment), 12 hexadecimal digits. */
  id: z.string(),
  check: z.string(),
  clause: z.string(),
  severity: Severity,
  verdict: z.enum(["violated", "unknown"]),
  title: z.string(),
  /** The concrete sentence: `Any branch of acme/shop can act as role/deploy-production`. */
  summary: z.string(),
  fromEnvironment: z.string().optional(),
  toEnvironment: z.string().optional(),
  from: z.string(),
  to: z.string(),
  grant: z.string().optional(),
  /** How many facts cross by this grant; how many people can start it. */
  count: z.number(),
  people: z.array(z.string()),
  /** The statements that this way breaks; empty for a finding about the charter or a single thing. */
  statements: z.array(z.enum(["wall", "singlePerson", "data"])),
  /** The finding from below that crosses by the same grant: mending it mends this one. */
  cause: z.string().optional(),
  path: z.array(Step),
  /** What to change, each an instruction. */
  cut: z.array(z.string()),
  remediation: z.string(),
  frameworks: z.array(z.string()),
  source: SourceSchema.optional(),
  /** The exception that accepts it, while it lasts. */
  exception: z.object({ owner: z.string(), reason: z.string(), control: z.string(), expires: z.string(), expired: z.boolean() }).optional(),
});
export type FindingSource = z.infer<typeof SourceSchema>;
export type Finding = z.infer<typeof Finding>;

export const GapSchema = z.object({
  topic: z.string(),
  subject: z.string(),
  what: z.string(),
  why: z.string(),
  clauses: z.array(z.string()),
  source: SourceSchema.optional(),
});

export const Closure = z.object({
  statement: z.enum(["wall", "singlePerson", "data"]),
  /** Environment, or the people of the class. */
  from: z.array(z.string()),
  sources: z.array(z.string()),
  /** Every fact in the closure, sorted, as `CAPABILITY ENTITY`. */
  closed: z.array(z.string()),
});
export type Closure = z.infer<typeof Closure>;

export const Certificate = z.object({
  bulkhead: z.literal("certificate/1"),
  version: z.string(),
  asOf: z.string(),
  charter: z.string(),
  estate: z.string(),
  rules: z.string(),
  /** Hash of the membership of entities in environments. */
  membership: z.string(),
  statements: z.array(z.enum(["wall", "singlePerson", "data"])),
  closures: z.array(Closure),
  gaps: z.array(z.string()),
  assumptions: z.array(z.string()),
});
export type Certificate = z.infer<typeof Certificate>;

export const CutChange = z.object({
  grant: z.string(),
  change: z.enum(["remove", "narrow", "add"]),
  label: z.string(),
  instruction: z.string(),
  closes: z.array(z.string()),
  source: SourceSchema.optional(),
});

/** Findings that one change mends, or that stand on the same thing: told as one, with whoever owns it. */
export const Group = z.object({
  /** The finding that is told first. */
  id: z.string(),
  /** What they have in common: `trust policy of role/deploy-production`. */
  cause: z.string(),
  grant: z.string().optional(),
  /** What to change. */
  instruction: z.string().optional(),
  findings: z.array(z.string()),
  people: z.array(z.string()),
  /** Absent: nothing that was read says whose it is. */
  owner: z
    .object({
      who: z.string(),
      /** `team with admin access to acme/shop`, `the charter's owner of production`. */
      by: z.string(),
    })
    .optional(),
  source: SourceSchema.optional(),
});
export type Group = z.infer<typeof Group>;

export const CheckResult = z.object({
  bulkhead: z.string(),
  profile: z.enum(["iso", "strict"]),
  organization: z.string(),
  asOf: z.string(),
  charter: z.object({ hash: z.string(), file: z.string() }),
  estate: z.object({
    hash: z.string(),
    files: z.number(),
    manifests: z.array(z.object({ file: z.string(), scope: z.record(z.string(), z.string()), signed: z.boolean(), denied: z.number() })),
    collected: z.tuple([z.string(), z.string()]).nullable(),
    asGiven: z.array(z.string()),
    systems: z.array(z.object({ system: z.string(), scope: z.string(), entities: z.number() })),
    counts: z.object({ entities: z.number(), rules: z.number(), people: z.number() }),
  }),
  verdict: Verdict,
  exceptions: z.number(),
  /** When only new findings are reported: how many known ones are left out, and the date of the result they are known from. */
  baseline: z.object({ known: z.number(), asOf: z.string() }).optional(),
  statements: z.object({ wall: Verdict, singlePerson: Verdict, data: Verdict }),
  clauses: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      verdict: Verdict,
      findings: z.array(z.string()),
      reason: z.string().optional(),
      /** What was seen, whatever the verdict: what the history of deployments tells, for one. */
      shown: z.array(z.string()).optional(),
    }),
  ),
  environments: z.array(
    z.object({
      name: z.string(),
      tier: z.string(),
      entities: z.number(),
      /** Its grade, the weakest part of the declared boundary: account, cluster, namespace, name-pattern, tag; `empty` without any part. */
      boundary: z.string(),
      /** Why it is not known what the boundary holds. */
      boundaryUnread: z.string().optional(),
      /** Walled from its peers too. */
      isolated: z.boolean().optional(),
    }),
  ),
  /** The declared ways across; whether their guard holds is for the findings to say. */
  doors: z
    .array(
      z.object({
        kind: z.enum(["gate", "mask", "break-glass"]),
        name: z.string(),
        from: z.string().optional(),
        to: z.string(),
        /** The entity that carries it out: deployer, runner, or the role that is taken. */
        through: z.string(),
        /** A gate: the approvals that its stage asks for. */
        approvals: z.number().optional(),
        /** Break-glass: the longest session. */
        maximumMinutes: z.number().optional(),
      }),
    )
    .optional(),
  /** What several environments use. */
  shared: z.array(z.object({ name: z.string(), purpose: z.string(), serves: z.array(z.string()) })).optional(),
  findings: z.array(Finding),
  /** Every finding in one group, in the order of the first of each. */
  groups: z.array(Group).optional(),
  gaps: z.array(GapSchema),
  assumptions: z.array(z.string()),
  custodians: z.array(z.object({ who: z.string(), role: z.string(), of: z.array(z.string()), controls: z.array(z.string()) })),
  notModeled: z.array(z.string()),
  cut: z.object({ changes: z.array(CutChange), size: z.number(), lowerBound: z.number(), complete: z.boolean() }).nullable(),
  unrecognized: z.array(z.object({ file: z.string(), why: z.string() })),
  certificate: Certificate.nullable(),
});
export type CheckResult = z.infer<typeof CheckResult>;
