// Where databases, functions and instances stand in the network, from the same answers that list them as resources.
import { isObject } from "../../../lib/json.ts";
import { inside, type Source } from "../../../model/source.ts";
import { accountOfArn } from "../../../model/aws/arn.ts";
import type { Reading } from "../shape.ts";
import { interfaceOf } from "./map-vpc.ts";
import { DatabasePlace, FunctionPlace, InstanceNetwork, InstanceReservation, NetworkInterface } from "./schema.ts";
import { ofOwner } from "./listing.ts";

/** Members that do not fit are told as gaps by the map that lists the resource; here only what fits is taken. */
export function mapPlacements(shape: string, reading: Reading): void {
  const each = (key: string, take: (value: unknown, source: Source) => void): void => {
    const list = reading.document[key];
    if (Array.isArray(list)) list.forEach((value, i) => take(value, inside(reading.source, key, i)));
  };
  if (shape === "rds describe-db-instances") each("DBInstances", (value, source) => placeDatabase(reading, value, source));
  if (shape === "lambda list-functions") each("Functions", (value, source) => placeFunction(reading, value, source));
  if (shape === "lambda get-function-configuration") placeFunction(reading, reading.document, reading.source);
  if (shape === "lambda get-function") placeFunction(reading, reading.document["Configuration"], inside(reading.source, "Configuration"));
  if (shape === "ec2 describe-instances") each("Reservations", (value, source) => placeInstances(reading, value, source));
}

function placeDatabase(reading: Reading, value: unknown, source: Source): void {
  if (!isObject(value) || value["DBSubnetGroup"] === undefined) return;
  const parsed = DatabasePlace.safeParse(value);
  if (!parsed.success) return refuse(reading, value["DBInstanceArn"], "subnets and groups of a database", source);
  const { DBInstanceArn: arn, Endpoint, DBSubnetGroup, VpcSecurityGroups } = parsed.data;
  reading.observe({
    kind: "aws/network-placement",
    arn,
    type: "database",
    subnets: (DBSubnetGroup?.Subnets ?? []).map((subnet) => subnet.SubnetIdentifier),
    groups: (VpcSecurityGroups ?? []).map((group) => group.VpcSecurityGroupId),
    ...(Endpoint?.Port !== undefined && { port: Endpoint.Port }),
    ...ofOwner(reading, accountOfArn(arn)),
    source,
  });
}

function placeFunction(reading: Reading, value: unknown, source: Source): void {
  if (!isObject(value) || value["VpcConfig"] === undefined) return;
  const parsed = FunctionPlace.safeParse(value);
  if (!parsed.success) return refuse(reading, value["FunctionArn"], "subnets and groups of a function", source);
  const subnets = parsed.data.VpcConfig?.SubnetIds ?? [];
  if (subnets.length === 0) return;
  const arn = parsed.data.FunctionArn.split(":").slice(0, 7).join(":");
  const groups = parsed.data.VpcConfig?.SecurityGroupIds ?? [];
  reading.observe({
    kind: "aws/network-placement",
    arn,
    type: "function",
    subnets,
    groups,
    ...ofOwner(reading, accountOfArn(arn)),
    source,
  });
}

/** A terminated instance still shows for an hour, without interfaces. */
function placeInstances(reading: Reading, value: unknown, source: Source): void {
  const reservation = InstanceReservation.safeParse(value);
  if (!reservation.success) return;
  reservation.data.Instances.forEach((item, i) => {
    const instance = InstanceNetwork.safeParse(item);
    if (!instance.success) return;
    (instance.data.NetworkInterfaces ?? []).forEach((each, k) => {
      const at = inside(source, "Instances", i, "NetworkInterfaces", k);
      const parsed = NetworkInterface.safeParse(each);
      if (!parsed.success) return refuse(reading, instance.data.InstanceId, "an interface of an instance", at);
      const observed = interfaceOf(parsed.data, ofOwner(reading, reservation.data.OwnerId), at);
      reading.observe({ ...observed, instance: instance.data.InstanceId });
    });
  });
}

const refuse = (reading: Reading, subject: unknown, what: string, source: Source): void =>
  reading.gap(
    "aws/network",
    typeof subject === "string" ? subject : reading.file.path,
    what,
    "not as the AWS CLI prints it; collect it again",
    source,
  );
