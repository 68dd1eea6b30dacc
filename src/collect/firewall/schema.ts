// The two forms in which firewall rules are exported for Bulkhead: a table with one rule a line, or JSON. Documented in readme.md.
import { z } from "zod";

const ALLOW = /^(permit|allow|accept|pass)$/i;
const DENY = /^(deny|drop|reject|block)$/i;

/** Whether it lets through. */
const Action = z
  .string()
  .refine((text) => ALLOW.test(text) || DENY.test(text), "it is no action: write permit or deny")
  .transform((text) => ALLOW.test(text));

const Block = z.union([z.cidrv4(), z.cidrv6()]);
const Address = z.union([z.ipv4(), z.ipv6()]);

/** A block as it is, an address as the block of itself. */
const Peer = z.string().transform((text, context) => {
  const peer = text.trim();
  if (/^(any|all|\*)$/i.test(peer)) return "any";
  const vlan = /^vlan:(\d{1,4})$/i.exec(peer)?.[1];
  if (vlan !== undefined && Number(vlan) >= 1 && Number(vlan) <= 4094) return `vlan:${Number(vlan)}`;
  if (Block.safeParse(peer).success) return peer;
  if (Address.safeParse(peer).success) return `${peer}/${peer.includes(":") ? 128 : 32}`;
  const [first = "", last = "", more] = peer.split("-");
  if (more === undefined && z.ipv4().safeParse(first).success && z.ipv4().safeParse(last).success) return `${first}-${last}`;
  context.addIssue({
    code: "custom",
    message: `${JSON.stringify(peer)} is no address: write any, 10.1.0.0/16, 10.1.0.1-10.1.0.9 or vlan:140`,
  });
  return z.NEVER;
});

const Protocol = z.string().transform((text, context) => {
  const protocol = text.trim().toLowerCase();
  if (/^(any|all|ip|\*)$/.test(protocol)) return "any";
  if (/^(tcp|udp|icmp)$/.test(protocol) || (/^\d{1,3}$/.test(protocol) && Number(protocol) <= 255)) return protocol;
  context.addIssue({ code: "custom", message: `${JSON.stringify(protocol)} is no protocol: write tcp, udp, icmp, any or a number` });
  return z.NEVER;
});

const Port = z.union([z.string(), z.int()]).transform((value, context): readonly [number, number] => {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(value).trim()) ?? [];
  const range = [Number(first), Number(last ?? first)] as const;
  if (first !== undefined && range[0] <= range[1] && range[1] <= 65_535) return range;
  context.addIssue({ code: "custom", message: `${JSON.stringify(value)} is no port: write 443, 8000-8100 or any` });
  return z.NEVER;
});

const listed = <T extends z.ZodType>(item: T) => z.union([z.array(item).min(1), item.transform((one) => [one])]);

export const Rule = z.object({
  order: z.int("the order is none: write a whole number").min(0),
  action: Action,
  src: listed(Peer),
  dst: listed(Peer),
  protocol: Protocol.default("any"),
  ports: z.union([z.literal("any").transform(() => []), z.array(Port)]).default([]),
  name: z.string().optional(),
  enabled: z.boolean().default(true),
});
export type Rule = z.infer<typeof Rule>;

export const Export = z.object({
  bulkhead: z.literal("firewall/1"),
  device: z.string().min(1),
  otherwise: z.enum(["deny", "allow"]).default("deny"),
  rules: z.array(z.unknown()),
});
export type Export = z.infer<typeof Export>;

/** Columns that a table must have; `name` and `enabled` may be there besides, and any other is passed over. */
export const COLUMNS = ["device", "order", "action", "src", "dst", "protocol", "ports"] as const;
