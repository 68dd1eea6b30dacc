// Bench: all connections from lower environments into production in a generated network of 200 VPCs and 20,000 interfaces.
import { cpus } from "node:os";
import { compileNetwork } from "../src/analyze/network/aws/compile.ts";
import { connect } from "../src/analyze/network/aws/connect.ts";
import { eachConnection } from "../src/analyze/network/aws/connections.ts";
import { type Decider, decider } from "../src/analyze/network/aws/decide.ts";
import { isEmpty } from "../src/analyze/network/aws/flows.ts";
import type { Endpoint } from "../src/analyze/network/aws/network.ts";
import { derive } from "../src/analyze/derive.ts";
import { networkPlane } from "../src/analyze/network/plane.ts";
import { Charter } from "../src/charter/schema.ts";
import { AWS_NETWORK_KINDS } from "../src/model/observations/aws-network.ts";
import { indexObservations } from "../src/model/observation.ts";
import { generateNetwork } from "./generated-network.ts";

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;
const isProduction = (endpoint: Endpoint): boolean => endpoint.interface.account === "333333333333";

console.log(`machine: ${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, node ${process.version}`);
for (const shape of ["walled", "flat"] as const) {
  const observations = indexObservations(generateNetwork({ vpcs: 200, interfaces: 20_000, shape, seed: 8_31 }));
  const times: number[] = [];
  let pairs = 0;
  let interfacePairs = 0;
  let gaps = 0;
  const samples: { readonly from: Endpoint; readonly to: Endpoint }[] = [];
  let endpoints: readonly Endpoint[] = [];
  let decide: Decider | undefined;
  for (let run = 0; run < 3; run++) {
    pairs = interfacePairs = 0;
    samples.length = 0;
    const start = performance.now();
    const compiled = compileNetwork(observations);
    endpoints = compiled.network.endpoints;
    gaps = compiled.gaps.length;
    decide = decider(compiled.network);
    eachConnection(
      decide,
      endpoints.filter((each) => !isProduction(each)),
      endpoints.filter(isProduction),
      ({ from, to }) => {
        pairs++;
        interfacePairs += from.endpoints.length * to.endpoints.length;
        if (pairs % (shape === "flat" ? 997 : 7) === 0)
          samples.push({ from: from.endpoints.at(-1) as Endpoint, to: to.endpoints.at(-1) as Endpoint });
      },
    );
    times.push(performance.now() - start);
  }
  const check = decide as Decider;
  const disagreements = samples.filter(({ from, to }) =>
    isEmpty(connect(check, { kind: "endpoint", endpoint: from }, { address: to.private, endpoint: to }).flows),
  ).length;
  console.log(
    `network (${shape}): ${endpoints.length} interfaces, ${pairs} pairs of classes (${interfacePairs} pairs of interfaces) across in ` +
      `${(median(times) / 1000).toFixed(2)} s (median of 3, compiling included); ${gaps} gaps; ${samples.length} answers asked one by one, ${disagreements} differ`,
  );
  if (disagreements > 0 || median(times) > 10_000) process.exitCode = 1;
}
for (const shape of ["walled", "flat"] as const) {
  const observations = indexObservations(generateNetwork({ vpcs: 200, interfaces: 20_000, shape, seed: 8_31 }));
  const environments = [
    ["development", "111111111111"],
    ["test", "222222222222"],
    ["production", "333333333333"],
  ].map(([name, account]) => ({ name, tier: name, purpose: "x", owner: "x", data: "none", boundary: { aws: { accounts: [account] } } }));
  const charter = Charter.parse({ bulkhead: 1, organization: { name: "acme" }, environments });
  const start = performance.now();
  const estate = derive([...AWS_NETWORK_KINDS.flatMap((kind) => observations(kind))], charter, [], [networkPlane]);
  console.log(`network (${shape}): ${estate.rules.length} rules of the plane in ${((performance.now() - start) / 1000).toFixed(2)} s`);
}
console.log(`network: peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
