// Resource instances → pieces and gaps.
import type { Gap } from "../../model/gap.ts";
import type { Scope } from "../../model/manifest.ts";
import type { TerraformPart } from "../../model/observations/terraform.ts";
import { eksMappers } from "./map-eks.ts";
import { gateMappers, githubMappers } from "./map-github.ts";
import { identityMappers } from "./map-identity.ts";
import { kubernetesMappers } from "./map-kubernetes.ts";
import { organizationMappers } from "./map-organization.ts";
import { resourceMappers, unmapped } from "./map-resources.ts";
import { constant, defaultTags, placesOf } from "./places.ts";
import type { Contents } from "./read.ts";
import { AFTER_APPLY, type Mapper, type Reading } from "./reading.ts";
import type { TerraformResource } from "./resource.ts";
import { gapOf } from "./topics.ts";

export const mappers: Readonly<Record<string, Mapper>> = {
  ...identityMappers,
  ...resourceMappers,
  ...eksMappers,
  ...organizationMappers,
  ...kubernetesMappers,
  ...githubMappers,
  ...gateMappers,
};

export interface Mapped {
  readonly parts: readonly TerraformPart[];
  readonly gaps: readonly Gap[];
}

export interface About {
  readonly file: string;
  readonly scope?: Scope;
  readonly fingerprint: (secret: string) => string;
  /** Why a value is not known, where the file is no plan. */
  readonly whyUnknown?: string;
}

/** Resources are mapped with all of `contents` beside them, so that one may name another. */
export function mapResources(resources: readonly TerraformResource[], contents: Contents, about: About): Mapped {
  const parts: TerraformPart[] = [];
  const gaps: Gap[] = [];
  for (const address of contents.deferred) {
    const why = "the plan puts it off to another round: apply, then plan again";
    gaps.push(gapOf("terraform/file", `${about.file}#${address}`, address, why, { file: about.file, pointer: "/deferred_changes" }));
  }
  const places = placesOf(contents, about.scope?.account);
  const byAddress = new Map([...contents.prior, ...contents.resources].map((resource) => [resource.address, resource]));
  const all = [...byAddress.values()];
  for (const resource of resources) {
    const mapper = resource.mode === "managed" ? mapperOf(resource.type) : undefined;
    if (!mapper) continue;
    const provider = contents.configuration.provider(resource.provider);
    const reading: Reading = {
      resource,
      placeOf: places,
      all,
      byAddress: (address) => byAddress.get(address),
      file: about.file,
      ...(about.scope && { scope: about.scope }),
      provider: (name) => constant(provider, name),
      // Without a configuration nobody says what the provider adds.
      defaultTags: resource.hasConfiguration ? defaultTags(provider) : undefined,
      part: (part, source) => void parts.push({ kind: "terraform/part", source: source ?? resource.source, ...part } as TerraformPart),
      whole: (observation) => void parts.push({ kind: "terraform/part", part: "whole", observation, source: observation.source }),
      gap: (topic, subject, what, why, source) =>
        void gaps.push(gapOf(topic, subject, what, reworded(why, about.whyUnknown), source ?? resource.source)),
      fingerprint: about.fingerprint,
    };
    mapper(reading);
  }
  return { parts, gaps };
}

/** In a plan a value is known only after apply; elsewhere `unknown` says why it is not. */
const reworded = (why: string, unknown: string | undefined): string =>
  unknown === undefined
    ? why
    : why.replace(AFTER_APPLY, unknown).replace(/is known only after apply$/, "needs evaluation: give a plan (terraform show -json)");

/** Whether resources of a type are mapped at all. */
export const isMapped = (type: string): boolean => mapperOf(type) !== undefined;

const mapperOf = (type: string): Mapper | undefined =>
  Object.hasOwn(mappers, type) ? mappers[type] : type.startsWith("aws_") ? unmapped : undefined;
