// How findings say who can do what to what: the sentence that an engineer would say.
import type { Estate } from "../analyze/estate.ts";
import type { Way } from "../analyze/reach/decide.ts";
import { UNDECLARED } from "../analyze/reach/semantics.ts";
import { FORGE, FORGE_OF_MODEL } from "../model/forge.ts";
import type { Fact } from "../model/rule.ts";
import { actorOf, isOfForge, stepGiving } from "./ways.ts";

const FORMLESS = "/token-of-unknown-format";

/** Any content of a repository or project: it, its unreviewed change, or its run of one. */
const UNREVIEWED = new RegExp(`^(?:${FORGE}):([^@#]+/[^#/@]+)(?:#change|#run/unreviewed)?$`);

/** The entity's short name for people. */
export const labelOf = (estate: Estate, id: string): string => estate.entities.get(id)?.label ?? id;

/** The entity as what acts: `any branch of acme/shop`, `a job in environment test of acme/shop`, `role/etl`. */
export function actorWords(estate: Estate, { capability, entity }: Fact): string {
  if (entity.endsWith(FORMLESS)) return actorWords(estate, { capability, entity: entity.slice(0, -FORMLESS.length) });
  const label = labelOf(estate, entity);
  const repository = UNREVIEWED.exec(entity)?.[1];
  if (repository !== undefined) return `any branch of ${repository}`;
  if (isOfForge(entity)) return forgeWords(estate, entity);
  if (/^arn:[^:]+:iam::\d+:root$/.test(entity) && capability === "control") return `whoever administers ${label}`;
  if (/^k8s:[^/]+\/[^/]+\/\w*RoleBinding\./.test(entity)) return `a subject of ${label}`;
  if (/^k8s:[^/]+\/[^/]+\/AccessPolicy\./.test(entity)) return `the ${label}`;
  if (/^k8s:[^/]+$/.test(entity)) return `whoever administers ${label}`;
  return label;
}

/** A run inside an environment: whose content it is, and which environment. */
const RUN_INSIDE = new RegExp(`^((?:${FORGE_OF_MODEL}):[^#]+)(#run/.+)/(environment/.+)$`);

/** A run inside an environment is that environment to whoever deploys. */
function placeOfRun(estate: Estate, entity: string): string {
  const inside = RUN_INSIDE.exec(entity);
  return labelOf(estate, inside ? `${inside[1]}#${inside[3]}` : entity);
}

