// The tables of who may come in. Secrets stand here as hashes, or sealed with a key that is not in the database.

export interface AccountRow {
  readonly id: string;
  /** `local`, or the issuer of single sign-on. */
  readonly origin: string;
  /** The name to sign in with, or the subject at the issuer. */
  readonly handle: string;
  /** The charter's id of the person; empty when nobody is known to hold the account. Then it looks, and approves nothing. */
  readonly person: string;
  readonly name: string;
  readonly email: string;
  /** JSON: roles given here. Single sign-on brings its own with every sign-in. */
  readonly roles: string;
  /** An argon2id hash in PHC form; empty: no password. */
  readonly password: string;
  /** The TOTP key, sealed; empty: none. */
  readonly totp: string;
  readonly totp_confirmed: number;
  /** Who stands for its being that person's: another than who made it. Empty: it looks, and approves nothing. */
  readonly vouched_by: string;
  readonly created: string;
  readonly created_by: string;
  readonly disabled: number;
}

export interface PasskeyRow {
  readonly id: string;
  readonly account: string;
  readonly name: string;
  readonly public_key: Uint8Array;
  readonly counter: number;
  readonly transports: string;
  readonly created: string;
  readonly used: string;
}

export interface SessionRow {
  /** SHA-256 of what the cookie holds. */
  readonly id: string;
  readonly account: string;
  readonly roles: string;
  readonly created: string;
  readonly seen: string;
  readonly expires: string;
  readonly method: string;
  /** The id token of single sign-on, to end the session at its provider too. */
  readonly hint: string;
}

export interface TokenRow {
  readonly id: string;
  /** SHA-256 of the token. */
  readonly hash: string;
  readonly account: string;
  readonly name: string;
  readonly roles: string;
  readonly created: string;
  readonly expires: string;
  readonly used: string;
  readonly revoked: string;
}

/** What waits for its second half: a way to the provider and back, a challenge, an invitation. */
export interface PendingRow {
  readonly id: string;
  readonly purpose: string;
  readonly payload: string;
  readonly until: string;
}

export interface SpentRow {
  readonly id: string;
  readonly until: string;
}

export interface FailureRow {
  readonly id: string;
  readonly failures: number;
  /** Until when nobody is let in, and after which the failures are forgotten. */
  readonly until: string;
}

/** What happened to accounts, for the auditor. */
export interface EventRow {
  readonly id: string;
  readonly at: string;
  readonly what: string;
  readonly account: string;
  readonly by: string;
  readonly detail: string;
}

export interface SignInTables {
  readonly sign_in_account: AccountRow;
  readonly sign_in_passkey: PasskeyRow;
  readonly sign_in_session: SessionRow;
  readonly sign_in_token: TokenRow;
  readonly sign_in_pending: PendingRow;
  readonly sign_in_spent: SpentRow;
  readonly sign_in_failure: FailureRow;
  readonly sign_in_event: EventRow;
}
