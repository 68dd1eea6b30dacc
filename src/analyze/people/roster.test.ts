// Whose an account is: by address, number or the charter's word; and what nobody is known to hold leaves the single-person statement open.
import { describe, expect, test } from "vitest";
import { Charter } from "../../charter/schema.ts";
import type { Entity } from "../../model/entity.ts";
import { indexObservations, type Observation } from "../../model/observation.ts";
import type { IdentityEmployee, IdentityMembers, IdentityUser } from "../../model/observations/identity.ts";
import { fact, type Rule } from "../../model/rule.ts";
import { gapOpens } from "../reach/decide.ts";
import { accountsOfNobody } from "./accounts-of-nobody.ts";
import { rosterOf } from "./roster.ts";

const source = { file: "identity.json", pointer: "/0" };
const accounts = { github: [], gitlab: [] };
const directory = "okta:acme.example";

const charterOf = (people: readonly object[]): Charter =>
  Charter.parse({
    bulkhead: 1,
    organization: { name: "acme" },
    environments: [
      {
        name: "production",
        tier: "production",
        purpose: "x",
        owner: "y",
        data: "personal",
        boundary: { aws: { accounts: ["111122223333"] } },
      },
    ],
    people,
  });

const user = (id: string, more: Partial<IdentityUser> = {}): IdentityUser => ({
  kind: "identity/user",
  directory,
  id,
  userName: `${id}@acme.example`,
  addresses: [`${id}@acme.example`],
  isActive: true,
  accounts,
  source,
  ...more,
});

const employee = (id: string, more: Partial<IdentityEmployee> = {}): IdentityEmployee => ({
  kind: "identity/employee",
  id,
  addresses: [],
  moves: [],
  tellsMoves: false,
  accounts,
  source,
  ...more,
});

const members = (group: string, ...ids: readonly (readonly [IdentityMembers["members"][number]["type"], string])[]): IdentityMembers => ({
  kind: "identity/members",
  directory,
  group,
  members: ids.map(([type, id]) => ({ id, type })),
  source,
});

const group = (id: string, name: string): Observation => ({ kind: "identity/group", directory, id, name, source });

const roster = (people: readonly object[], ...observed: readonly Observation[]) => rosterOf(charterOf(people), indexObservations(observed));

const ann = { id: "ann", name: "Ann", identities: { github: ["ann-acme"], addresses: ["Ann@acme.example"] } };

describe("an account is a person's", () => {
  test("by an address, whatever its case, and so is what is bound to the address elsewhere", () => {
    const link: Observation = {
      kind: "identity/link",
      system: "github",
      organization: "acme",
      account: "ann-second",
      address: "ann@acme.example",
      source,
    };
    const gitlab: Observation = {
      ...{ kind: "gitlab/member", of: "acme", id: 1, username: "ann-gl", level: 30, bot: false, active: true, source },
      addresses: ["ann@acme.example"],
    } as const;
    const binding: Observation = {
      ...{
        kind: "kubernetes/role-binding",
        cluster: "production",
        name: "b",
        labels: {},
        annotations: {},
        role: { type: "ClusterRole", name: "view" },
        source,
      },
      subjects: [
        { type: "User", name: "oidc:ann@acme.example", source },
        { type: "User", name: "bo@acme.example", source },
      ],
    } as const;
    const { charter, gaps } = roster([ann], user("ann", { team: "platform" }), link, gitlab, binding);
    expect(gaps).toEqual([]);
    expect(charter.people).toMatchObject([
      {
        team: "platform",
        identities: {
          github: ["ann-acme", "ann-second"],
          gitlab: ["ann-gl"],
          identityCenter: ["ann@acme.example"],
          kubernetes: ["oidc:ann@acme.example"],
        },
      },
    ]);
  });

  test("by the number in the personnel file, over an address that the charter does not know", () => {
    const found = roster(
      [ann],
      employee("17", { addresses: ["ann@acme.example"], employer: "Contracted B.V." }),
      user("a.ito", { employeeId: "17" }),
    );
    expect(found.gaps).toEqual([]);
    expect(found.members[0]?.users.map(({ id }) => id)).toEqual(["a.ito"]);
    expect(found.charter.people[0]).toMatchObject({ id: "ann", employer: "Contracted B.V." });
  });

  test("by the charter's word", () => {
    const bot = { ...ann, identities: { holds: [`identity:${directory}/svc`] } };
    expect(roster([bot], user("svc")).gaps).toEqual([]);
  });

  test("and whom the personnel file alone knows is asked about too", () => {
    const found = roster(
      [ann],
      employee("18", { name: "Dee Roy", addresses: ["dee@acme.example"], accounts: { github: ["dee"], gitlab: [] } }),
      user("dee"),
    );
    expect(found.gaps).toEqual([]);
    expect(found.charter.people.map(({ id }) => id)).toEqual(["ann", "employee-18"]);
    expect(found.charter.people[1]).toMatchObject({ name: "Dee Roy", identities: { github: ["dee"] } });
  });
});

