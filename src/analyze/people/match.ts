// Which accounts and rows are one person's: whatever shares an address or a personnel number is of one human being.
import type { Charter, Person } from "../../charter/schema.ts";
import type { Observations } from "../../model/observation.ts";
import type { IdentityEmployee, IdentityUser } from "../../model/observations/identity.ts";

/** Everything that is one person's, with the people of the charter among it: one, none, or several by mistake. */
export interface Match {
  readonly people: readonly Person[];
  readonly employees: readonly IdentityEmployee[];
  readonly users: readonly IdentityUser[];
  /** In lower case. */
  readonly addresses: ReadonlySet<string>;
}

type Node =
  | { readonly kind: "person"; readonly person: Person }
  | { readonly kind: "employee"; readonly employee: IdentityEmployee }
  | { readonly kind: "user"; readonly user: IdentityUser };

/** `identity:okta:acme.okta.com/00u1`: how the charter names an account of a directory among what a person holds. */
export const accountId = ({ directory, id }: Pick<IdentityUser, "directory" | "id">): string => `identity:${directory}/${id}`;

const isAddress = (text: string): boolean => /^[^\s@]+@[^\s@]+$/.test(text);

const addressesOf = (person: Person): readonly string[] => [
  ...(person.identities.addresses ?? []),
  // User names of these two are addresses more often than not, and then they are the person's.
  ...[...person.identities.identityCenter, ...person.identities.kubernetes].filter(isAddress),
];

/** What two nodes must share to be of one person. */
function keysOf(node: Node): readonly string[] {
  const address = (text: string): string => `address ${text.toLowerCase()}`;
  const number = (text: string | undefined): readonly string[] => (text === undefined ? [] : [`number ${text}`]);
  switch (node.kind) {
    case "person":
      return [
        ...addressesOf(node.person).map(address),
        ...number(node.person.employeeId),
        ...node.person.identities.holds.filter((id) => id.startsWith("identity:")).map((id) => `account ${id}`),
      ];
    case "employee":
      return [...node.employee.addresses.map(address), ...number(node.employee.id)];
    case "user":
      return [...node.user.addresses.map(address), ...number(node.user.employeeId), `account ${accountId(node.user)}`];
  }
}

/** In the order of the charter's people, then of rows and accounts as they were read. */
export function matchesOf(charter: Charter, observations: Observations): readonly Match[] {
  const nodes: readonly Node[] = [
    ...charter.people.map((person) => ({ kind: "person", person }) as const),
    ...observations("identity/employee").map((employee) => ({ kind: "employee", employee }) as const),
    ...observations("identity/user").map((user) => ({ kind: "user", user }) as const),
  ];
  const byKey = new Map<string, Node[]>();
  for (const node of nodes)
    for (const key of keysOf(node)) {
      const sharing = byKey.get(key);
      if (sharing) sharing.push(node);
      else byKey.set(key, [node]);
    }
  const seen = new Set<Node>();
  return nodes.flatMap((node) => {
    if (seen.has(node)) return [];
    const found = new Set([node]);
    for (const at of found) for (const key of keysOf(at)) for (const next of byKey.get(key) ?? []) found.add(next);
    for (const each of found) seen.add(each);
    return [matchOf([...found])];
  });
}

function matchOf(nodes: readonly Node[]): Match {
  const addresses = nodes.flatMap(keysOf).flatMap((key) => (key.startsWith("address ") ? [key.slice("address ".length)] : []));
  return {
    people: nodes.flatMap((node) => (node.kind === "person" ? [node.person] : [])),
    employees: nodes.flatMap((node) => (node.kind === "employee" ? [node.employee] : [])),
    users: nodes.flatMap((node) => (node.kind === "user" ? [node.user] : [])),
    addresses: new Set(addresses),
  };
}
