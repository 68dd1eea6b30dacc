// Starts the server: keys, database, charter, gate, routes and jobs, in an order in which nothing is answered before it is safe.
import type { AddressInfo } from "node:net";
import type { Signer } from "../ledger/note.ts";
import type { Policy } from "../app/gate/apply.ts";
import { type AttestationTrust, attestationVerifier } from "../app/gate/attestation.ts";
import { type Gate, gate } from "../app/gate/gate.ts";
import { pseudonymKeyIn, signersIn, trustPolicyOf } from "../app/gate/keys.ts";
import { checkpointIn } from "../app/gate/published.ts";
import { firstHead, resigned } from "../app/gate/replica.ts";
import type { Authenticate } from "./http/principal.ts";
import { type HttpOptions, httpServer, type Routes, type Server } from "./http/server.ts";
import { cosignNewest } from "./jobs/cosign.ts";
import { forgetAnswers } from "./jobs/forget.ts";
import { backlog } from "./jobs/queue.ts";
import { runner, type Handler } from "./jobs/runner.ts";
import { settleWaiting } from "./jobs/settle.ts";
import { routesOf } from "./routes.ts";
import { beginLedger, ledgerStore } from "./storage/ledger.ts";
import { openDatabase } from "./storage/open.ts";
import { keepCharter } from "./storage/published.ts";
import type { Database } from "./storage/schema.ts";

/** Sign-in, with what it adds to the server. */
export interface SignIn {
  readonly authenticate: Authenticate;
  readonly check?: NonNullable<HttpOptions["check"]>;
  readonly routes: readonly Routes[];
  readonly jobs?: Readonly<Record<string, Handler>>;
  /** Those of the jobs that recur. */
  readonly recurring?: readonly string[];
}

export interface StartOptions {
  /** Holds the keys, and the embedded database. */
  readonly data: string;
  /** `postgres://…`; the embedded one when absent. */
  readonly database?: string;
  readonly policy: Policy;
  readonly charterText: string;
  /** The ledger's name, for its first start; later the database knows it. */
  readonly origin?: string;
  readonly host: string;
  readonly port: number;
  readonly witnesses?: readonly string[];
  readonly securityContact: string;
  /** Who may sign test results; nobody when absent. */
  readonly attestations?: AttestationTrust;
  readonly http: Omit<HttpOptions, "authenticate" | "check">;
  readonly now?: () => Date;
  readonly signIn: (parts: {
    readonly database: Database;
    readonly gate: Gate;
    readonly policy: Policy;
    readonly now: () => Date;
  }) => Promise<SignIn>;
}

export interface Running {
  readonly app: Server;
  readonly database: Database;
  readonly gate: Gate;
  readonly trustPolicy: string;
  readonly url: string;
  /** Answers what is under way, ends the jobs, and closes the database. */
  close(): Promise<void>;
}

export async function start(options: StartOptions): Promise<Running> {
  const { data, policy, charterText, now = () => new Date() } = options;
  const database = await openDatabase(options.database ?? data);
  try {
    const signers = await ledgerKeys(database, data, options.origin ?? `bulkhead/${policy.charter.organization.name}`);
    await keepCharter(database, { hash: policy.charterHash, text: charterText, at: now().toISOString() });
    const theGate = gate({ store: ledgerStore(database), signers, policy, pseudonymKey: pseudonymKeyIn(data), now });
    // Folds the ledger, and checks its root and signature, before anything is answered.
    await theGate.look(({ ledger }) => ledger.size());
    return await serve(options, database, theGate, trustPolicyOf(signers));
  } catch (cause) {
    await database.close();
    throw cause;
  }
}

/** A ledger is begun at the first start; after a rotation its newest checkpoint is signed by the new key too. */
async function ledgerKeys(database: Database, data: string, origin: string): Promise<readonly [Signer, ...Signer[]]> {
  const head = await ledgerStore(database).read(async (ledger) => ledger.head);
  if (head === undefined) {
    const signers = signersIn(data, origin);
    await beginLedger(database, firstHead(signers));
    return signers;
  }
  const signers = signersIn(data, checkpointIn(head.checkpoint).origin);
  await ledgerStore(database).write(async (ledger) => {
    const again = ledger.head && resigned(ledger.head, signers);
    if (again) await ledger.append({ rows: [], nodes: [], remembered: [], accounts: [], head: again });
  });
  return signers;
}

async function serve(options: StartOptions, database: Database, theGate: Gate, trustPolicy: string): Promise<Running> {
  const { now = () => new Date(), witnesses = [], policy } = options;
  const signIn = await options.signIn({ database, gate: theGate, policy, now });
  let late = { failing: 0, lateMs: 0 };
  const operations = {
    now,
    securityContact: options.securityContact,
    figures: () => [
      { name: "bulkhead_jobs_failing", help: "Jobs that failed last time.", kind: "gauge" as const, value: late.failing },
      {
        name: "bulkhead_jobs_late_seconds",
        help: "How long the oldest job that is due waits.",
        kind: "gauge" as const,
        value: late.lateMs / 1000,
      },
    ],
  };
  const app = await httpServer({ ...options.http, authenticate: signIn.authenticate, ...(signIn.check && { check: signIn.check }) }, [
    ...routesOf({ gate: theGate, database, trustPolicy, attestations: attestationVerifier(options.attestations), operations }),
    ...signIn.routes,
  ]);
  const watch: Handler = async () => {
    late = await backlog(database.kysely, now());
    return new Date(now().getTime() + 10_000);
  };
  const handlers: Readonly<Record<string, Handler>> = {
    settle: settleWaiting(theGate, now),
    watch,
    forget: forgetAnswers(database, now),
    ...(witnesses.length > 0 && { cosign: cosignNewest(database, witnesses, now) }),
    ...signIn.jobs,
  };
  const recurring = Object.keys(handlers).filter((kind) =>
    ["settle", "watch", "forget", "cosign", ...(signIn.recurring ?? [])].includes(kind),
  );
  const jobs = runner({ database, handlers, recurring, now, log: app.log });
  await app.listen({ host: options.host, port: options.port });
  jobs.start();
  const { port } = app.server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    await app.close();
    await jobs.stop();
    await database.close();
  };
  return {
    app,
    database,
    gate: theGate,
    trustPolicy,
    url: `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`,
    close,
  };
}
