// Sees what became of promotions, and puts down whom to tell: from the ledger, so that nothing is told that is not recorded, whichever server recorded it.
import type { Kysely } from "kysely";
import type { PromotionView } from "../../app/gate/commands.ts";
import type { Gate } from "../../app/gate/gate.ts";
import { promotionOf } from "../../app/gate/look.ts";
import { sha256 } from "../../lib/hash.ts";
import { onceOnly } from "../auth/once-only.ts";
import { enqueue } from "../jobs/queue.ts";
import type { Handler } from "../jobs/runner.ts";
import { addressGuard } from "../outgoing/address-guard.ts";
import type { Tables } from "../storage/schema.ts";
import type { EventKind, Notifications } from "./configuration.ts";
import { eventOf, type PromotionEvent } from "./event.ts";
import { send } from "./send.ts";

export const WATCH_JOB = "notify-watch";
const SEND_JOB = "notify-send";
const EVERY_MS = 5_000;
/** After a start, promotions that were asked for so many entries ago are looked at again; what was told is remembered longer than that takes. */
const LOOKED_BACK = 10_000;
const REMEMBERED_MS = 7 * 86_400_000;
const DAY_MS = 86_400_000;
/** With the runner's delays, most of a day. */
const MOST_ATTEMPTS = 30;

export interface Notifying {
  readonly notifications: Notifications;
  readonly gate: Gate;
  readonly db: Kysely<Tables>;
  readonly origin: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
}

const KIND_OF: Readonly<Record<PromotionView["state"], EventKind | undefined>> = {
  waiting: "promotion.waiting",
  approved: "promotion.approved",
  refused: "promotion.refused",
  deployed: "promotion.deployed",
  expired: undefined,
};

interface ToSend {
  readonly target: string;
  readonly id: string;
  readonly event: PromotionEvent;
}

export function notifyJobs(notifying: Notifying): Readonly<Record<string, Handler>> {
  const { notifications, now } = notifying;
  const sending = { environment: notifying.environment, guard: addressGuard(notifications.allowedNetworks), now };
  const look = looker(notifying);
  return {
    [WATCH_JOB]: async () => {
      for (const view of await look()) await put(notifying, view);
      return new Date(now().getTime() + EVERY_MS);
    },
    [SEND_JOB]: async ({ payload, attempts }) => {
      const { target, id, event } = payload as ToSend;
      const found = notifications.targets.find(({ name }) => name === target);
      // A target that was taken away is told nothing more.
      if (found === undefined || attempts > MOST_ATTEMPTS) return undefined;
      await send(found, id, event, sending);
      return undefined;
    },
  };
}

/** Promotions that changed since it was last asked. Open ones are looked at again each time, others once. */
function looker({ gate, now }: Notifying): () => Promise<readonly PromotionView[]> {
  const open = new Map<number, PromotionView["state"]>();
  let seen: number | undefined;
  return () =>
    gate.look((look) => {
      const size = look.ledger.size();
      const since = new Date(now().getTime() - DAY_MS).toISOString();
      for (let at = seen ?? Math.max(0, size - LOOKED_BACK); at < size; at++) {
        const request = look.ledger.state.requests.get(at);
        if (request && request.at > since) open.set(at, "expired");
      }
      seen = size;
      const changed: PromotionView[] = [];
      for (const [id, before] of open) {
        const view = promotionOf(look, id);
        if (view === undefined || view.state === before) continue;
        changed.push(view);
        if (view.state === "waiting" || view.state === "approved") open.set(id, view.state);
        else open.delete(id);
      }
      return changed;
    });
}

/** Once for each state of a promotion, on every server together: remembered and put down in one transaction. */
async function put({ notifications, db, origin, now }: Notifying, view: PromotionView): Promise<void> {
  const kind = KIND_OF[view.state];
  if (kind === undefined) return;
  const key = sha256(`notified\n${view.id}\n${kind}`);
  await db.transaction().execute(async (transaction) => {
    if (!(await onceOnly({ db: transaction, now }).take(key, new Date(now().getTime() + REMEMBERED_MS)))) return;
    for (const { name, events, environments } of notifications.targets) {
      if (!events.includes(kind) || (environments && !environments.includes(view.to))) continue;
      const payload: ToSend = {
        target: name,
        id: sha256(`${key}\n${name}`).slice(0, 32),
        event: eventOf(kind, now().toISOString(), view, origin),
      };
      await enqueue(transaction, { kind: SEND_JOB, payload, due: now() });
    }
  });
}
