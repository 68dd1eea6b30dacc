// What both integrations share: running Bulkhead, and the status that a job ends with.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const BULKHEAD = fileURLToPath(new URL("../bulkhead", import.meta.url));
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
const STATUSES = { separated: 0, violated: 1, unknown: 2, badInput: 3, internal: 4 } as const;

export const setting = (name: string): string => process.env[name] ?? "";

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Runs a command of Bulkhead; its messages go to the job's log. Statuses up to 2 are answers, any other ends the job. */
export function bulkhead(...args: readonly string[]): Answer {
  try {
    const text = execFileSync(BULKHEAD, args, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8", maxBuffer: MAX_OUTPUT_BYTES });
    return { status: STATUSES.separated, text };
  } catch (cause) {
    const { status, stdout } = cause as { readonly status?: number | null; readonly stdout?: string };
    if (status === STATUSES.violated || status === STATUSES.unknown) return { status, text: stdout ?? "" };
    process.exit(status ?? STATUSES.internal);
  }
}

/** The status of the job. An unknown `failOn` ends it at once: a misspelt one must not let everything pass. */
export function statusFor(status: number, failOn: string): number {
  if (failOn === "never") return STATUSES.separated;
  if (failOn === "violated") return status === STATUSES.violated ? status : STATUSES.separated;
  if (failOn === "unknown") return status;
  process.stderr.write(`fail-on: ${failOn}  is not known\n  Write violated, unknown or never.\n`);
  process.exit(STATUSES.badInput);
}
