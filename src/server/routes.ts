// Every plugin of routes, in the order in which the document of the interface shows them.
import type { AttestationVerifier } from "../app/gate/attestation.ts";
import type { Gate } from "../app/gate/gate.ts";
import { admissionRoutes } from "./http/admission.ts";
import { ledgerRoutes } from "./http/ledger.ts";
import { type Operations, operationRoutes } from "./http/operations.ts";
import { promotionRoutes } from "./http/promotions.ts";
import type { Routes } from "./http/server.ts";
import type { Database } from "./storage/schema.ts";

export interface Parts {
  readonly gate: Gate;
  readonly database: Database;
  /** For the ledger's readers. */
  readonly trustPolicy: string;
  readonly attestations: AttestationVerifier;
  readonly operations: Omit<Operations, "gate">;
}

export const routesOf = ({ gate, database, trustPolicy, attestations, operations }: Parts): readonly Routes[] => [
  promotionRoutes(gate, attestations),
  ledgerRoutes(database, trustPolicy),
  admissionRoutes(gate),
  operationRoutes({ ...operations, gate }),
];
