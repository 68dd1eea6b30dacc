// Keeps what both passes of the plane compute from the same input, so that it is computed once.
import type { Observations } from "../../model/observation.ts";
import type { PlaneInput } from "../plane.ts";

/** Pure: the result is kept with exactly the observations, charter and gaps it came from, and only as long as those live. */
export function once<T>(compute: (input: PlaneInput) => T): (input: PlaneInput) => T {
  const known = new WeakMap<Observations, { readonly input: PlaneInput; readonly value: T }>();
  return (input) => {
    const found = known.get(input.observations);
    if (found && found.input.charter === input.charter && found.input.gaps === input.gaps) return found.value;
    const value = compute(input);
    known.set(input.observations, { input, value });
    return value;
  };
}
