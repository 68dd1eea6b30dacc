// Trails with their status and their selectors, detectors and recorders with theirs, once every file is read.
import type { AwsTrail, AwsWatch } from "../../../model/observations/aws-upkeep.ts";
import type { Joining } from "../joining.ts";

export function joinUpkeep(joining: Joining): void {
  for (const kind of ["aws/protected-resource", "aws/patch-state", "aws/upkeep-read"] as const) joining.of(kind).forEach(joining.keep);
  const pieces = Map.groupBy(joining.parts("trail"), ({ arn }) => arn);
  for (const [arn, [first]] of Map.groupBy(joining.of("aws/trail"), (trail) => trail.arn)) {
    if (first === undefined) continue;
    const own = pieces.get(arn) ?? [];
    const isLogging = own.find((piece) => piece.isLogging !== undefined)?.isLogging;
    const logsWrites = own.find((piece) => piece.logsWrites !== undefined)?.logsWrites;
    const trail: AwsTrail = { ...first, ...(isLogging !== undefined && { isLogging }), ...(logsWrites !== undefined && { logsWrites }) };
    joining.keep(trail);
  }
  const watches = Map.groupBy(joining.of("aws/watch"), ({ account, by, id }) => `${account} ${by} ${id}`);
  for (const versions of watches.values()) {
    const watch: AwsWatch | undefined = versions.find(({ isOn }) => isOn !== undefined) ?? versions[0];
    if (watch) joining.keep(watch);
  }
}
