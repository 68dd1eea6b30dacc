// Local accounts: passwords, codes, guessing, invitations, and who stands for whom.
import { afterEach, describe, expect, test } from "vitest";
import { onBothDatabases } from "../../storage/databases-support.ts";
import type { AccountRow } from "../../storage/sign-in-schema.ts";
import { accountById, createAccount, disableAccount, effectiveRoles, eraseAccount, rolesIn, subjectOf, vouch } from "../accounts.ts";
import type { AuthErrorCode } from "../error.ts";
import { beginSession, findSession } from "../sessions.ts";
import { GOOD_PASSWORD, localOn } from "../sign-in-support.ts";
import { createToken, findToken } from "../tokens.ts";
import { hashPassword, isPassword, passwordProblem } from "./password.ts";
import {
  confirmTotp,
  firstCodes,
  invite,
  type LocalSignIn,
  offerTotp,
  redeem,
  redeemFirst,
  reset,
  setPassword,
  signInWithPassword,
} from "./sign-in.ts";
import { stepAt, totpAt } from "./totp.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});
const started = async (where: string) => {
  const all = await localOn(where);
  open.push(all.database);
  return all;
};
const codeOf = (doing: Promise<unknown>): Promise<AuthErrorCode | "done"> =>
  doing.then(
    () => "done",
    (error: { code: AuthErrorCode }) => error.code,
  );

describe("passwords", () => {
  test.each([
    ["too short", "short but not so", true],
    ["exactly long enough", "abcdefg hijklmn", true],
    ["one too few", "abcdefg hijklm", false],
    ["long enough in letters that take two units", "𝒶".repeat(7), false],
    ["one letter again and again", "a".repeat(30), false],
    ["made of the account's name", "dee.smith.dee.smith", false],
    ["made of what is tried first", "Password123456!Password", false],
    ["more than anybody types", `${GOOD_PASSWORD}${"x".repeat(120)}`, false],
    ["words", GOOD_PASSWORD, true],
  ])("%s", (_name, password, isGood) => {
    expect(passwordProblem(password, ["dee", "smith"]) === undefined).toBe(isGood);
  });

  test("kept with OWASP's parameters, and the same for both forms of a letter", async () => {
    const kept = await hashPassword(`${GOOD_PASSWORD} \u00e9`);
    expect(kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await isPassword(kept, `${GOOD_PASSWORD} e\u0301`)).toBe(true);
    expect(await isPassword(kept, GOOD_PASSWORD)).toBe(false);
    expect(await isPassword("", GOOD_PASSWORD)).toBe(false);
  });
});

async function withPassword(local: LocalSignIn, handle = "dee"): Promise<AccountRow> {
  const account = await createAccount(local.store, { origin: "local", handle, person: handle, roles: ["developer"], by: "code" });
  await setPassword(local, account, GOOD_PASSWORD, account.id);
  return (await accountById(local.store, account.id)) as AccountRow;
}

/** The app's key, read off the address that the app is shown. */
function keyIn(uri: string): Buffer {
  const bits = [...(new URL(uri).searchParams.get("secret") as string)]
    .map((each) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(each).toString(2).padStart(5, "0"))
    .join("");
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
}

