// Walks cases/kustomize.json: files of overlays and bases, and the objects and gaps they come to.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseBytes } from "../../lib/parse.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import type { KubernetesObservation } from "../../model/observations/kubernetes.ts";
import { collector } from "./collector.ts";

interface Case {
  readonly name: string;
  readonly source: string;
  readonly files: Readonly<Record<string, string>>;
  /** Kind, namespace and name; images of a workload, subjects of a binding. */
  readonly objects: readonly string[];
  readonly gaps?: readonly string[];
}

const cases = JSON.parse(readFileSync(new URL("./cases/kustomize.json", import.meta.url), "utf8")) as Case[];

function read(files: Case["files"], scope: object): { objects: KubernetesObservation[]; gaps: Gap[]; unrecognized: number } {
  const pieces: Observation[] = [];
  const objects: KubernetesObservation[] = [];
  const gaps: Gap[] = [];
  let unrecognized = 0;
  const context = { fingerprint: (secret: string): string => secret };
  const gap = (each: Gap): void => void gaps.push(each);
  for (const [path, text] of Object.entries(files)) {
    const parsed = parseBytes(path, new TextEncoder().encode(text));
    if (!parsed.ok) throw new Error(parsed.error.message);
    const file = { path, ...parsed.value, scope: { system: "kubernetes", ...scope } } as const;
    file.documents.forEach((document, index) => {
      if (collector.recognize(document, file) === undefined) unrecognized++;
      else collector.map(document, index, file, { observation: (each) => void pieces.push(each), gap }, context);
    });
  }
  collector.join?.(pieces, [], { observation: (each) => void objects.push(each as KubernetesObservation), gap }, context);
  return { objects, gaps, unrecognized };
}

function told(object: KubernetesObservation): string {
  const more =
    object.kind === "kubernetes/workload"
      ? object.containers.map(({ image }) => image)
      : object.kind === "kubernetes/role-binding"
        ? object.subjects.map(({ namespace, name }) => `${namespace ?? "-"}/${name}`)
        : [];
  return [object.kind, `${object.namespace ?? "-"}/${object.name}`, ...more].join(" ");
}

test.each(cases)("$name", ({ files, objects, gaps = [], source }) => {
  const found = read(files, { cluster: "c" });
  expect(found.objects.map(told).toSorted()).toEqual([...objects].toSorted());
  expect(
    found.gaps.map(({ topic, subject, why }) => (topic === "kubernetes/namespace" ? `${topic} ${subject}` : `${topic} ${subject}: ${why}`)),
  ).toEqual(gaps);
  expect(source.length).toBeGreaterThan(10);
});

test("without a cluster a kustomization and a chart are nobody's: they are listed, and make nothing uncertain", () => {
  const files = Object.fromEntries(
    cases.flatMap((one) => Object.entries(one.files)).filter(([path]) => /(kustomization|Chart)\.yaml$/.test(path)),
  );
  const { gaps, unrecognized } = read(files, {});
  expect(gaps).toEqual([]);
  expect(unrecognized).toBe(Object.keys(files).length);
});
