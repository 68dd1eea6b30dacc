// Every answer about networks that the AWS collector reads.
import type { Shape } from "../shape.ts";
import { balancerShapes } from "./map-balancers.ts";
import { filterShapes } from "./map-filters.ts";
import { gatewayShapes } from "./map-gateways.ts";
import { transitShapes } from "./map-transit.ts";
import { vpcShapes } from "./map-vpc.ts";

export const networkShapes: readonly Shape[] = [...vpcShapes, ...filterShapes, ...gatewayShapes, ...transitShapes, ...balancerShapes];
