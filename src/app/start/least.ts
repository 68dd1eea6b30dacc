// The least permissions of each collection, short enough to be read before saying yes.
import { githubPermissions, gitlabPermissions, jenkinsPermissions } from "../collect-forge.ts";
import { leastPolicy } from "../collect.ts";
import { leastRole } from "../collect-kubernetes.ts";
import { wrap } from "../render/text.ts";
import type { System } from "./logins.ts";

export interface Least {
  readonly lines: readonly string[];
  /** The command that prints them whole. */
  readonly whole: string;
}

const FORGES = { github: githubPermissions, gitlab: gitlabPermissions, jenkins: jenkinsPermissions } as const;

export function leastFor(system: System): Least {
  if (system === "aws") return { lines: awsLines(), whole: "bulkhead collect aws --print-policy" };
  if (system === "kubernetes") return { lines: kubernetesLines(), whole: "bulkhead collect kubernetes --print-role" };
  const text = FORGES[system]();
  return {
    lines: text.trim().split("\n"),
    whole: `bulkhead collect ${system} --print-permissions`,
  };
}

const SHOWN = 16;
const lines = (text: string): readonly string[] => wrap(text, 88, "").split("\n");

function awsLines(): readonly string[] {
  const actions = leastPolicy().Statement.flatMap((statement) => statement.Action);
  const services = Map.groupBy(actions, (action) => action.slice(0, action.indexOf(":")));
  const told = [...services].map(([service, own]) => `${service} (${own.length})`);
  return [`${actions.length} actions that read, none that writes, no value of a secret:`, ...lines(told.join(", "))];
}

function kubernetesLines(): readonly string[] {
  const rules = leastRole("bulkhead-collector", "bulkhead").flatMap((object) =>
    "rules" in object ? (object.rules as readonly { readonly resources?: readonly string[] }[]) : [],
  );
  const resources = [...new Set(rules.flatMap((rule) => rule.resources ?? []))];
  return [
    `list ${resources.length} kinds of objects, nothing else; of secrets only fingerprints are written:`,
    ...lines(`${resources.slice(0, SHOWN).join(", ")} and ${resources.length - SHOWN} more`),
  ];
}
