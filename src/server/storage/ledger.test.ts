// The gate on real databases: what it acknowledges stands there, whoever else appends, and whatever breaks.
import { afterEach, expect, test } from "vitest";
import type { GateError } from "../../app/gate/error.ts";
import type { Gate } from "../../app/gate/gate.ts";
import type { LedgerStore } from "../../app/gate/port.ts";
import { directoryOf } from "../../charter/directory.ts";
import { charterWith, OTHER } from "../../gate/story-support.ts";
import { onBothDatabases } from "./databases-support.ts";
import { askFor, confirm, gateOn, POLICY, problemIn, promotionIn, review, test_, tested } from "./gate-support.ts";
import { ledgerStore } from "./ledger.ts";
import { openDatabase } from "./open.ts";
import type { Database } from "./schema.ts";

const open: Database[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});
async function started(where: string, more: Parameters<typeof gateOn>[1] = {}): Promise<Gate> {
  const { database, gate } = await gateOn(where, more);
  open.push(database);
  return gate;
}
const errorOf = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => "none",
    (error: GateError) => error.code,
  );
const sizeOf = (gate: Gate): Promise<number> => gate.look(({ ledger }) => ledger.size());

onBothDatabases("the gate", (databases) => {
  test("a promotion from never tested to rolled back", async () => {
    const gate = await started(await databases.fresh());
    const untested = promotionIn(await gate.ask(askFor()));
    expect([untested.state, ...untested.reasons.map(({ code }) => code)]).toEqual([
      "refused",
      "not-deployed-below",
      "not-tested",
      "not-enough-approvals",
    ]);
    await tested(gate);
    const asked = promotionIn(await gate.ask(askFor()));
    expect(asked.state).toBe("waiting");
    expect(problemIn(await gate.ask(review(asked.id, "dee")))).toBe("not-allowed");
    expect(problemIn(await gate.ask(confirm(asked.id)))).toBe("conflict");
    expect(promotionIn(await gate.ask(review(asked.id, "ann"))).state).toBe("approved");
    expect(problemIn(await gate.ask(confirm(asked.id, "production", OTHER)))).toBe("not-as-approved");
    const deployed = promotionIn(await gate.ask(confirm(asked.id)));
    expect(deployed.state).toBe("deployed");
    await tested(gate, OTHER);
    const next = promotionIn(await gate.ask(askFor({ artifact: { kind: "image", name: "shop", digest: OTHER } })));
    await gate.ask(review(next.id, "ben"));
    await gate.ask(confirm(next.id, "production", OTHER));
    const back = promotionIn(await gate.ask(askFor({ rollbackTo: deployed.deployment?.entry ?? -1 })));
    expect(promotionIn(await gate.ask(review(back.id, "ann"))).state).toBe("approved");
    expect(promotionIn(await gate.ask(confirm(back.id))).state).toBe("deployed");
  });

  test("whoever runs the server approves nothing in it", async () => {
    const gate = await started(await databases.fresh());
    await tested(gate);
    const { id } = promotionIn(await gate.ask(askFor()));
    const asked = review(id, "ann");
    expect(problemIn(await gate.ask({ ...asked, actor: { ...asked.actor, isAdministrator: true } }))).toBe("not-allowed");
  });

  test("a server that starts again knows what was acknowledged", async () => {
    const where = await databases.fresh();
    const first = await started(where);
    await tested(first);
    const { id } = promotionIn(await first.ask(askFor()));
    await open.splice(0)[0]?.close();
    const second = await started(where);
    expect(promotionIn(await second.ask(review(id, "ann"))).state).toBe("approved");
  });

  test("two servers on one database write one history", async () => {
    const where = await databases.fresh();
    const [one, two] = [await started(where), await started(where)];
    await tested(one);
    const asked = await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? one : two).ask(askFor())));
    expect(new Set(asked.map((answer) => promotionIn(answer).id)).size).toBe(40);
    const ids = asked.map((answer) => promotionIn(answer).id);
    const approved = await Promise.all(ids.flatMap((id) => [one.ask(review(id, "ann")), two.ask(review(id, "ann"))]));
    expect(approved.filter(({ ok }) => ok)).toHaveLength(40);
    expect(await one.look(({ ledger }) => ledger.checkpoint())).toBe(await two.look(({ ledger }) => ledger.checkpoint()));
  });

  test("a question that is asked again under its key is answered as before, and recorded once", async () => {
    const gate = await started(await databases.fresh());
    const asked = { ...askFor(), idempotencyKey: "k" };
    const [first, again] = await Promise.all([gate.ask(asked), gate.ask(asked)]);
    expect(again).toEqual(first);
    const size = await sizeOf(gate);
    expect(await gate.ask(asked)).toEqual(first);
    expect(await sizeOf(gate)).toBe(size);
    expect(problemIn(await gate.ask({ ...askFor({ authors: ["github:@ann"] }), idempotencyKey: "k" }))).toBe("key-reused");
  });

  test("a database that was changed below the server is refused", async () => {
    const where = await databases.fresh();
    const gate = await started(where);
    await tested(gate);
    await open[0]?.kysely
      .updateTable("ledger_entry")
      .set({ bytes: Buffer.from('{"at":"2026-01-01T00:00:00.000Z"}') })
      .where("place", "=", 1)
      .execute();
    expect(await errorOf(sizeOf(await started(where)))).toBe("TAMPERED");
  });

  test("a database that was set back is refused by the server that acknowledged more", async () => {
    const where = await databases.fresh();
    const gate = await started(where);
    await gate.ask(test_());
    const before = await open[0]?.kysely.selectFrom("ledger_head").selectAll().executeTakeFirstOrThrow();
    await gate.ask(test_());
    await open[0]?.kysely
      .updateTable("ledger_head")
      .set(before as never)
      .execute();
    await open[0]?.kysely.deleteFrom("ledger_entry").where("place", "=", 1).execute();
    expect(await errorOf(gate.ask(test_()))).toBe("TAMPERED");
  });

  test("a commit that breaks is no answer, and what it may have written is read again", async () => {
    const where = await databases.fresh();
    const database = await openDatabase(where);
    open.push(database);
    const real = ledgerStore(database);
    let breaks: "before" | "after" | "never" = "never";
    const store: LedgerStore = {
      read: real.read,
      write: async (act) => {
        const value = await real.write(async (writing) => {
          const result = await act(writing);
          if (breaks === "before") throw new Error("the disk is full");
          return result;
        });
        if (breaks === "after") throw new Error("the connection is lost");
        return value;
      },
    };
    const gate = await started(where, { store });
    await tested(gate);
    const { id } = promotionIn(await gate.ask(askFor()));
    breaks = "before";
    expect(await errorOf(gate.ask(review(id, "ann")))).toBe("UNAVAILABLE");
    breaks = "never";
    expect(await gate.look(({ ledger }) => ledger.state.decisions.has(id))).toBe(false);
    breaks = "after";
    expect(await errorOf(gate.ask(review(id, "ann")))).toBe("UNAVAILABLE");
    breaks = "never";
    expect(await gate.look(({ ledger }) => ledger.state.decisions.get(id)?.body.outcome)).toBe("approved");
    expect(gate.counts.refolds).toBe(3);
  });

  test("a clock that is behind the ledger decides nothing", async () => {
    const where = await databases.fresh();
    await (await started(where)).ask(test_());
    const late = await started(where, { now: () => new Date(Date.now() - 60_000) });
    expect(await errorOf(late.ask(test_()))).toBe("CLOCK");
    expect(await errorOf(sizeOf(late))).toBe("CLOCK");
  });

  test("accounts of people stand in the ledger as pseudonyms, and the directory that knows them can be erased", async () => {
    const gate = await started(await databases.fresh());
    await gate.ask(askFor({ authors: ["github:@dee", "github:@stranger"] }));
    const rows = await open[0]?.kysely.selectFrom("ledger_entry").select("bytes").execute();
    const text = (rows ?? []).map(({ bytes }) => Buffer.from(bytes).toString("utf8")).join("\n");
    expect(text).toContain('"person:dee"');
    expect(text).not.toContain("stranger");
    expect(await open[0]?.kysely.selectFrom("account").select("account").execute()).toEqual([{ account: "github:@stranger" }]);
    await open[0]?.kysely.deleteFrom("account").execute();
    expect(await sizeOf(gate)).toBeGreaterThan(0);
  });

  test("what one question breaks is not the answer to the others", async () => {
    const freeze = {
      name: "f",
      environments: ["production"],
      starts: "2026-01-01T00:00",
      lasts: "P1D",
      timeZone: "Nowhere/At-All",
      reason: "r",
    };
    const charter = charterWith({}, { freezes: [freeze] });
    const gate = await started(await databases.fresh(), { policy: { ...POLICY, charter, directory: directoryOf(charter) } });
    const [good, bad, last] = await Promise.all([gate.ask(test_()), errorOf(gate.ask(askFor())), gate.ask(test_(true, OTHER))]);
    expect([good.ok, bad, last.ok]).toEqual([true, "UNDECIDABLE", true]);
    expect(await sizeOf(gate)).toBe(2);
  });
});
