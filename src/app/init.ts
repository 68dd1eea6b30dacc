// A folder of collected files in, a proposed charter out.
import { randomBytes } from "node:crypto";
import { proposeCharter } from "../charter/propose.ts";
import { Charter } from "../charter/schema.ts";
import { indexObservations, type Observations } from "../model/observation.ts";
import type { FileSet } from "./files.ts";
import { CHARTER_FILE } from "./check.ts";
import { readEstate } from "./read-estate.ts";
import { SEAL_FILE } from "./seal.ts";

export interface Proposal {
  readonly text: string;
  readonly read: number;
  readonly observations: Observations;
  readonly unrecognized: readonly { readonly file: string; readonly why: string }[];
}

/** Reads the files as a check would, under a charter that says nothing but that something is to be proposed. */
export function propose(files: FileSet, name: string): Proposal {
  const organization = organizationName(name);
  const blank = Charter.parse({
    bulkhead: 1,
    organization: { name: organization },
    environments: [
      { name: "production", tier: "production", purpose: "to be proposed", owner: "to be proposed", data: "internal", boundary: {} },
    ],
  });
  const estate = new Map([...files].filter(([path]) => path !== CHARTER_FILE && path !== SEAL_FILE));
  const reading = readEstate(estate, blank, { fingerprintKey: randomBytes(32) });
  const inputs = inputsText(
    [...estate.keys()],
    reading.manifests.map((manifest) => manifest.file),
  );
  const observations = indexObservations(reading.observations);
  return {
    observations,
    text: `${proposeCharter(observations, organization).trimEnd()}\n\n${inputs}`,
    read: reading.files,
    unrecognized: reading.unrecognized,
  };
}

/** Letters, digits and hyphens, as the charter wants names. */
const organizationName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "") || "organization";

/** Folders with a manifest say their own scope; the rest needs it from a person. */
function inputsText(paths: readonly string[], manifests: readonly string[]): string {
  const folders = manifests.map((file) => file.slice(0, Math.max(0, file.lastIndexOf("/")))).sort();
  const bare = new Set(
    paths
      .filter((path) => !folders.some((folder) => folder === "" || path.startsWith(`${folder}/`)))
      .map((path) => (path.includes("/") ? path.slice(0, path.indexOf("/")) : path)),
  );
  const declared = folders.map((folder) => `  - path: ${JSON.stringify(folder === "" ? "." : folder)}\n    manifest: required`);
  const open = [...bare]
    .sort()
    .map(
      (place) =>
        `  - path: ${JSON.stringify(place)}\n    # Question: which account, cluster or repository is this from? For example:\n    # scope: { system: kubernetes, cluster: NAME }`,
    );
  const items = [...declared, ...open];
  return items.length === 0 ? "" : `# Where the collected files stand, and what each was read from.\ninputs:\n${items.join("\n")}\n`;
}
