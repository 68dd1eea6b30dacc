// The charter that a server decides by, from its text.
import { formatProblems, loadCharter } from "../../charter/load.ts";
import { directoryOf } from "../../charter/directory.ts";
import { sha256 } from "../../lib/hash.ts";
import type { Policy } from "./apply.ts";
import { GateError } from "./error.ts";

/** Throws a GateError with everything that is wrong with it. */
export function policyOf(text: string, file: string): Policy {
  const loaded = loadCharter(text, file);
  if (!loaded.ok) throw new GateError("BAD_CHARTER", formatProblems(loaded.error));
  return { charter: loaded.value, charterHash: sha256(text), directory: directoryOf(loaded.value) };
}
