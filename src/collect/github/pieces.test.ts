// An organization read in full: no gap; and with any one answer missing, exactly the gap that it leaves.
import { describe, expect, test } from "vitest";
import { type Answer, readAll } from "./fixtures/read.ts";

interface Piece extends Answer {
  readonly call: string;
  readonly document: unknown;
  /** `topic subject` of the one gap that its absence leaves. None: only who asked knows that it is missing, and the plane sees no answer. */
  readonly leaves?: string;
}

const user = (login: string, id: number): object => ({ login, id, type: "User" });
const of = (key: string, ...list: readonly object[]): object => ({ total_count: list.length, [key]: list });

const PIECES: readonly Piece[] = [
  { call: "GET /orgs/acme", document: { login: "acme", id: 1, default_repository_permission: "none" } },
  { call: "GET /orgs/acme/members", document: [user("alice", 1), user("bob", 2)], leaves: "github/member github:acme" },
  { call: "GET /orgs/acme/members?role=admin", document: [user("alice", 1)], leaves: "github/member github:acme" },
  { call: "GET /orgs/acme/teams", document: [{ id: 7, slug: "platform", permission: "pull" }] },
  { call: "GET /orgs/acme/teams/platform/members", document: [user("bob", 2)], leaves: "github/team github:acme#team/platform" },
  { call: "GET /orgs/acme/repos", document: [{ full_name: "acme/shop" }] },
  {
    call: "GET /repos/acme/shop",
    document: { id: 9, full_name: "acme/shop", default_branch: "main", private: true, archived: false },
    leaves: "github/repository github:acme/shop",
  },
  {
    call: "GET /repos/acme/shop/environments",
    document: of("environments", {
      name: "production",
      can_admins_bypass: false,
      protection_rules: [],
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    }),
  },
  {
    call: "GET /repos/acme/shop/environments/production/deployment-branch-policies",
    document: of("branch_policies", { name: "main", type: "branch" }),
    leaves: "github/environment-branch-policies github:acme/shop#environment/production",
  },
  {
    call: "GET /repos/acme/shop/environments/production/deployment_protection_rules",
    document: of("custom_deployment_protection_rules", { enabled: true, app: { id: 3, slug: "gatekeeper" } }),
  },
  { call: "GET /repos/acme/shop/rulesets", document: [{ id: 42, name: "main", target: "branch", enforcement: "active" }] },
  {
    call: "GET /repos/acme/shop/rulesets/42",
    document: {
      id: 42,
      name: "main",
      target: "branch",
      source_type: "Repository",
      enforcement: "active",
      conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
      rules: [{ type: "deletion" }],
      bypass_actors: [],
    },
    leaves: "github/ruleset github:acme/shop",
  },
  { call: "GET /orgs/acme/actions/secrets", document: of("secrets", { name: "TOKEN", visibility: "selected" }) },
  {
    call: "GET /orgs/acme/actions/secrets/TOKEN/repositories",
    document: of("repositories", { full_name: "acme/shop" }),
    leaves: "github/secret github:acme#secret/TOKEN",
  },
  { call: "GET /orgs/acme/actions/variables", document: of("variables", { name: "ROLE", value: "deploy", visibility: "selected" }) },
  {
    call: "GET /orgs/acme/actions/variables/ROLE/repositories",
    document: of("repositories", { full_name: "acme/shop" }),
    leaves: "github/variable github:acme#variable/ROLE",
  },
  {
    call: "GET /orgs/acme/actions/runner-groups",
    document: of("runner_groups", { id: 2, name: "deployers", visibility: "selected", allows_public_repositories: false }),
  },
  {
    call: "GET /orgs/acme/actions/runner-groups/2/repositories",
    document: of("repositories", { full_name: "acme/shop" }),
    leaves: "github/runner-group github:acme",
  },
];

const gapsOf = (pieces: readonly Answer[]): readonly string[] => readAll(pieces).gaps.map((gap) => `${gap.topic} ${gap.subject}`);

describe("an organization read in full", () => {
  test("has no gap", () => {
    expect(gapsOf(PIECES)).toEqual([]);
  });

  test("has none either when its answers come in another order", () => {
    expect(gapsOf(PIECES.toReversed())).toEqual([]);
  });

  test.each(PIECES)("without $call", ({ call, leaves }) => {
    expect(gapsOf(PIECES.filter((piece) => piece.call !== call))).toEqual(leaves === undefined ? [] : [leaves]);
  });

  test.each(PIECES)("without $call there is less, never more", ({ call }) => {
    const whole = readAll(PIECES).observations;
    const rest = readAll(PIECES.filter((piece) => piece.call !== call)).observations;
    expect(JSON.stringify(rest)).not.toBe(JSON.stringify(whole));
    const kinds = (all: typeof whole): readonly string[] => all.map((each) => each.kind).toSorted();
    for (const kind of new Set(kinds(rest)))
      expect(kinds(rest).filter((each) => each === kind).length, kind).toBeLessThanOrEqual(
        kinds(whole).filter((each) => each === kind).length,
      );
  });
});
