// One value through a masking, for formats whose rows are not COPY text, with its counts.
import { type ByteSink, byteSink } from "../byte-sink.ts";
import type { FieldCount, FieldRule } from "../engine/row.ts";
import type { Siblings } from "../masker.ts";

type Mask = Extract<FieldRule, { kind: "mask" }>;

export interface ValueMasker {
  /** The masked value stands in `out.bytes[0, out.at)`. `read`: a sibling's value by its place, undefined where it is null. */
  readonly mask: (value: Buffer, start: number, end: number, read: (place: number) => Buffer | undefined) => ByteSink;
  readonly count: FieldCount;
}

export function valueMasker({ masking, reads }: Mask): ValueMasker {
  const out = byteSink();
  const count: FieldCount = { nulls: 0, changed: 0, unchanged: 0 };
  return {
    count,
    mask: (value, start, end, read) => {
      out.at = 0;
      masking(value, start, end, out, reads.length === 0 ? undefined : siblings(reads.map(read)));
      const isSame = out.at === end - start && out.bytes.compare(value, start, end, 0, out.at) === 0;
      if (isSame) count.unchanged++;
      else count.changed++;
      return out;
    },
  };
}

function siblings(values: readonly (Buffer | undefined)[]): Siblings {
  const starts = new Int32Array(values.length).fill(-1);
  const ends = new Int32Array(values.length).fill(-1);
  let at = 0;
  for (const [index, value] of values.entries())
    if (value !== undefined) {
      starts[index] = at;
      ends[index] = at += value.length;
    }
  return { bytes: Buffer.concat(values.filter((value) => value !== undefined)), starts, ends };
}
