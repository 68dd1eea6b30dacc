// Passkeys, with an authenticator in software: what holds, and what another page, another key or an old answer gets.
import { afterEach, expect, test } from "vitest";
import { onBothDatabases } from "../../storage/databases-support.ts";
import { createAccount, disableAccount } from "../accounts.ts";
import { localOn } from "../sign-in-support.ts";
import { authenticator, type Tampering } from "./authenticator-support.ts";
import { addPasskey, askForPasskey, offerPasskey, signInWithPasskey } from "./passkey.ts";

const PARTY = { origin: "https://bulkhead.acme.example" };
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

onBothDatabases("passkeys", (databases) => {
  const started = async () => {
    const { local, clock, database } = await localOn(await databases.fresh());
    open.push(database);
    const make = (handle: string) =>
      createAccount(local.store, { origin: "local", handle, person: handle, roles: ["reviewer"], by: "code" });
    const [ann, eve] = [await make("ann"), await make("eve")];
    const device = authenticator(PARTY.origin);
    await addPasskey(local.store, PARTY, ann, device.create(await offerPasskey(local.store, PARTY, ann)), "laptop");
    const signIn = async (more: Tampering = {}, with_ = device) =>
      signInWithPasskey(local.store, PARTY, with_.get(await askForPasskey(local.store, PARTY), more), "192.0.2.1");
    return { store: local.store, clock, ann, eve, device, signIn };
  };

  test("one that was added signs its account in", async () => {
    const { ann, signIn } = await started();
    expect(await signIn()).toMatchObject({ account: { id: ann.id }, method: "passkey" });
    expect((await signIn()).account.handle).toBe("ann");
  });

  test("an answer holds once, for five minutes, for this origin, from a device that verified the person", async () => {
    const { store, clock, device, signIn } = await started();
    const options = await askForPasskey(store, PARTY);
    const answer = device.get(options);
    await signInWithPasskey(store, PARTY, answer, "192.0.2.1");
    const refused = { code: "BAD_CREDENTIAL" };
    await expect(signInWithPasskey(store, PARTY, answer, "192.0.2.2")).rejects.toMatchObject(refused);
    const late = await askForPasskey(store, PARTY);
    clock.pass(301);
    await expect(signInWithPasskey(store, PARTY, device.get(late), "192.0.2.3")).rejects.toMatchObject(refused);
    const tamperings: readonly Tampering[] = [
      { origin: "https://bulkhead.acme.example.evil.example" },
      { origin: "http://bulkhead.acme.example" },
      { rpId: "evil.example" },
      { verifiesPerson: false },
      { challenge: "x" },
      { type: "webauthn.create" },
      { counter: 1 },
    ];
    for (const [i, each] of tamperings.entries()) {
      const asked = device.get(await askForPasskey(store, PARTY), each);
      await expect(signInWithPasskey(store, PARTY, asked, `192.0.2.${10 + i}`), JSON.stringify(each)).rejects.toMatchObject(refused);
    }
    await expect(signIn({}, authenticator(PARTY.origin))).rejects.toMatchObject(refused);
  });

  test("guessing from one address stops", async () => {
    const { signIn } = await started();
    const stranger = authenticator(PARTY.origin);
    for (let i = 0; i < 5; i++) await expect(signIn({}, stranger)).rejects.toMatchObject({ code: "BAD_CREDENTIAL" });
    await expect(signIn()).rejects.toMatchObject({ code: "TOO_MANY" });
  });

  test("one is added by the account that asked, once, and to one account only", async () => {
    const { store, ann, eve, device } = await started();
    const refused = { code: "BAD_CREDENTIAL" };
    const offered = await offerPasskey(store, PARTY, eve);
    await expect(addPasskey(store, PARTY, ann, authenticator(PARTY.origin).create(offered), "x")).rejects.toMatchObject(refused);
    await expect(addPasskey(store, PARTY, eve, device.create(await offerPasskey(store, PARTY, eve)), "x")).rejects.toMatchObject(refused);
    const unverified = authenticator(PARTY.origin).create(await offerPasskey(store, PARTY, eve), { verifiesPerson: false });
    await expect(addPasskey(store, PARTY, eve, unverified, "x")).rejects.toMatchObject(refused);
    const foreign = authenticator(PARTY.origin).create(await offerPasskey(store, PARTY, eve), { origin: "https://evil.example" });
    await expect(addPasskey(store, PARTY, eve, foreign, "x")).rejects.toMatchObject(refused);
  });

  test("a disabled account's opens nothing", async () => {
    const { store, ann, signIn } = await started();
    await disableAccount(store, ann.id, "ada");
    await expect(signIn()).rejects.toMatchObject({ code: "BAD_CREDENTIAL" });
  });
});
