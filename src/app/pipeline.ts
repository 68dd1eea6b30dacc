// The promotion graph of a derived estate, for the command line and the server.
import type { Estate } from "../analyze/estate.ts";
import { promotionGraph, type PromotionGraph } from "../analyze/pipeline/promotion/graph.ts";

export const promotionGraphOf = (estate: Estate, repository?: string): PromotionGraph => promotionGraph(estate, repository);
