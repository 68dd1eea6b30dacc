// The wire format: only the fields used. Sources: Jenkins, "Remote access API"; Configuration as Code, demos; plugins role-strategy and credentials.
import { z } from "zod";

const Text = z.string();
const Optional = Text.nullish();
const Flag = z.boolean().nullish();
const Texts = z.array(Text).nullish();

/** `jenkins.authorizationStrategy` of configuration as code. */
const RoleEntry = z.object({ user: Optional, group: Optional });
const Role = z.object({ name: Text, pattern: Optional, permissions: Texts, entries: z.array(RoleEntry).nullish(), assignments: Texts });
const Roles = z.object({ global: z.array(Role).nullish(), items: z.array(Role).nullish(), agents: z.array(Role).nullish() });
const MatrixWho = z.object({ name: Text, permissions: Texts });
const Matrix = z.object({
  permissions: Texts,
  grantedPermissions: Texts,
  entries: z.array(z.object({ user: MatrixWho.nullish(), group: MatrixWho.nullish() })).nullish(),
});
export const Strategy = z.union([
  Text,
  z.object({ roleBased: z.object({ roles: Roles }) }),
  z.object({ globalMatrix: Matrix }),
  z.object({ projectMatrix: Matrix }),
  z.object({ loggedInUsersCanDoAnything: z.unknown() }),
  z.object({ unsecured: z.unknown() }),
]);

const Permanent = z.object({
  name: Text,
  labelString: Optional,
  mode: Optional,
  nodeProperties: z.array(z.unknown()).nullish(),
});

const Library = z.object({
  name: Text,
  defaultVersion: Optional,
  allowVersionOverride: Flag,
  implicit: Flag,
  retriever: z.unknown().optional(),
});

/** A credential under the symbol of its type; only what names it. */
export const CascCredential = z.record(
  Text,
  z.object({ id: Optional, scope: Optional, description: Optional, audience: Optional, issuer: Optional }).nullable(),
);
export type CascCredential = z.infer<typeof CascCredential>;

export const Casc = z.object({
  jenkins: z
    .object({
      numExecutors: z.int().nullish(),
      authorizationStrategy: Strategy.nullish(),
      securityRealm: z.unknown().optional(),
      nodes: z.array(z.object({ permanent: Permanent.nullish() })).nullish(),
      clouds: z.array(z.record(Text, z.unknown())).nullish(),
    })
    .nullish(),
  credentials: z
    .object({
      system: z.object({ domainCredentials: z.array(z.object({ credentials: z.array(CascCredential).nullish() })).nullish() }).nullish(),
    })
    .nullish(),
  unclassified: z
    .object({
      location: z.object({ url: Optional }).nullish(),
      globalLibraries: z.object({ libraries: z.array(Library).nullish() }).nullish(),
    })
    .nullish(),
  security: z.object({ queueItemAuthenticator: z.object({ authenticators: z.array(z.unknown()).nullish() }).nullish() }).nullish(),
  jobs: z.array(z.unknown()).nullish(),
});
export type Casc = z.infer<typeof Casc>;

/** One of `security.queueItemAuthenticator.authenticators`: the strategy of the whole controller (plugin authorize-project). */
export const GlobalAuthenticator = z.object({ global: z.object({ strategy: z.union([Text, z.record(Text, z.unknown())]) }) });

/** `securityRealm.local`: the users that Jenkins keeps itself. */
export const LocalUsers = z.object({ local: z.object({ users: z.array(z.object({ id: Text })).nullish() }) });

/** `GET …/credentials/store/folder/domain/_/api/json?depth=1`. Never the value: the API has none. */
export const Store = z.object({
  credentials: z.array(z.object({ id: Text, typeName: Optional, displayName: Optional, fullName: Optional })),
});

/** `GET /role-strategy/strategy/getRole?type=projectRoles&roleName=NAME`. */
const Sid = z.union([Text, z.object({ type: Text, sid: Text })]);
export const StrategyRole = z.object({
  permissionIds: z.record(Text, z.boolean()),
  pattern: Optional,
  sids: z.array(Sid),
});

/** `GET /role-strategy/strategy/getAllRoles?type=projectRoles`: who has each role. */
export const AllRoles = z.record(Text, z.array(Sid));

/** `GET /computer/api/json?depth=1`. */
export const Computers = z.object({
  computer: z.array(
    z.object({
      _class: Optional,
      displayName: Text,
      assignedLabels: z.array(z.object({ name: Optional })).nullish(),
      numExecutors: z.int().nullish(),
    }),
  ),
});

/** `GET /api/json?tree=jobs[fullName,_class,…]`: which jobs there are. */
export interface Item {
  readonly _class?: string | null | undefined;
  readonly fullName?: string | null | undefined;
  readonly jobs?: readonly Item[] | null | undefined;
}
export const Item: z.ZodType<Item> = z.object({
  _class: Optional,
  fullName: Optional,
  get jobs() {
    return z.array(Item).nullish();
  },
});
export const Items = z.object({ jobs: z.array(Item) });

/** `GET /asynchPeople/api/json?depth=1`. */
export const People = z.object({ users: z.array(z.object({ user: z.object({ id: Text }) })) });
