// Distinctions that checks share about ways across: whose they are, and what they pass.
import type { Estate } from "../analyze/estate.ts";
import type { Step, Way } from "../analyze/reach/decide.ts";
import { FORGE } from "../model/forge.ts";
import type { Fact } from "../model/rule.ts";

const OF_FORGE = new RegExp(`^(?:${FORGE}):`);

/** An entity of a forge, whichever: a repository or project, its branches, jobs, environments and secrets. */
export const isOfForge = (id: string): boolean => OF_FORGE.test(id);

export const isPersonWay = (way: Way): boolean => way.statements.includes("singlePerson");

/** A connection into production and nothing more (clause B4). */
export const isConnectionWay = (way: Way): boolean => way.isConnection;

export const isWallWay = (way: Way): boolean => !isPersonWay(way) && !isConnectionWay(way);

/** The guard that the crossing itself defeats, if it does. */
export const guardOf = (way: Way): string | undefined => way.rule.needs.find((need) => need.capability === "defeat")?.entity;

/** What the crossing is made with: the identity, job or thing that has the grant. Undefined: the grant asks for nothing. */
export const actorOf = (way: Way): Fact | undefined =>
  way.rule.needs.find((need) => need.capability !== "defeat" && need.capability !== "approve");

/** The step that gives a fact, or the control that it follows from. */
export const stepGiving = (way: Way, { capability, entity }: Fact): Step | undefined =>
  way.steps.find((step) => step.gives.entity === entity && (step.gives.capability === capability || step.gives.capability === "control"));

/** Whether a change to some repository is among the steps: the way goes through the pipeline. */
export const passesRepository = (way: Way): boolean =>
  way.steps.some((step) => step.gives.capability === "author" && isOfForge(step.gives.entity));

/** Whether something of another environment than the one entered is among the steps. */
export const passesLowerEnvironment = (way: Way, estate: Estate): boolean =>
  way.steps.some((step) => {
    const environment = estate.environmentOf(step.gives.entity);
    return step.rule !== undefined && environment !== undefined && environment !== way.to;
  });
