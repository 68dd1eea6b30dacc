// Where maskings write: a buffer that grows, with the position of the next byte.

export interface ByteSink {
  /** Replaced when it grows: read it again after every `ensure`. */
  bytes: Buffer;
  at: number;
}

export const byteSink = (size = 4096): ByteSink => ({ bytes: Buffer.allocUnsafeSlow(size), at: 0 });

/** Room for `count` more bytes. */
export function ensure(sink: ByteSink, count: number): void {
  const needed = sink.at + count;
  if (needed <= sink.bytes.length) return;
  const grown = Buffer.allocUnsafeSlow(Math.max(needed, sink.bytes.length * 2));
  sink.bytes.copy(grown, 0, 0, sink.at);
  sink.bytes = grown;
}

/** Short values are copied by hand: a call into the runtime costs more than they do. */
export function writeBytes(sink: ByteSink, input: Buffer, start: number, end: number): void {
  ensure(sink, end - start);
  if (end - start > 48) sink.at += input.copy(sink.bytes, sink.at, start, end);
  else {
    const { bytes } = sink;
    let to = sink.at;
    for (let from = start; from < end; from++) bytes[to++] = input[from] as number;
    sink.at = to;
  }
}

/** UTF-8. */
export function writeText(sink: ByteSink, text: string): void {
  ensure(sink, text.length * 3);
  sink.at += sink.bytes.write(text, sink.at);
}

/** A number that is an integer and safe, in decimal digits. */
export function writeInteger(sink: ByteSink, value: number): void {
  ensure(sink, 20);
  const { bytes } = sink;
  let left = value;
  if (left < 0) {
    bytes[sink.at++] = 0x2d;
    left = -left;
  }
  let digits = 1;
  for (let bound = 10; bound <= left; bound *= 10) digits++;
  for (let to = sink.at + digits - 1; to >= sink.at; to--) {
    const tenth = Math.floor(left / 10);
    bytes[to] = 0x30 + (left - tenth * 10);
    left = tenth;
  }
  sink.at += digits;
}
