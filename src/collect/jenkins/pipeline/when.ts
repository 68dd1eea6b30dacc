// Conditions of a stage: `when { … }` of the declarative form, and `if` of the scripted one. Source: Jenkins Handbook, "Pipeline Syntax", when.
import type { JenkinsCondition } from "../../../model/observations/jenkins.ts";
import { pathOf } from "../groovy/parser.ts";
import type { Argument, Expression, Statement } from "../groovy/tree.ts";
import { argumentOf, closuresOf, literalOf, plainOf, writtenOf } from "./values.ts";

const open = (text: string): JenkinsCondition => ({ open: text.slice(0, 120) });

/** All conditions of one block must hold ("If the when directive contains more than one condition, all the child conditions must return true"). */
export function whenOf(body: readonly Statement[]): JenkinsCondition {
  const all = body.flatMap((statement): readonly JenkinsCondition[] => {
    if (statement.kind !== "expression") return [open("a condition that is no call")];
    const { value } = statement;
    if (value.kind !== "call") return value.kind === "name" ? conditionOf(value.name, []) : [open(writtenOf(value))];
    return conditionOf(value.name, value.arguments);
  });
  return all.length === 1 ? (all[0] as JenkinsCondition) : { all };
}

function conditionOf(name: string, given: readonly Argument[]): readonly JenkinsCondition[] {
  const inner = closuresOf(given)[0]?.body ?? [];
  const value = literalOf(argumentOf(given, "pattern") ?? plainOf(given)[0]);
  const comparator = literalOf(argumentOf(given, "comparator"));
  switch (name) {
    // They say when the condition is looked at, and are none.
    case "beforeAgent":
    case "beforeInput":
    case "beforeOptions":
      return [];
    case "not":
      return [{ not: whenOf(inner) }];
    case "allOf":
      return [whenOf(inner)];
    case "anyOf":
      return [{ any: inner.map((one) => whenOf([one])) }];
    case "branch":
      if (value === undefined) return [open("branch")];
      return [comparator === "REGEXP" ? { branch: value, isRegex: true } : { branch: value }];
    case "tag":
      return [value === undefined ? open("tag") : { tag: comparator === undefined || comparator === "GLOB" ? value : "*" }];
    case "buildingTag":
      return [{ tag: "*" }];
    case "changeRequest":
      return [given.length > 0 ? { all: [{ changeRequest: true }, open("changeRequest")] } : { changeRequest: true }];
    case "expression":
      return [byLast(inner)];
    case "environment":
      return [byVariable(literalOf(argumentOf(given, "name")), literalOf(argumentOf(given, "value")))];
    default:
      return [
        open(
          `${name} ${plainOf(given)
            .map((one) => writtenOf(one))
            .join(" ")}`.trim(),
        ),
      ];
  }
}

const byVariable = (name: string | undefined, value: string | undefined): JenkinsCondition =>
  (name === "BRANCH_NAME" || name === "env.BRANCH_NAME") && value !== undefined ? { branch: value } : open(`environment ${name ?? ""}`);

/** "the expression's value is that of its last statement"; one that does other things first is read by its end all the same. */
function byLast(body: readonly Statement[]): JenkinsCondition {
  const last = body.at(-1);
  const value = last?.kind === "expression" || last?.kind === "leave" ? last.value : undefined;
  if (value === undefined) return open("expression");
  const hasBranches = body.some((one) => one.kind !== "expression" && one !== last);
  return hasBranches ? open("expression") : truthOf(value);
}

/** The scripted form: comparisons with the branch's name, and what joins them. */
export function truthOf(value: Expression, depth = 0): JenkinsCondition {
  const written = (): JenkinsCondition => open(writtenOf(value));
  if (depth > 40) return open("…");
  if (value.kind === "literal" && typeof value.value === "boolean") return { is: value.value };
  if (value.kind !== "operation") return changeId(value) ?? written();
  const [left, right] = value.parts;
  if (left === undefined) return written();
  if (value.operator === "()") return truthOf(left, depth + 1);
  if (value.operator === "!") return { not: truthOf(left, depth + 1) };
  if (right === undefined) return written();
  if (value.operator === "&&") return { all: [truthOf(left, depth + 1), truthOf(right, depth + 1)] };
  if (value.operator === "||") return { any: [truthOf(left, depth + 1), truthOf(right, depth + 1)] };
  if (!isBranch(left)) return written();
  const name = literalOf(right);
  if (value.operator === "in" && right.kind === "list") {
    const names = right.items.map((item) => literalOf(item));
    return names.includes(undefined) ? written() : { any: names.map((one) => exactly(one as string)) };
  }
  if (name === undefined) return written();
  if (value.operator === "==") return exactly(name);
  if (value.operator === "!=") return { not: exactly(name) };
  return value.operator === "==~" ? { branch: name, isRegex: true } : written();
}

/** A name that is compared holds no pattern. */
const exactly = (name: string): JenkinsCondition => (/[*?]/.test(name) ? open(name) : { branch: name });

const isBranch = (value: Expression): boolean =>
  /^(?:env\.)?BRANCH_NAME$/.test(pathOf(value)) || (value.kind === "text" && value.value === "${env.BRANCH_NAME}");

/** `env.CHANGE_ID` is set on change requests alone (multibranch pipelines). */
const changeId = (value: Expression): JenkinsCondition | undefined =>
  /^(?:env\.)?CHANGE_(?:ID|TARGET|BRANCH)$/.test(pathOf(value)) ? { changeRequest: true } : undefined;
