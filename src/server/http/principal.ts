// Who asks: what authentication finds out about a request, and what routes are open to whom.
import type { FastifyRequest } from "fastify";

/** A guest is an account that stands for nobody the charter knows: it looks. */
export const ROLES = [
  "developer",
  "release-manager",
  "environment-owner",
  "reviewer",
  "auditor",
  "administrator",
  "pipeline",
  "guest",
] as const;
export type Role = (typeof ROLES)[number];

export interface Principal {
  /** `person:ID` of the charter or an account of theirs; for a pipeline the subject of its token. The ledger writes it. */
  readonly subject: string;
  readonly kind: "person" | "pipeline";
  readonly roles: ReadonlySet<Role>;
}

/** Finds out who asks; undefined when nobody is named. Throws a ProblemError 401 when what is shown does not hold. */
export type Authenticate = (request: FastifyRequest) => Promise<Principal | undefined>;

/** Whoever is not named here is refused. `signed-in`: any role. */
export type Access = "public" | "signed-in" | readonly Role[];

declare module "fastify" {
  interface FastifyContextConfig {
    /** Every route says it; one that does not stops the server from starting. */
    access?: Access;
  }
  interface FastifyRequest {
    principal: Principal | undefined;
  }
}

export const mayUse = (access: Access, principal: Principal | undefined): boolean =>
  access === "public" ||
  (principal !== undefined && (access === "signed-in" ? principal.roles.size > 0 : access.some((role) => principal.roles.has(role))));