describe("what is not known of accounts is a gap of the single-person statement alone", () => {
  const opens = (gap: Parameters<typeof gapOpens>[0]) => (["wall", "singlePerson", "data"] as const).filter((each) => gapOpens(gap, each));

  test("an account of nobody, unless it is disabled", () => {
    const { gaps } = roster([ann], user("zoe"), user("old", { isActive: false }));
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.what).toBe(`who signs in as zoe@acme.example of ${directory}`);
    expect(gaps.flatMap(opens)).toEqual(["singlePerson"]);
  });

  test("an account of which nothing says whether it is disabled counts as one that is not", () => {
    const { isActive: _, ...unsaid } = user("zoe");
    expect(roster([ann], unsaid).gaps).toHaveLength(1);
  });

  test("two people of one address", () => {
    const bo = { id: "bo", name: "Bo", identities: { addresses: ["ann@acme.example"] } };
    const { gaps, charter } = roster([ann, bo], user("ann", { accounts: { github: ["other"], gitlab: [] } }));
    expect(gaps.map(({ what }) => what)).toEqual(["which accounts are ann and bo's"]);
    expect(charter.people.flatMap(({ identities }) => identities.github)).toEqual(["ann-acme"]);
  });

  test("a login that the charter gives to another", () => {
    const bo = { id: "bo", name: "Bo", identities: { addresses: ["bo@acme.example"] } };
    const { gaps, charter } = roster([ann, bo], user("bo", { accounts: { github: ["Ann-Acme"], gitlab: [] } }));
    expect(gaps.map(({ what }) => what)).toEqual(["whose Ann-Acme of github is"]);
    expect(charter.people[1]?.identities.github).toEqual([]);
  });

  test("an account of a forge that some rule needs and that nobody holds", () => {
    const entity = (id: string): Entity => ({ id, kind: "account", label: id.slice(id.indexOf("@")), place: {}, source });
    const entities = new Map(["github:@ann-acme", "github:@ghost", "github:@idle"].map((id) => [id, entity(id)]));
    const rule = (id: string): Rule => ({
      family: "test/x",
      needs: [fact("act-as", id)],
      gives: fact("author", "github:acme/shop#change"),
      certainty: "must",
      grants: [],
      how: "x",
      source,
    });
    const gaps = accountsOfNobody(charterOf([ann]), entities, [rule("github:@ann-acme"), rule("github:@ghost")]);
    expect(gaps.map(({ what }) => what)).toEqual(["who has @ghost of github"]);
    expect(gaps.flatMap(opens)).toEqual(["singlePerson"]);
  });
});

describe("groups of a directory", () => {
  const bo = { id: "bo", name: "Bo", groups: ["release"], identities: { addresses: ["bo@acme.example"] } };
  const groupsOf = (...observed: readonly Observation[]) =>
    roster([ann, bo], user("ann"), user("bo"), ...observed).charter.people.map(({ groups }) => groups);

  test("hold whoever is in a group in them", () => {
    const nested = [group("g1", "deployers"), group("g2", "platform"), members("g1", ["group", "g2"]), members("g2", ["user", "ann"])];
    expect(groupsOf(...nested)).toEqual([["deployers", "platform"], ["release"]]);
  });

  test("that hold one another end", () => {
    expect(
      groupsOf(group("g1", "a"), group("g2", "b"), members("g1", ["group", "g2"], ["user", "ann"]), members("g2", ["group", "g1"]))[0],
    ).toEqual(["a", "b"]);
  });

  test("of which some members were not read decide nothing", () => {
    expect(groupsOf(group("g1", "deployers"), group("g2", "platform"), members("g1", ["group", "g2"], ["user", "ann"]))[0]).toEqual([]);
  });

  test("that bear the name of one of the charter's are the charter's to decide", () => {
    expect(groupsOf(group("g1", "release"), members("g1", ["user", "ann"]))).toEqual([[], ["release"]]);
  });

  test("do not hold accounts that are disabled", () => {
    const found = roster([ann], user("ann", { isActive: false }), group("g1", "deployers"), members("g1", ["user", "ann"]));
    expect(found.charter.people[0]?.groups).toEqual([]);
  });

  test("of everyone hold everyone", () => {
    expect(groupsOf(group("g1", "all"), members("g1", ["everyone", "C1"])).map((groups) => groups.includes("all"))).toEqual([true, true]);
  });
});
