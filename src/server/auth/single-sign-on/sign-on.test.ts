// Single sign-on against a real provider: who comes in as whom, and what an intruder's answer gets.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Directory } from "../../../charter/directory.ts";
import { onBothDatabases } from "../../storage/databases-support.ts";
import { disableAccount, effectiveRoles, subjectOf } from "../accounts.ts";
import { localOn } from "../sign-in-support.ts";
import { SingleSignOn } from "./configuration.ts";
import { startProvider, type TestProvider, walkThrough } from "./provider-support.ts";
import { CALLBACK, signOn } from "./sign-on.ts";

const ORIGIN = "http://127.0.0.1:9";
const BACK = `${ORIGIN}${CALLBACK}`;
const DIRECTORY: Directory = {
  personOf: (account) => (account === "sso:@ann" || account === "sso:@ann@acme.example" ? "ann" : undefined),
  isMeantBy: () => false,
  everyone: () => [],
};

let provider: TestProvider;
beforeAll(async () => void (provider = await startProvider(BACK)));
afterAll(() => provider.stop());
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

onBothDatabases("single sign-on", (databases) => {
  const started = async (more: object = {}) => {
    const { local, clock, database } = await localOn(await databases.fresh());
    open.push(database);
    provider.people.clear();
    provider.people.set("ann", { groups: ["approvers"], name: "Ann", email: "ann@acme.example", email_verified: true });
    const configured = SingleSignOn.parse({
      issuer: provider.url,
      clientId: provider.clientId,
      clientSecretFrom: "BULKHEAD_SSO_SECRET",
      roles: { approvers: ["reviewer"], "the-admins": ["administrator"] },
      ...more,
    });
    const sign = signOn({
      provider: configured,
      clientSecret: provider.clientSecret,
      origin: ORIGIN,
      store: local.store,
      directory: DIRECTORY,
    });
    const come = async (who: string) => {
      const { url, binding } = await sign.begin();
      return { search: new URL(await walkThrough(url, who, BACK)).search, binding };
    };
    return { sign, come, store: local.store, clock };
  };

  test("a person of the charter comes in as that person, with the roles of their groups", async () => {
    const { sign, come, store } = await started();
    const { search, binding } = await come("ann");
    expect(new URLSearchParams(search).get("iss")).toBe(provider.url);
    const { account, roles, idToken } = await sign.finish(search, binding);
    expect([subjectOf(account), roles, account.email]).toEqual(["person:ann", ["reviewer"], "ann@acme.example"]);
    expect([...(await effectiveRoles(store, account, roles))]).toEqual(["reviewer"]);
    const end = new URL((await sign.end(idToken)) as string);
    expect([end.origin, end.searchParams.get("post_logout_redirect_uri")]).toEqual([provider.url, `${ORIGIN}/`]);
  });

  test("again, it is the same account with today's roles; disabled it stays out", async () => {
    const { sign, come, store } = await started();
    const first = await come("ann");
    const { account } = await sign.finish(first.search, first.binding);
    provider.people.set("ann", { groups: ["the-admins", "__proto__", "others"] });
    const second = await come("ann");
    const again = await sign.finish(second.search, second.binding);
    expect([again.account.id, again.roles]).toEqual([account.id, ["administrator"]]);
    await disableAccount(store, account.id, "ada");
    const third = await come("ann");
    await expect(sign.finish(third.search, third.binding)).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("a stranger to the charter looks, and in no group of ours is nobody", async () => {
    const { sign, come, store } = await started();
    provider.people.set("eve", { groups: ["approvers"] });
    const eve = await come("eve");
    const signed = await sign.finish(eve.search, eve.binding);
    expect(subjectOf(signed.account)).toBe(`sso:${provider.url}:@eve`);
    expect([...(await effectiveRoles(store, signed.account, signed.roles))]).toEqual(["guest"]);
    provider.people.set("bob", { groups: "approvers" });
    const bob = await come("bob");
    expect((await sign.finish(bob.search, bob.binding)).roles).toEqual([]);
  });

  test("an address of e-mail names a person only when the provider verified it", async () => {
    const { sign, come } = await started({ personClaim: "email" });
    const verified = await come("ann");
    expect((await sign.finish(verified.search, verified.binding)).account.person).toBe("ann");
    provider.people.set("eve", { groups: ["approvers"], email: "ann@acme.example", email_verified: false });
    const claimed = await come("eve");
    expect((await sign.finish(claimed.search, claimed.binding)).account.person).toBe("");
  });

  test("an answer holds once, in the browser that asked, in ten minutes, from this provider, unchanged", async () => {
    const { sign, come, clock } = await started();
    const refused = { code: "BAD_CREDENTIAL" };
    const one = await come("ann");
    await expect(sign.finish(one.search, undefined)).rejects.toMatchObject(refused);
    await expect(sign.finish(one.search, one.binding), "its state is spent").rejects.toMatchObject(refused);
    const other = await come("ann");
    await expect(sign.finish(other.search, one.binding)).rejects.toMatchObject(refused);
    const late = await come("ann");
    clock.pass(601);
    await expect(sign.finish(late.search, late.binding)).rejects.toMatchObject(refused);
    for (const change of [
      (query: URLSearchParams) => query.set("iss", "https://evil.example"),
      (query: URLSearchParams) => query.delete("iss"),
      (query: URLSearchParams) => query.set("code", "x"),
      (query: URLSearchParams) => query.set("state", "x"),
      (query: URLSearchParams) => query.delete("code"),
      (query: URLSearchParams) => query.set("error", "access_denied"),
    ]) {
      const { search, binding } = await come("ann");
      const query = new URLSearchParams(search);
      change(query);
      await expect(sign.finish(`?${query.toString()}`, binding), String(change)).rejects.toMatchObject(refused);
    }
  });

  test("a code that came to another sign-in does not serve this one", async () => {
    const { sign, come } = await started();
    const [one, two] = [await come("ann"), await come("ann")];
    const mixed = new URLSearchParams(one.search);
    mixed.set("code", new URLSearchParams(two.search).get("code") as string);
    await expect(sign.finish(`?${mixed.toString()}`, one.binding)).rejects.toMatchObject({ code: "BAD_CREDENTIAL" });
  });

  test("without the confirmed strength nobody comes in", async () => {
    const { sign, come } = await started({ strength: ["urn:example:mfa"] });
    const { search, binding } = await come("ann");
    await expect(sign.finish(search, binding)).rejects.toMatchObject({ code: "BAD_CREDENTIAL" });
  });

  test("with the provider away nobody comes in", async () => {
    const { sign } = await started({ issuer: "http://127.0.0.1:1" });
    await expect(sign.begin()).rejects.toMatchObject({ code: "UNREACHABLE" });
    await expect(sign.begin()).rejects.toMatchObject({ code: "UNREACHABLE" });
  });
});
