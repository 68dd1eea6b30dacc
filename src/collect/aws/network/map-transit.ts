// Transit gateways: attachments, which table each is associated with, which tables it propagates to, and routes.
import { inside, type Source } from "../../../model/source.ts";
import { argumentOf, eachItem, has, listOf, type Reading, type Shape } from "../shape.ts";
import { listing, networkShape, ofOwner, unseen } from "./listing.ts";
import {
  TransitGateway,
  TransitGatewayAssociation,
  TransitGatewayAttachment,
  TransitGatewayPropagation,
  TransitGatewayPropagations,
  TransitGatewayRoute,
  TransitGatewayRoutes,
  TransitGatewayTable,
  TransitGatewayVpcAttachment,
} from "./schema.ts";

const TABLE = "transit-gateway-route-table-id";

/** These answers do not name their table: the call does. */
function withTable(what: string, map: (reading: Reading, table: string) => void): (reading: Reading) => void {
  return (reading) => {
    const table = argumentOf(reading, TABLE);
    if (table !== undefined) return map(reading, table);
    reading.gap("aws/network", reading.file.path, what, "the file does not say of which table: keep the call in a manifest");
  };
}

type RouteItem = ReturnType<typeof TransitGatewayRoute.parse>;

function observeRoute(reading: Reading, table: string, item: RouteItem, source: Source): void {
  const destination = item.DestinationCidrBlock ?? item.PrefixListId;
  if (destination === undefined) return reading.gap("aws/network", table, "a route", "it names no destination", source);
  // `deleting` still forwards; `deleted` does not (API Reference, TransitGatewayRoute).
  if (item.State === "deleted") return;
  reading.observe({
    kind: "aws/transit-gateway-route",
    table,
    destination,
    isBlackhole: item.State === "blackhole",
    isPropagated: item.Type === "propagated",
    attachments: item.TransitGatewayAttachments.map((attachment) => attachment.TransitGatewayAttachmentId),
    source,
  });
}

function mapRoutes(reading: Reading, table: string): void {
  const isComplete = reading.document["AdditionalRoutesAvailable"] !== true && !filters(reading);
  eachItem(reading, "Routes", TransitGatewayRoute, unseen(reading, `routes of ${table}`), (item, source) =>
    observeRoute(reading, table, item, source),
  );
  if (Array.isArray(reading.document["Routes"]))
    reading.observe({ kind: "aws/transit-gateway-routes-read", table, isComplete, ...ofOwner(reading), source: reading.source });
}

/** `--filters Name=type,Values=static` shows a part; filters that name both types or both states show all. */
const filters = (reading: Reading): boolean => {
  const filter = reading.call?.flags["filters"];
  return filter !== undefined && !/Values=(static,propagated|propagated,static|active,blackhole|blackhole,active)$/.test(filter);
};

function observePropagation(
  reading: Reading,
  table: string,
  item: ReturnType<typeof TransitGatewayPropagation.parse>,
  source: Source,
): void {
  if (item.State !== "enabled") return;
  const attachment = item.TransitGatewayAttachmentId;
  reading.observe({ kind: "aws/transit-gateway-propagation", table, attachment, resource: item.ResourceId, source });
}

