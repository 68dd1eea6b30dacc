// Remembers what became of short values: columns repeat themselves, and some maskers take their time.
import { type ByteSink, writeBytes } from "./byte-sink.ts";
import type { Masking } from "./masker.ts";

const LONGEST_INPUT = 62;
const LONGEST_OUTPUT = 126;
/** One length byte before the input and one before the output. */
const SLOT = 1 + LONGEST_INPUT + 1 + LONGEST_OUTPUT;

/** FNV-1a, for finding a slot and nothing else. */
function slotOf(input: Buffer, start: number, end: number, slots: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (input[at] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) & (slots - 1);
}

function holds(memory: Buffer, slot: number, input: Buffer, start: number, length: number): boolean {
  if (memory[slot] !== length + 1) return false;
  for (let at = 0; at < length; at++) if (memory[slot + 1 + at] !== input[start + at]) return false;
  return true;
}

/** A masking that gives the same and asks `masking` only for what it does not remember. Memory is bounded: a newer value takes an older one's slot. `slots` is a power of two. */
export function remembering(masking: Masking, slots = 4096): Masking {
  const memory = Buffer.alloc(slots * SLOT);
  return (input, start, end, out: ByteSink, siblings) => {
    const length = end - start;
    if (length > LONGEST_INPUT) return masking(input, start, end, out, siblings);
    const slot = slotOf(input, start, end, slots) * SLOT;
    const answer = slot + 1 + LONGEST_INPUT;
    if (holds(memory, slot, input, start, length)) return writeBytes(out, memory, answer + 1, answer + 1 + (memory[answer] as number));
    const before = out.at;
    masking(input, start, end, out, siblings);
    const written = out.at - before;
    if (written > LONGEST_OUTPUT) return;
    memory[slot] = length + 1;
    input.copy(memory, slot + 1, start, end);
    memory[answer] = written;
    out.bytes.copy(memory, answer + 1, before, out.at);
  };
}
