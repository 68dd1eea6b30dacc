// Which images each environment may run, from what the ledger says of promotions: approved and still to be deployed, or deployed last.
import type { GateState } from "../state.ts";

/** Digests by the environment's name. */
export type Promoted = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * An approval admits its image until its time for deploying is over. Once its deployment was confirmed it is used up, and the image may run for as
 * long as it is the last of its artifact that was confirmed there: pods are made anew at any time, in a freeze too. What ran before that is not
 * admitted again without a promotion of its own: going back is one.
 */
export function promotedImages(state: GateState, at: string): Promoted {
  const promoted = new Map<string, Set<string>>();
  const admit = (environment: string, digest: string): void => {
    const digests = promoted.get(environment) ?? new Set();
    promoted.set(environment, digests.add(digest));
  };
  const approvals = new Map(
    [...state.decisions].flatMap(([index, decision]) => {
      const request = state.requests.get(index);
      const isApproved = decision.body.outcome === "approved" && request?.body.artifact.kind === "image";
      return request && isApproved ? [[decision.index, { decision: decision.body, request: request.body }] as const] : [];
    }),
  );
  const used = new Set<number>();
  const last = new Map<string, { readonly environment: string; readonly digest: string }>();
  for (const { at: confirmedAt, body } of state.deployments.values()) {
    const approval = approvals.get(body.decision.index);
    // Threat: a confirmation of something else than was approved, or in another place, or too late, admits nothing and displaces nothing.
    const isWhatWasApproved =
      approval?.request.artifact.digest === body.digest &&
      approval.request.to === body.environment &&
      confirmedAt <= (approval.decision.until ?? "");
    if (!isWhatWasApproved) continue;
    used.add(body.decision.index);
    last.set(`${body.environment} ${approval.request.artifact.name}`, { environment: body.environment, digest: body.digest });
  }
  for (const { environment, digest } of last.values()) admit(environment, digest);
  for (const [index, { decision, request }] of approvals)
    if (!used.has(index) && at <= (decision.until ?? "")) admit(request.to, request.artifact.digest);
  return promoted;
}
