// The fields of a masking certificate's statement that are used (src/mask/certificate/statement.ts writes it).
import { z } from "zod";

export const PREDICATE = "urn:bulkhead:masking:1";

const Count = z.int().nonnegative();

export const Statement = z.object({
  subject: z.array(z.object({ name: z.string() })).length(1),
  predicateType: z.literal(PREDICATE),
  predicate: z.object({
    source: z.object({ name: z.string() }),
    finishedAt: z.iso.datetime(),
    handling: z
      .object({ purpose: z.string(), requestedBy: z.string(), approvedBy: z.string(), environment: z.string(), deleteBy: z.iso.date() })
      .optional(),
    verification: z
      .object({
        at: z.iso.datetime(),
        verdict: z.enum(["separated", "violated", "unknown"]),
        leaks: z.array(z.object({ from: z.string(), to: z.string(), inside: z.boolean(), found: Count })),
        unmasked: z.array(z.object({ column: z.string(), rows: Count, equal: Count })),
        gaps: z.array(z.string()),
      })
      .optional(),
  }),
});
