// The terminal says by what each environment is kept apart, and where that is not known.
import { expect, test } from "vitest";
import { renderTerminal } from "./terminal.ts";
import { violated } from "./test-result.ts";

test("the grade of every environment's boundary is told, and that not all of one was read", () => {
  const text = renderTerminal(violated, { color: false, all: false });
  expect(text).toContain("Bounded   production by account   test by namespace (not all read)   development by account");
});