function forgeWords(estate: Estate, entity: string): string {
  const label = labelOf(estate, entity);
  if (/^github:.+#(fork|run\/fork)$/.test(entity)) return `a pull request from a fork of ${entity.slice("github:".length).split("#")[0]}`;
  const inside = RUN_INSIDE.exec(entity);
  if (inside) return forgeWords(estate, `${inside[1]}${inside[2]}`);
  if (/#environment\/[^/]+$/.test(entity)) return `a job in ${label}`;
  if (/#job\//.test(entity)) return `job ${label}`;
  if (entity.startsWith("github:") || !entity.includes("#run/") || /#run\/(?:fork|unreviewed)$/.test(entity)) return label;
  return `a job on ${label}`;
}

/** `act as role/deploy-production`, `deploy through environment production of acme/shop`. */
export function deedWords(estate: Estate, { capability, entity }: Fact, environment: string): string {
  const label = placeOfRun(estate, entity);
  const thing = within(isOfForge(entity) && /#job\//.test(entity) ? `job ${label}` : label, environment);
  const kind = estate.entities.get(entity)?.kind;
  if (entity.startsWith("gitops:")) return `decide ${thing}`;
  if (capability === "act-as") return `act as ${thing}`;
  if (capability === "connect") return `connect to ${thing}`;
  if (capability === "author") return `propose changes to ${thing}`;
  if (capability === "defeat") return `remove ${thing}`;
  if (capability === "control" && isOfForge(entity) && /#(?:run\/[^#]+\/)?environment\/[^/]+$/.test(entity))
    return `deploy through ${thing}`;
  if (capability === "control" && entity.includes("#run/")) return `decide what ${thing} does`;
  if (capability === "write" && (kind === "namespace" || kind === "cluster")) return `change what runs in ${thing}`;
  if (capability === "write" && entity.includes("#branch/")) return `push to ${thing}`;
  return `${capability} ${thing}`;
}

/** With the environment, unless the name says it already. */
export const within = (label: string, environment: string): string => (label.includes(environment) ? label : `${label} in ${environment}`);

/** A label at the start of a sentence: a name such as `role/x` keeps its letters. */
export const atStart = (text: string): string => (/^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text);

/** Who makes the crossing, at the start of a sentence. */
export function crosser(way: Way, estate: Estate): string {
  const actor = actorOf(way);
  if (actor === undefined) return way.rule.needs.length === 0 ? "Anyone" : atStart(placeWords(way.from));
  const words = actorWords(estate, actor);
  if (way.from !== UNDECLARED) return atStart(words);
  const isUndeclared = estate.environmentOf(actor.entity) === undefined && !estate.isShared(actor.entity);
  return isUndeclared ? `Something in no environment, ${words},` : `Something in no environment, through ${words},`;
}

/** `development`, or what to say where no environment is. */
export const placeWords = (environment: string): string => (environment === UNDECLARED ? "something in no environment" : environment);

/** Nothing that is not certain is said as if it were. */
export const can = ({ verdict }: Way): string => (verdict === "unknown" ? "may be able to" : "can");

/** What the crossing lets one do. Of a binding or an access entry it is what that is good for. */
function crossingDeed({ rule: { gives }, target, to }: Way, estate: Estate): string {
  const isBinding = gives.capability === "act-as" && /^k8s:[^/]+\/[^/]+\/(AccessPolicy|\w*RoleBinding|Group)\./.test(gives.entity);
  if (!isBinding || target.entity === gives.entity) return deedWords(estate, gives, to);
  return `${deedWords(estate, target, to)} by ${labelOf(estate, gives.entity)}`;
}

/** `Any branch of acme/shop can act as role/deploy-production`. */
export const crossingSentence = (way: Way, estate: Estate): string => `${crosser(way, estate)} ${can(way)} ${crossingDeed(way, estate)}`;

/** `Victor Lemaire`; of several, how many, since each alone suffices. */
export function peopleWords(way: Way, estate: Estate): string {
  const names = way.people.map((id) => estate.charter.people.find((person) => person.id === id)?.name ?? id);
  if (names.length === 1) return names[0] as string;
  if (names.length === 2) return `${names[0]} and ${names[1]}, each alone,`;
  return `${names.length} people, each alone,`;
}

/** ` from any branch of acme/shop`, ` through role/etl`; nothing where the person's own account has the grant. */
export function throughWords(way: Way, estate: Estate): string {
  const actor = actorOf(way);
  if (actor === undefined || stepGiving(way, actor)?.rule === undefined) return "";
  const isRun = isOfForge(actor.entity) && /#(change|fork|run\/|environment\/[^/]+$)/.test(actor.entity);
  return ` ${isRun ? "from" : "through"} ${actorWords(estate, actor)}`;
}

/** `25 people, each alone, can act as role/warehouse-loader through role/data-exchange`. */
export const personSentence = (way: Way, estate: Estate): string =>
  `${peopleWords(way, estate)} ${can(way)} ${crossingDeed(way, estate)}${throughWords(way, estate)}`;

/** `role/tools`: who can take the guard away that the crossing defeats. */
export function removerWords(way: Way, estate: Estate, guard: string): string {
  const needed = stepGiving(way, { capability: "defeat", entity: guard })?.rule?.needs[0];
  return atStart(needed ? actorWords(estate, needed) : `something of ${placeWords(way.from)}`);
}

/** `role/ci from role/deploy in production`: whom a guard keeps from what. */
export function withheldWords(way: Way, estate: Estate): string {
  const actor = actorOf(way);
  return `${actor ? actorWords(estate, actor) : "anyone"} from ${within(labelOf(estate, way.rule.gives.entity), way.to)}`;
}
