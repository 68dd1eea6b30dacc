// Live collection: asks a system and puts what it answered below `estate/`, with manifests beside it.
import { parseCall } from "../collect/aws/call.ts";
import { saysNone } from "../collect/aws/denied.ts";
import { type Answer, fetchAws, type FetchOptions } from "../collect/aws/fetch.ts";
import { CodedError } from "../lib/error.ts";
import { storeIn } from "./collected.ts";

export { leastPolicy } from "../collect/aws/fetch-calls.ts";

export class CollectError extends CodedError<"REFUSED"> {}

export interface CollectOptions extends Omit<FetchOptions, "earlier" | "keep"> {
  /** The folder that holds `estate/`. */
  readonly output: string;
  /** Ask again what stands there already. */
  readonly refresh: boolean;
  readonly say: (line: string) => void;
}

/**
 * How many calls were not answered; each is written down, becomes a gap, and stops nothing. Throws a CollectError when nothing can be asked at all.
 */
export async function collectAws(options: CollectOptions): Promise<number> {
  const store = storeIn(options.output, options.refresh);
  let unanswered = 0;
  for await (const event of fetchAws({ ...options, earlier: store.earlier, keep: store.keep })) {
    if (event.kind === "refused") throw new CollectError("REFUSED", `AWS answers nothing: ${event.why}\n  ${REMEDY}`);
    if (event.kind === "kept") options.say(`${event.folder}  kept, it is whole; ask again with --refresh`);
    if (event.kind === "passed-over") options.say(`${event.folder}  passed over: ${event.why}`);
    if (event.kind !== "collected") continue;
    const { folder, answers, kept } = event.collected;
    const failed = answers.filter(isUnanswered);
    store.place(event.collected);
    unanswered += failed.length;
    options.say(
      `${folder}  ${answers.length - failed.length} answers${kept > 0 ? ` (${kept} kept from before)` : ""}, ${failed.length} calls not answered`,
    );
    for (const line of shortened(failed)) options.say(line);
  }
  return unanswered;
}

const REMEDY =
  "Give credentials (aws login, aws sso login, or the AWS_… variables), name them with --profile, and a region with --regions.";

type Unanswered = Extract<Answer, { error: string }>;

/** That there is no policy on a bucket is an answer too, although it comes as an error. */
function isUnanswered(answer: Answer): answer is Unanswered {
  const asked = parseCall(answer.call);
  return "error" in answer && !(asked && saysNone(asked, answer.error));
}

const SHOWN = 5;

const shortened = (failed: readonly Unanswered[]): readonly string[] => [
  ...failed.slice(0, SHOWN).map(({ call, error }) => `  ${call}\n    ${error}`),
  ...(failed.length > SHOWN ? [`  and ${failed.length - SHOWN} more, in the manifest; run again to ask only these`] : []),
];