onBothDatabases("local accounts", (databases) => {
  test("a password opens the way to a second factor; with the app's code it opens the account, each code once", async () => {
    const { local, clock } = await started(await databases.fresh());
    const account = await withPassword(local);
    const signIn = (code?: string, password = GOOD_PASSWORD) =>
      signInWithPassword(local, { handle: "dee", password, code, address: "192.0.2.1" });
    expect((await signIn()).method).toBe("password");
    const { uri } = await offerTotp(local, account);
    const stored = (await accountById(local.store, account.id)) as AccountRow;
    const key = keyIn(uri);
    expect(stored.totp).not.toContain(key.toString("base64url"));
    const codeAt = () => totpAt(key, stepAt(clock.now()));
    expect(await codeOf(confirmTotp(local, stored, "000000"))).toBe("BAD_CREDENTIAL");
    await confirmTotp(local, stored, codeAt());
    expect(await codeOf(signIn())).toBe("BAD_CREDENTIAL");
    expect(await codeOf(signIn(codeAt()))).toBe("BAD_CREDENTIAL");
    clock.pass(30);
    expect(await codeOf(signIn(codeAt(), "wrong horse battery staple"))).toBe("BAD_CREDENTIAL");
    expect((await signIn(codeAt())).method).toBe("password+totp");
    expect(await codeOf(signIn(codeAt()))).toBe("BAD_CREDENTIAL");
    const later = [clock.pass(60), await Promise.all([codeOf(signIn(codeAt())), codeOf(signIn(codeAt()))])][1] as string[];
    expect(later.toSorted()).toEqual(["BAD_CREDENTIAL", "done"]);
    await expect(offerTotp(local, (await accountById(local.store, account.id)) as AccountRow)).rejects.toThrow("already");
  });

  test("guessing: after five failures for a name nobody is let in, right or wrong, from anywhere; a while later they are", async () => {
    const { local, clock } = await started(await databases.fresh());
    await withPassword(local);
    const signIn = (password: string, address: string, handle = "dee") => codeOf(signInWithPassword(local, { handle, password, address }));
    for (let i = 0; i < 5; i++) expect(await signIn("guess", `192.0.2.${i}`)).toBe("BAD_CREDENTIAL");
    expect(await signIn(GOOD_PASSWORD, "192.0.2.99")).toBe("TOO_MANY");
    expect(await signIn(GOOD_PASSWORD, "192.0.2.99", "DEE")).toBe("TOO_MANY");
    clock.pass(61);
    expect(await signIn("guess", "192.0.2.7")).toBe("BAD_CREDENTIAL");
    clock.pass(61);
    expect(await signIn(GOOD_PASSWORD, "192.0.2.99")).toBe("TOO_MANY");
    clock.pass(60);
    expect(await signIn(GOOD_PASSWORD, "192.0.2.99")).toBe("done");
    expect(await signIn("guess", "192.0.2.99")).toBe("BAD_CREDENTIAL");
  });

  test("forty guesses at the same moment are five", async () => {
    const { local } = await started(await databases.fresh());
    await withPassword(local);
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        codeOf(signInWithPassword(local, { handle: "dee", password: `guess${i}`, address: `192.0.2.${i}` })),
      ),
    );
    expect(all.filter((code) => code === "BAD_CREDENTIAL").length).toBeLessThanOrEqual(5);
  });

  test("guessing names from one address stops too, and a name that is not there fails alike", async () => {
    const { local } = await started(await databases.fresh());
    await withPassword(local);
    const signIn = (handle: string) => codeOf(signInWithPassword(local, { handle, password: GOOD_PASSWORD, address: "192.0.2.1" }));
    for (let i = 0; i < 5; i++) expect(await signIn(`nobody${i}`)).toBe("BAD_CREDENTIAL");
    expect(await signIn("dee")).toBe("TOO_MANY");
  });

  test("the first start gives two codes for two people, once", async () => {
    const { local, clock } = await started(await databases.fresh());
    const stale = await firstCodes(local);
    const codes = await firstCodes(local);
    const first = (which: "first-administrator" | "first-owner", code: string | undefined, handle: string) =>
      redeemFirst(local, which, { code: code as string, handle, person: handle, password: GOOD_PASSWORD });
    expect(await codeOf(first("first-administrator", stale?.["first-administrator"], "ada"))).toBe("BAD_CREDENTIAL");
    expect(await codeOf(first("first-administrator", codes?.["first-owner"], "ada"))).toBe("BAD_CREDENTIAL");
    const ada = await first("first-administrator", codes?.["first-administrator"], "ada");
    expect(rolesIn(ada.roles)).toEqual(["administrator"]);
    expect(await codeOf(first("first-administrator", codes?.["first-administrator"], "eve"))).toBe("BAD_CREDENTIAL");
    expect(await firstCodes(local)).toBeUndefined();
    clock.pass(3601);
    expect(await codeOf(first("first-owner", codes?.["first-owner"], "eve"))).toBe("BAD_CREDENTIAL");
  });

  test("an administrator cannot make themselves a second person: another vouches, or the account only looks", async () => {
    const { local } = await started(await databases.fresh());
    const { store } = local;
    const codes = await firstCodes(local);
    const first = async (which: "first-administrator" | "first-owner", handle: string) =>
      redeemFirst(local, which, { code: codes?.[which] as string, handle, person: handle, password: GOOD_PASSWORD });
    const [ada, owen] = [await first("first-administrator", "ada"), await first("first-owner", "owen")];
    const invited = await invite(local, { handle: "ann", person: "ann", roles: ["reviewer"] }, ada.id);
    await redeem(local, invited.code, GOOD_PASSWORD);
    expect(await codeOf(redeem(local, invited.code, GOOD_PASSWORD))).toBe("BAD_CREDENTIAL");
    const now = async (id: string) => {
      const account = (await accountById(store, id)) as AccountRow;
      return [...(await effectiveRoles(store, account, rolesIn(account.roles)))];
    };
    expect(await now(invited.account.id)).toEqual(["guest"]);
    expect(await codeOf(vouch(store, invited.account.id, ada))).toBe("FORBIDDEN");
    expect(await codeOf(vouch(store, invited.account.id, invited.account))).toBe("FORBIDDEN");
    await vouch(store, invited.account.id, owen);
    expect(await now(invited.account.id)).toEqual(["reviewer"]);
    // With a reset the administrator holds the code again.
    await redeem(local, await reset(local, invited.account.id, ada.id), GOOD_PASSWORD);
    expect(await now(invited.account.id)).toEqual(["guest"]);
    expect(await codeOf(vouch(store, invited.account.id, ada))).toBe("FORBIDDEN");
    // The administrator's own second account takes part in nothing, whoever vouches.
    const second = await invite(local, { handle: "ada2", person: "ada", roles: ["reviewer"] }, ada.id);
    await vouch(store, second.account.id, owen);
    expect([await now(second.account.id), await now(ada.id), await now(owen.id)]).toEqual([
      ["guest"],
      ["administrator"],
      ["environment-owner"],
    ]);
    const events = await store.db.selectFrom("sign_in_event").select("what").where("account", "=", invited.account.id).execute();
    expect(events.map(({ what }) => what).toSorted()).toEqual(["invited", "password-set", "password-set", "reset", "vouched"]);
  });

  test("an account of nobody the charter knows looks; one with a person is that person, whichever account", async () => {
    const { local } = await started(await databases.fresh());
    const { store } = local;
    const make = (origin: string, handle: string, person: string) =>
      createAccount(store, { origin, handle, person, roles: ["reviewer"], by: "single-sign-on" });
    const stranger = await make("https://login.example", "sub-1", "");
    expect([...(await effectiveRoles(store, stranger, ["reviewer"]))]).toEqual(["guest"]);
    expect([...(await effectiveRoles(store, stranger, ["reviewer", "auditor"]))]).toEqual(["auditor"]);
    expect(subjectOf(stranger)).toBe("sso:https://login.example:@sub-1");
    expect(subjectOf(await make("https://login.example", "sub-2", "ann"))).toBe(subjectOf(await make("local", "ann", "ann")));
    expect(await codeOf(make("local", "ann", "ann"))).toBe("FORBIDDEN");
  });

  test("a machine asks as itself once an owner vouches, and nobody is a machine", async () => {
    const { local } = await started(await databases.fresh());
    const { store } = local;
    const make = (origin: string, roles: readonly ["pipeline"] | readonly ["pipeline", "reviewer"]) =>
      createAccount(store, { origin, handle: "jenkins", person: origin === "machine" ? "" : "ann", roles, by: "ada" });
    const owen = await createAccount(store, { origin: "local", handle: "owen", person: "owen", roles: ["environment-owner"], by: "code" });
    const machine = await make("machine", ["pipeline", "reviewer"]);
    const now = async (account: AccountRow) => [
      ...(await effectiveRoles(store, (await accountById(store, account.id)) as AccountRow, rolesIn(account.roles))),
    ];
    expect(await now(machine)).toEqual([]);
    await vouch(store, machine.id, owen);
    expect([await now(machine), subjectOf(machine)]).toEqual([["pipeline"], "machine:@jenkins"]);
    const posing = await make("local", ["pipeline"]);
    await vouch(store, posing.id, owen);
    expect(await now(posing)).toEqual([]);
  });

  test("disabled is out at once, and erased is forgotten", async () => {
    const { local } = await started(await databases.fresh());
    const { store } = local;
    const account = await withPassword(local);
    const cookie = await beginSession(store, { account: account.id, roles: ["developer"], method: "passkey" });
    const { token } = await createToken(store, account, new Set(["developer"]), { name: "t", roles: ["developer"], days: 1 });
    await disableAccount(store, account.id, "ada");
    expect(await findSession(store, cookie)).toBeUndefined();
    expect(await codeOf(findToken(store, token))).toBe("BAD_CREDENTIAL");
    expect(await codeOf(signInWithPassword(local, { handle: "dee", password: GOOD_PASSWORD, address: "192.0.2.1" }))).toBe(
      "BAD_CREDENTIAL",
    );
    await eraseAccount(store, account.id, "ada");
    const left = JSON.stringify([
      await store.db.selectFrom("sign_in_account").selectAll().execute(),
      await store.db.selectFrom("sign_in_token").selectAll().execute(),
    ]);
    expect(left).not.toContain("dee");
  });
});
