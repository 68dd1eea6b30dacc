// How the masking policy reports what is wrong.
import { formatTextProblems, type TextProblem } from "../../lib/text-problem.ts";

export { byPlace, type Locate, type Path, type Position, quoted } from "../../lib/text-problem.ts";

export type PolicyProblem = TextProblem;

const SHOWN = 40;

export const formatPolicyProblems = (problems: readonly PolicyProblem[]): string => formatTextProblems(problems, SHOWN);
