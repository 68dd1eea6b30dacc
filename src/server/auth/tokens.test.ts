// Sessions and tokens: how they end, what they may, and what the database holds of them.
import { afterEach, expect, test } from "vitest";
import { onBothDatabases } from "../storage/databases-support.ts";
import { createAccount } from "./accounts.ts";
import { onceOnly } from "./once-only.ts";
import { sealer } from "./secrets.ts";
import { beginSession, csrfOf, endSession, findSession, isFresh, isOwnPage } from "./sessions.ts";
import { localOn } from "./sign-in-support.ts";
import { createToken, findToken, isToken, revokeToken, tokensOf } from "./tokens.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});
const started = async (where: string) => {
  const { local, clock, database } = await localOn(where);
  open.push(database);
  const account = await createAccount(local.store, { origin: "local", handle: "dee", person: "dee", roles: ["developer"], by: "code" });
  return { store: local.store, clock, account };
};

onBothDatabases("sessions", (databases) => {
  test("end after half an hour of nothing, and after twelve hours of anything", async () => {
    const { store, clock, account } = await started(await databases.fresh());
    const begin = () => beginSession(store, { account: account.id, roles: ["developer"], method: "passkey" });
    const idle = await begin();
    clock.pass(1799);
    expect(await findSession(store, idle)).toBeDefined();
    clock.pass(1801);
    expect(await findSession(store, idle)).toBeUndefined();
    const busy = await begin();
    for (let passed = 0; passed < 12 * 3600 - 1200; passed += 1200) {
      clock.pass(1200);
      expect(await findSession(store, busy)).toBeDefined();
    }
    clock.pass(1200);
    expect(await findSession(store, busy)).toBeUndefined();
  });

  test("are new at every sign-in, kept as a hash, fresh for ten minutes, and over when ended", async () => {
    const { store, clock, account } = await started(await databases.fresh());
    const begin = () => beginSession(store, { account: account.id, roles: ["developer"], method: "passkey" });
    const [one, two] = [await begin(), await begin()];
    expect(one).not.toBe(two);
    expect(JSON.stringify(await store.db.selectFrom("sign_in_session").selectAll().execute())).not.toContain(one);
    const session = await findSession(store, one);
    clock.pass(600);
    expect(session && isFresh(store, session)).toBe(true);
    clock.pass(1);
    expect(session && isFresh(store, session)).toBe(false);
    if (session) await endSession(store, session.id);
    expect([await findSession(store, one), await findSession(store, "x")]).toEqual([undefined, undefined]);
    expect(await findSession(store, two)).toBeDefined();
  });
});

test("only our own page changes something", () => {
  const [cookie, here] = ["cookie", "https://bulkhead.acme.example"];
  const csrf = csrfOf(cookie);
  const asked = (more: object) => isOwnPage(cookie, { csrf, origin: here, fetchSite: "same-origin", ...more }, here);
  expect([asked({}), asked({ origin: undefined, fetchSite: undefined })]).toEqual([true, true]);
  for (const more of [
    { csrf: undefined },
    { csrf: "" },
    { csrf: csrfOf("other") },
    { csrf: `${csrf}x` },
    { origin: "https://evil.example" },
    { origin: "null" },
    { fetchSite: "cross-site" },
    { fetchSite: "same-site" },
  ])
    expect(asked(more)).toBe(false);
});

onBothDatabases("tokens", (databases) => {
  test("are shown once, kept as a hash, found by scanners, and no good with one sign changed", async () => {
    const { store, account } = await started(await databases.fresh());
    const { token, row } = await createToken(store, account, new Set(["developer"]), {
      name: "cli",
      roles: ["developer", "guest"],
      days: 1,
    });
    expect(token).toMatch(/^bh_[A-Za-z0-9_-]{43}[a-z0-9]{7}$/);
    expect(JSON.stringify(await store.db.selectFrom("sign_in_token").selectAll().execute())).not.toContain(token.slice(3, 46));
    expect((await findToken(store, token)).id).toBe(row.id);
    for (let i = 3; i < token.length; i++)
      expect(isToken(`${token.slice(0, i)}${token[i] === "a" ? "b" : "a"}${token.slice(i + 1)}`)).toBe(false);
    await expect(findToken(store, "bh_")).rejects.toThrow("unknown");
  });

  test("may no more than their account, and never administer", async () => {
    const { store, account } = await started(await databases.fresh());
    for (const roles of [["reviewer"], ["administrator"], ["pipeline"], ["developer", "auditor"], []] as const)
      await expect(createToken(store, account, new Set(["developer", "administrator"]), { name: "x", roles, days: 1 })).rejects.toThrow(
        "cannot be",
      );
    for (const days of [0, -1, 31])
      await expect(createToken(store, account, new Set(["developer"]), { name: "x", roles: ["developer"], days })).rejects.toThrow("lasts");
    const signedOn = { ...account, origin: "https://login.acme.example" };
    await expect(createToken(store, signedOn, new Set(["developer"]), { name: "x", roles: ["developer"], days: 8 })).rejects.toThrow(
      "1 to 7 days",
    );
    for (let i = 0; i < 20; i++)
      await createToken(store, account, new Set(["developer"]), { name: `t${i}`, roles: ["developer"], days: 1 });
    await expect(createToken(store, account, new Set(["developer"]), { name: "x", roles: ["developer"], days: 1 })).rejects.toThrow(
      "at most 20",
    );
  });

  test("end by the clock, by their owner, and not by another's hand", async () => {
    const { store, clock, account } = await started(await databases.fresh());
    const make = (days: number) => createToken(store, account, new Set(["developer"]), { name: "t", roles: ["developer"], days });
    const [short, long] = [await make(1), await make(2)];
    clock.pass(86_400);
    await expect(findToken(store, short.token)).rejects.toMatchObject({ code: "EXPIRED" });
    expect((await tokensOf(store, account.id)).map(({ id }) => id)).toEqual([long.row.id]);
    expect(await revokeToken(store, long.row.id, "eve", "eve")).toBe(false);
    expect(await revokeToken(store, long.row.id, account.id, account.id)).toBe(true);
    expect(await revokeToken(store, long.row.id, account.id, account.id)).toBe(false);
    await expect(findToken(store, long.token)).rejects.toMatchObject({ code: "BAD_CREDENTIAL" });
  });
});

onBothDatabases("what happens once", (databases) => {
  test("of fifty that come at the same time, one is first", async () => {
    const { store } = await started(await databases.fresh());
    const once = onceOnly(store);
    const until = new Date(store.now().getTime() + 60_000);
    const all = await Promise.all(Array.from({ length: 50 }, () => once.take("key", until)));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await once.take("another", until)).toBe(true);
  });
});

test("what is sealed for one account opens for no other, under no other key, and in no other form", () => {
  const box = sealer(new Uint8Array(32).fill(1));
  const sealed = box.seal(Buffer.from("secret"), "account-1");
  expect(Buffer.from(box.open(sealed, "account-1")).toString()).toBe("secret");
  expect(box.seal(Buffer.from("secret"), "account-1")).not.toBe(sealed);
  expect(() => box.open(sealed, "account-2")).toThrow("does not open");
  expect(() => sealer(new Uint8Array(32).fill(2)).open(sealed, "account-1")).toThrow("does not open");
  const bytes = Buffer.from(sealed, "base64url");
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed[i] = (changed[i] as number) ^ 1;
    expect(() => box.open(changed.toString("base64url"), "account-1")).toThrow("does not open");
  }
  expect(() => sealer(new Uint8Array(31))).toThrow("32 bytes");
});
