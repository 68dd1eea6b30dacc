// The formats of a result, by name.
import type { CheckResult } from "../../findings/result.ts";

export const FORMATS = ["terminal", "json", "sarif", "markdown", "html"] as const;
export type Format = (typeof FORMATS)[number];

export interface RenderOptions {
  readonly color: boolean;
  /** Every finding hop by hop; otherwise the worst few and a line for each of the rest. */
  readonly all: boolean;
}

/** Loads the one renderer that is asked for: html and sarif cost nothing to a terminal. */
export async function render(result: CheckResult, format: Format, options: RenderOptions): Promise<string> {
  switch (format) {
    case "json":
      return `${JSON.stringify(result, undefined, 2)}\n`;
    case "terminal":
      return (await import("./terminal.ts")).renderTerminal(result, options);
    case "sarif":
      return (await import("./sarif.ts")).renderSarif(result);
    case "markdown":
      return (await import("./markdown.ts")).renderMarkdown(result);
    case "html":
      return (await import("./html.ts")).renderHtml(result);
  }
}
