// The request of `bulkhead iam evaluate`: who asks to do what to which resource, under every kind of policy.
import { z } from "zod";

/** A policy document as AWS prints it. The policy grammar is held to when it is compiled. */
const Document = z.record(z.string(), z.json());

/** A document, a document with a name to call it by, or the word `unread` for one that exists and could not be read. */
const Policy = z.union(
  [
    z.literal("unread"),
    z.strictObject({ name: z.string(), document: Document }),
    Document.refine((value) => value["Statement"] !== undefined),
  ],
  'a policy is a document with a Statement, { "name": …, "document": … }, or "unread"',
);
export type Policy = z.infer<typeof Policy>;

const Account = z.string().regex(/^\d{12}$/, "an AWS account id has twelve digits, in quotes");

/** Where control policies are attached: the root, a unit, the account. An empty list of policies denies everything. */
const Level = z.strictObject({ target: z.string(), policies: z.array(Policy) });
export type Level = z.infer<typeof Level>;

const ContextValue = z.union(
  [z.string(), z.number(), z.boolean(), z.null(), z.array(z.union([z.string(), z.number(), z.boolean()]))],
  "a context value is a text, a number, true or false, a list of them, or null for an absent key",
);

export const EvaluationRequest = z.strictObject({
  /**
   * ARN of a role, session (`assumed-role/NAME/SESSION`), user, federated user, account root or identity provider; a service
   * (`lambda.amazonaws.com`); or `*` for an anonymous caller.
   */
  principal: z.union(
    [
      z.string(),
      z.strictObject({
        arn: z.string(),
        /** Name of the role's session, where `arn` is the role's (with its path). */
        session: z.string().optional(),
        /** Account behind a service or provider; default: the resource's. */
        account: Account.optional(),
        tags: z.record(z.string(), z.string()).optional(),
      }),
    ],
    'write it as an ARN, or as { "arn": …, "session": …, "tags": … }',
  ),
  action: z.string().regex(/^[A-Za-z0-9-]+:[A-Za-z0-9]+$/, "write the action as service:Action, without wildcards"),
  resource: z.union(
    [
      z.string(),
      z.strictObject({
        arn: z.string(),
        /** Needed where the ARN names none, as for a bucket. */
        account: Account.optional(),
        tags: z.record(z.string(), z.string()).optional(),
        /** Customer managed KMS key that encrypts it: reading then needs kms:Decrypt too, under `policies.key`. */
        key: z.string().optional(),
      }),
    ],
    'write it as an ARN, or as { "arn": …, "account": …, "tags": …, "key": … }',
  ),
  /** Condition keys of the request. `null`: the key is not in the request. A list: a multivalued key. */
  context: z.record(z.string(), ContextValue).optional(),
  /** Whether a key that stands neither in `context` nor follows from principal and resource is absent. Otherwise it is unknown, and stays residual. */
  contextIsComplete: z.boolean().optional(),
  organization: z
    .strictObject({
      id: z.string(),
      managementAccount: Account,
      /** Member account → ids above it, from the root down. */
      accounts: z.record(z.string(), z.array(z.string())),
    })
    .optional(),
  policies: z.strictObject({
    identity: z.array(Policy).optional(),
    /** Group → its policies. */
    groups: z.record(z.string(), z.array(Policy)).optional(),
    boundary: Policy.optional(),
    session: z.array(Policy).optional(),
    /** Levels from the root down to the principal's account. Absent: service control policies are not in use. */
    serviceControl: z.array(Level).optional(),
    /** Levels from the root down to the resource's account. RCPFullAWSAccess, which AWS attaches to each, need not be written. */
    resourceControl: z.array(Level).optional(),
    /** Bucket policy, key policy, a role's trust policy, … */
    resource: Policy.optional(),
    /** Of the key that `resource.key` names. */
    key: Policy.optional(),
    /** Of the VPC endpoint that the request comes through. Absent: none, or AWS's default of full access. */
    endpoint: Policy.optional(),
  }),
});
export type EvaluationRequest = z.infer<typeof EvaluationRequest>;
