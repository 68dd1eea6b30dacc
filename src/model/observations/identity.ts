// What the identity collector reads: accounts and groups of an identity provider, and the rows of a personnel file.
import type { Source } from "../source.ts";

interface Read {
  readonly source: Source;
}

/** Accounts that a directory or a personnel file says someone has elsewhere. */
export interface DeclaredAccounts {
  readonly github: readonly string[];
  readonly gitlab: readonly string[];
}

/** An account of an identity provider. */
export interface IdentityUser extends Read {
  readonly kind: "identity/user";
  /** `okta:acme.okta.com`; without a scope and an address of its own, `okta`. */
  readonly directory: string;
  readonly id: string;
  readonly userName: string;
  /** Addresses by which others know it, the user name where it is one. */
  readonly addresses: readonly string[];
  readonly name?: string;
  /** Absent: the answer does not say. A locked account, or one whose password is over, is active: its owner can come back in. */
  readonly isActive?: boolean;
  /** In the provider's words: `DEPROVISIONED`, `suspended`. */
  readonly status?: string;
  /** Invited from another tenant. */
  readonly isGuest?: true;
  readonly employeeId?: string;
  readonly employer?: string;
  readonly team?: string;
  readonly country?: string;
  /** Last day, where the provider holds it. */
  readonly end?: string;
  readonly accounts: DeclaredAccounts;
}

export interface IdentityGroup extends Read {
  readonly kind: "identity/group";
  readonly directory: string;
  readonly id: string;
  readonly name: string;
  readonly address?: string;
}

/** One answer about who is in a group; a group of many has several. */
export interface IdentityMembers extends Read {
  readonly kind: "identity/members";
  readonly directory: string;
  /** Id of the group, or its address. */
  readonly group: string;
  /** `everyone`: all accounts of the directory. `other`: a device or a service, nobody's. */
  readonly members: readonly { readonly id: string; readonly type: "user" | "group" | "everyone" | "other"; readonly address?: string }[];
}

/** A row of the personnel file: a person, whether or not they have an account. */
export interface IdentityEmployee extends Read {
  readonly kind: "identity/employee";
  /** Number in the personnel file. */
  readonly id?: string;
  readonly addresses: readonly string[];
  readonly name?: string;
  /** Absent: no column says. */
  readonly status?: "active" | "left";
  readonly team?: string;
  /** As written: a number or an address. */
  readonly manager?: string;
  readonly employer?: string;
  readonly country?: string;
  readonly start?: string;
  /** Last day. */
  readonly end?: string;
  /** Changes of team, the earliest first. */
  readonly moves: readonly { readonly on?: string; readonly from?: string; readonly to?: string }[];
  /** Whether the table has a column for them: without one nothing says who moved. */
  readonly tellsMoves: boolean;
  readonly accounts: DeclaredAccounts;
}

/** Whose sign-in a forge's account is bound to. */
export interface IdentityLink extends Read {
  readonly kind: "identity/link";
  readonly system: "github";
  readonly organization: string;
  readonly account: string;
  /** Name identifier of the sign-in, nearly always an address. */
  readonly address: string;
}

/** One page of an answer: `next` is the address of the one after it, `total` what the answer says there is in all. */
export interface IdentityPage extends Read {
  readonly kind: "identity/page";
  readonly directory: string;
  readonly what: "users" | "groups" | "members";
  /** For members. */
  readonly group?: string;
  readonly call?: string;
  readonly count: number;
  readonly next?: true;
  readonly total?: number;
}

export type IdentityObservation = IdentityUser | IdentityGroup | IdentityMembers | IdentityEmployee | IdentityLink | IdentityPage;
