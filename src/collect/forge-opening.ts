// What opening a forge for a live collection comes to, whichever forge it is: who asks, and a collection that closes its connections.
import { ok, type Result } from "../lib/result.ts";
import type { RestConnection, RestOptions } from "./rest-client.ts";
import type { Sink } from "./sink.ts";

export interface Caller {
  readonly name: string;
  readonly server: string;
}

export interface Forge {
  readonly caller: Caller;
  readonly collect: (sink: Sink) => Promise<void>;
}

type Pace = Pick<RestOptions, "concurrency" | "firstWaitMs" | "longestWaitMs" | "say">;

/** How fast and how patiently to ask, as the caller says it. */
export const paceOf = ({ concurrency, firstWaitMs, longestWaitMs, say }: Pace): Pace => ({
  concurrency,
  ...(firstWaitMs !== undefined && { firstWaitMs }),
  ...(longestWaitMs !== undefined && { longestWaitMs }),
  ...(say && { say }),
});

/** The first connection names the server. All are closed when nobody can be named, and at the end of the collection. Error: why nothing can be asked. */
export async function openedForge(
  connections: readonly [RestConnection, ...RestConnection[]],
  whoAmI: (connection: RestConnection) => Promise<Result<string, string>>,
  collectAll: (sink: Sink) => Promise<void>,
): Promise<Result<Forge, string>> {
  const [main] = connections;
  const close = (): void => connections.forEach((connection) => connection.close());
  const name = await whoAmI(main);
  if (!name.ok) {
    close();
    return name;
  }
  const collect = async (sink: Sink): Promise<void> => {
    try {
      await collectAll(sink);
    } finally {
      close();
    }
  };
  return ok({ caller: { name: name.value, server: main.server }, collect });
}
