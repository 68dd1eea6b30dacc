// Says in one line what does not fit the schema, and where, without repeating the value: it may be a secret.
import { z } from "zod";

export interface Problem {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

export function problemOf(error: unknown): Problem {
  if (!(error instanceof z.ZodError)) throw error;
  const issue = error.issues[0];
  if (!issue) return { path: [], text: "does not fit the schema" };
  const path = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
  return { path, text: `${path.join(".") || "the object"}: ${plain(issue)}` };
}

function plain(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return issue.input === undefined ? `expected ${issue.expected}` : `is no ${issue.expected}`;
  if (issue.code === "invalid_value") return `expected ${issue.values.join(" or ")}`;
  if (issue.code === "too_small") return "is empty";
  return "does not fit the schema";
}
