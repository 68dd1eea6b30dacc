// Every answer that the server asks of another machine: in time, of a bounded size, and never from where a redirection leads.

export interface Bounds {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** An answer that came neither in time nor within its bounds throws, as a refused connection does. A redirection is an answer like any other. */
export async function boundedFetch(url: URL, init: RequestInit, { timeoutMs, maxBytes }: Bounds): Promise<Answer> {
  const response = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    // Leaving the loop cancels the stream, so that nothing more is sent.
    if (size > maxBytes) throw new Error(`${url.host} answers more than ${maxBytes} bytes`);
    parts.push(part);
  }
  return { status: response.status, headers: response.headers, body: Buffer.concat(parts) };
}
