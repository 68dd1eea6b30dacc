// Ids of what the identity plane names outside AWS, and the shared words of its sentences.
import type { AwsEstate, Role } from "./estate.ts";
import type { Caller } from "./context.ts";

export const clusterId = (name: string): string => `k8s:${name}`;

export const serviceAccountId = (cluster: string, namespace: string, name: string): string =>
  `k8s:${cluster}/${namespace}/ServiceAccount/${name}`;

export const doorId = (name: string): string => `door:${name}`;

/** Stands for what could not be listed in an account: it may hold anything. */
export const unreadId = (account: string, subject: string): string => `arn:aws:iam::${account}:root#unread/${subject}`;

/** `role/ci of account 222222222222`, the account only where it differs. */
export const named = (caller: Pick<Caller, "label" | "account" | "type">, from?: string): string =>
  from === undefined || from === caller.account || caller.type === "root" ? caller.label : `${caller.label} of account ${caller.account}`;

export const roleIn = (role: Role, from: string): string =>
  role.account === from ? role.label : `${role.label} of account ${role.account}`;

export const accountOf = (arn: string): string | undefined => /^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/.exec(arn)?.[1];

/** The role with this ARN; a role named without its path is found by account and name. */
export const findRole = (estate: AwsEstate, arn: string): Role | undefined => estate.roles.find((role) => role.arn === arn);

/** What an ARN calls the thing: `role/ci`, `snapshot:orders`. */
export const nameOfArn = (arn: string): string => arn.split(":").slice(5).join(":") || arn;