export const transitShapes: readonly Shape[] = [
  listing("ec2 describe-transit-gateways", "TransitGateways", ["TransitGatewayId", "Options"], TransitGateway, (reading, item, source) => {
    const referencesSecurityGroups = item.Options?.SecurityGroupReferencingSupport === "enable";
    reading.observe({
      kind: "aws/transit-gateway",
      id: item.TransitGatewayId,
      referencesSecurityGroups,
      ...ofOwner(reading, item.OwnerId),
      source,
    });
  }),
  listing(
    "ec2 describe-transit-gateway-attachments",
    "TransitGatewayAttachments",
    ["TransitGatewayAttachmentId", "ResourceType"],
    TransitGatewayAttachment,
    (reading, item, source) => {
      const table = item.Association?.State === "associated" ? item.Association.TransitGatewayRouteTableId : undefined;
      reading.observe({
        kind: "aws/transit-gateway-attachment",
        id: item.TransitGatewayAttachmentId,
        gateway: item.TransitGatewayId,
        type: item.ResourceType,
        resource: item.ResourceId,
        isAvailable: item.State === "available" || item.State === "modifying",
        ...(table !== undefined && { table }),
        ...ofOwner(reading, item.ResourceOwnerId),
        source,
      });
    },
  ),
  listing(
    "ec2 describe-transit-gateway-vpc-attachments",
    "TransitGatewayVpcAttachments",
    ["TransitGatewayAttachmentId", "SubnetIds"],
    TransitGatewayVpcAttachment,
    (reading, item, source) => {
      const references = item.Options?.SecurityGroupReferencingSupport;
      reading.observe({
        kind: "aws/transit-gateway-vpc-attachment",
        id: item.TransitGatewayAttachmentId,
        gateway: item.TransitGatewayId,
        vpc: item.VpcId,
        subnets: item.SubnetIds,
        isAvailable: item.State === "available" || item.State === "modifying",
        ...(references !== undefined && { referencesSecurityGroups: references === "enable" }),
        ...ofOwner(reading, item.VpcOwnerId),
        source,
      });
    },
  ),
  listing(
    "ec2 describe-transit-gateway-route-tables",
    "TransitGatewayRouteTables",
    ["TransitGatewayRouteTableId"],
    TransitGatewayTable,
    (reading, item, source) => {
      const { TransitGatewayRouteTableId: id, TransitGatewayId: gateway } = item;
      if (item.State !== "deleted") reading.observe({ kind: "aws/transit-gateway-table", id, gateway, ...ofOwner(reading), source });
    },
  ),
  networkShape(
    "ec2",
    "search-transit-gateway-routes",
    (document) => Array.isArray(document["Routes"]) && (has(document, "AdditionalRoutesAvailable") || listOf(document, "Routes", "Type")),
    withTable("routes of a transit gateway's table", mapRoutes),
  ),
  networkShape(
    "ec2",
    "get-transit-gateway-route-table-associations",
    (document) => listOf(document, "Associations", "TransitGatewayAttachmentId"),
    withTable("associations of a transit gateway's table", (reading, table) =>
      eachItem(reading, "Associations", TransitGatewayAssociation, unseen(reading, `associations of ${table}`), (item, source) => {
        if (item.State !== "associated") return;
        reading.observe({ kind: "aws/transit-gateway-association", table, attachment: item.TransitGatewayAttachmentId, source });
      }),
    ),
  ),
  networkShape(
    "ec2",
    "get-transit-gateway-route-table-propagations",
    (document) => listOf(document, "TransitGatewayRouteTablePropagations", "TransitGatewayAttachmentId"),
    withTable("propagations of a transit gateway's table", (reading, table) =>
      eachItem(
        reading,
        "TransitGatewayRouteTablePropagations",
        TransitGatewayPropagation,
        unseen(reading, `propagations of ${table}`),
        (item, source) => observePropagation(reading, table, item, source),
      ),
    ),
  ),
  // Batfish's collection keeps the answers of all tables in one file, each beside its table's id (Batfish, "AWS snapshots").
  listing(
    "batfish transit-gateway-static-routes",
    "TransitGatewayStaticRoutes",
    ["Routes"],
    TransitGatewayRoutes,
    (reading, item, source) => {
      const table = item.TransitGatewayRouteTableId;
      item.Routes.forEach((route, i) => observeRoute(reading, table, route, inside(source, "Routes", i)));
      const isComplete = item.AdditionalRoutesAvailable !== true;
      reading.observe({ kind: "aws/transit-gateway-routes-read", table, isComplete, ...ofOwner(reading), source });
    },
  ),
  listing(
    "batfish transit-gateway-propagations",
    "TransitGatewayPropagations",
    ["TransitGatewayRouteTablePropagations"],
    TransitGatewayPropagations,
    (reading, item, source) =>
      item.TransitGatewayRouteTablePropagations.forEach((propagation, i) =>
        observePropagation(
          reading,
          item.TransitGatewayRouteTableId,
          propagation,
          inside(source, "TransitGatewayRouteTablePropagations", i),
        ),
      ),
  ),
];
