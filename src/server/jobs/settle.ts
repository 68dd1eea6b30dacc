// Decides again what waits: a freeze that ended must not need somebody to ask.
import type { Gate } from "../../app/gate/gate.ts";
import { settleable } from "../../app/gate/look.ts";
import type { Handler } from "./runner.ts";

const EVERY_MS = 15_000;

export const settleWaiting =
  (gate: Gate, now: () => Date): Handler =>
  async () => {
    const ready = await gate.look(settleable);
    const actor = { subject: "bulkhead", kind: "pipeline", isAdministrator: false } as const;
    await Promise.all(ready.map((promotion) => gate.ask({ actor, command: { kind: "settle", promotion } })));
    return new Date(now().getTime() + EVERY_MS);
  };
