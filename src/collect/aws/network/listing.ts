// What the maps of networks share: calls of EC2 and ELB that print one list, each item taken on its own.
import type { z } from "zod";
import type { Source } from "../../../model/source.ts";
import { eachItem, listOf, listSubject, type Reading, type Shape, type Unseen } from "../shape.ts";

/** Who owns an item: its own word, else the account whose files these are. */
export const ofOwner = (reading: Reading, owner?: string): { readonly account?: string } => {
  const account = owner ?? reading.account;
  return account === undefined ? {} : { account };
};

export const unseen = (reading: Reading, what: string): Unseen => ({ topic: "aws/network", subject: listSubject(reading, "ec2"), what });

export const networkShape = (service: string, operation: string, is: Shape["is"], map: Shape["map"]): Shape => ({
  name: `${service} ${operation}`,
  service,
  operations: [operation],
  is,
  topic: "aws/network",
  subject: (reading) => listSubject(reading, "ec2"),
  map,
});

export const listing = <S extends z.ZodType>(
  call: string,
  key: string,
  members: readonly string[],
  schema: S,
  take: (reading: Reading, item: z.infer<S>, source: Source) => void,
): Shape => {
  const [service = "", operation = ""] = call.split(" ");
  return networkShape(
    service,
    operation,
    (document) => listOf(document, key, ...members),
    (reading) => eachItem(reading, key, schema, unseen(reading, `an item of ${key}`), (item, source) => take(reading, item, source)),
  );
};
