// Tells one target of one event. Whatever is not taken throws, and is tried again by the runner of jobs.
import { createHmac } from "node:crypto";
import { createTransport } from "nodemailer";
import type { AddressGuard } from "../outgoing/address-guard.ts";
import { guardedPost } from "../outgoing/guarded-post.ts";
import type { Target } from "./configuration.ts";
import { lineOf, type PromotionEvent } from "./event.ts";

export interface Sending {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly guard: AddressGuard;
  readonly now: () => Date;
}

const JSON_TYPE = { "content-type": "application/json", "user-agent": "bulkhead" };

export async function send(target: Target, id: string, event: PromotionEvent, sending: Sending): Promise<void> {
  if (target.kind === "email") return sendMail(target, id, event, sending);
  const body = target.kind === "webhook" ? JSON.stringify(event) : JSON.stringify({ text: slackText(lineOf(event)) });
  const url = new URL(target.kind === "webhook" ? target.url : secretOf(sending, target.urlFrom));
  const signed = target.kind === "webhook" ? signature(secretOf(sending, target.secretFrom), id, sending.now(), body) : {};
  const status = await guardedPost(url, { ...JSON_TYPE, ...signed }, body, sending.guard);
  // The address of a chat is a secret: the error, which the log keeps, names the target alone.
  if (status < 200 || status > 299) throw new Error(`${target.name} answers ${status}`);
}

/** Standard Webhooks 1.0.0, "Signature scheme": HMAC-SHA256 over id, time and body, so that neither can be changed nor played again later. */
export function signature(secret: string, id: string, at: Date, body: string): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const mac = createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${mac}` };
}

/** Slack, "Formatting text for app surfaces": three characters are escaped, and then no name can make a link or call everybody. */
export const slackText = (line: string): string => line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

async function sendMail(target: Extract<Target, { kind: "email" }>, id: string, event: PromotionEvent, sending: Sending): Promise<void> {
  const url = new URL(target.smtp);
  sending.guard.check(url.hostname);
  const isHere = /^(127(\.\d+){3}|localhost)$/.test(url.hostname);
  const transport = createTransport({
    host: await addressOf(url.hostname, sending.guard),
    port: Number(url.port || (url.protocol === "smtps:" ? 465 : 587)),
    secure: url.protocol === "smtps:",
    // The certificate is the name's, whatever address the guard chose.
    tls: { servername: url.hostname },
    requireTLS: !isHere,
    connectionTimeout: 10_000,
    socketTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(target.user !== undefined && { auth: { user: target.user, pass: secretOf(sending, target.passwordFrom ?? "") } }),
  });
  const subject = lineOf(event).replace(/: https?:.*$/, "");
  await transport.sendMail({ from: target.from, to: [...target.to], subject, text: `${lineOf(event)}\n`, messageId: `<${id}@bulkhead>` });
  transport.close();
}

const addressOf = (hostname: string, guard: AddressGuard): Promise<string> =>
  new Promise((found, failed) =>
    guard.lookup(hostname, { all: false }, (error, address) => (error ? failed(error) : found(String(address)))),
  );

function secretOf({ environment }: Sending, name: string): string {
  const found = environment[name];
  if (!found) throw new Error(`the environment has no ${name}`);
  return found;
}
