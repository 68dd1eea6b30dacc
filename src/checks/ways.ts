// Words and distinctions that checks share about ways across.
import type { Way } from "../analyze/reach/decide.ts";

export const isPersonWay = (way: Way): boolean => way.statements.includes("singlePerson");

export const isWallWay = (way: Way): boolean => !isPersonWay(way);

/** The guard that the crossing itself defeats, if it does. */
export const guardOf = (way: Way): string | undefined => way.rule.needs.find((need) => need.capability === "defeat")?.entity;

/** `3 people`, or the one by id. */
export const peopleWords = (way: Way): string =>
  way.people.length === 1 ? `${way.people[0]}` : `${way.people.length} people, each alone,`;
