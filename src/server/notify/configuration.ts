// Whom to tell what happens at the gate: a webhook that is signed, a chat that takes Slack's form, or e-mail.
import { z } from "zod";

const Variable = z.string().regex(/^[A-Z][A-Z0-9_]*$/, "the name of an environment variable: a secret does not stand in a configuration");
export const EVENTS = ["promotion.waiting", "promotion.approved", "promotion.refused", "promotion.deployed"] as const;
export type EventKind = (typeof EVENTS)[number];

const common = {
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,49}$/)
    .describe("Its name here."),
  events: z
    .array(z.enum(EVENTS))
    .min(1)
    .default([...EVENTS])
    .describe("What it is told."),
  environments: z.array(z.string().min(1)).optional().describe("Only about promotions to these. Left out: all."),
};

export const Target = z.discriminatedUnion("kind", [
  z.strictObject({
    ...common,
    kind: z.literal("webhook"),
    url: z.url({ protocol: /^https?$/ }),
    secretFrom: Variable.describe("The environment variable with the secret that signs."),
  }),
  z.strictObject({
    ...common,
    kind: z.literal("slack"),
    urlFrom: Variable.describe("The environment variable with the incoming webhook's address, which is a secret."),
  }),
  z.strictObject({
    ...common,
    kind: z.literal("email"),
    from: z.email(),
    to: z.array(z.email()).min(1),
    smtp: z
      .string()
      .regex(/^smtps?:\/\/[^\s/?#@]+$/)
      .describe("smtps://mail.acme.example:465, or smtp://…:587, which must then offer STARTTLS."),
    user: z.string().optional(),
    passwordFrom: Variable.optional(),
  }),
]);
export type Target = z.infer<typeof Target>;

export const Notifications = z.strictObject({
  targets: z.array(Target).default([]),
  allowedNetworks: z
    .array(z.union([z.cidrv4(), z.cidrv6()]))
    .default([])
    .describe("Private networks in which targets may be. Left out: public addresses only."),
});
export type Notifications = z.infer<typeof Notifications>;
