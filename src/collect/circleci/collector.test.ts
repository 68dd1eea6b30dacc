// The CircleCI collector on configurations and answers in the forms of its documentation.
import { expect, test } from "vitest";
import { parseBytes } from "../../lib/parse.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation, ObservationOf } from "../../model/observation.ts";
import type { ParsedFile } from "../collector.ts";
import { collector } from "./collector.ts";

function read(path: string, text: string, more: Partial<ParsedFile> = { scope: { system: "github", repository: "acme/shop" } }) {
  const parsed = parseBytes(path, new TextEncoder().encode(text));
  if (!parsed.ok) throw new Error(parsed.error.message);
  const file: ParsedFile = { path, ...parsed.value, ...more };
  const observations: Observation[] = [];
  const gaps: Gap[] = [];
  const sink = { observation: (one: Observation) => void observations.push(one), gap: (one: Gap) => void gaps.push(one) };
  const what = collector.recognize(file.documents[0], file);
  if (what !== undefined) collector.map(file.documents[0], 0, file, sink, { fingerprint: (secret) => `f${secret.length}` });
  return { what, observations, gaps };
}

const CONFIG = `
version: 2.1
orbs: {node: circleci/node@5.1.0, own: acme/tools@dev:main}
executors:
  small: {parameters: {tag: {type: string, default: "20"}}, docker: [{image: "cimg/node:<< parameters.tag >>"}]}
commands:
  release:
    parameters: {to: {type: string, default: staging}}
    steps: [{run: "TOKEN=abcdefghijkl ./deploy.sh << parameters.to >>"}]
jobs:
  build: {executor: small, steps: [checkout, {restore_cache: {keys: [a]}}, {run: npm run build}, {persist_to_workspace: {root: ., paths: [dist]}}]}
  deploy:
    parameters: {env: {type: string}}
    docker: [{image: cimg/base}]
    resource_class: acme/runner
    steps: [{attach_workspace: {at: .}}, {when: {condition: true, steps: [{release: {to: << parameters.env >>}}]}}, node/install]
workflows:
  version: 2
  ship:
    jobs:
      - build
      - deploy:
          matrix: {parameters: {env: [test, production]}}
          context: [shared, << matrix.env >>]
          requires: [build]
          filters: {branches: {only: [main, /release-.*/]}}
      - hold: {type: approval, requires: [deploy]}
  nightly:
    triggers: [{schedule: {cron: "0 0 * * *", filters: {branches: {only: main}}}}]
    jobs: [build]
`;

const config = (): ObservationOf<"circleci/config"> =>
  read(".circleci/config.yml", CONFIG).observations[0] as ObservationOf<"circleci/config">;

test("jobs as workflows run them: commands written out, parameters and matrices filled in", () => {
  const [ship, nightly] = config().workflows;
  expect(ship?.jobs.map((job) => [job.name, job.contexts, job.requires])).toEqual([
    ["build", [], []],
    ["deploy-test", ["shared", "test"], ["build"]],
    ["deploy-production", ["shared", "production"], ["build"]],
    ["hold", [], ["deploy-test", "deploy-production"]],
  ]);
  expect(ship?.jobs[2]).toMatchObject({
    only: ["main", "/release-.*/"],
    uses: ["node/install"],
    attaches: true,
    resourceClass: "acme/runner",
  });
  expect(ship?.jobs[2]?.steps[0]).toMatch(/^TOKEN=fingerprint:f12 \.\/deploy\.sh production$/);
  expect(ship?.jobs[0]).toMatchObject({ images: ["cimg/node:20"], usesCache: true, persists: ["dist"] });
  expect(ship?.jobs[3]).toMatchObject({ isApproval: true });
  expect(nightly).toMatchObject({ isScheduled: true });
});

test("an orb counts as fixed at an exact version alone", () => {
  expect(config().orbs.map((orb) => orb.isMovable)).toEqual([false, true]);
});

test("a workflow that runs what is not there is a gap with its place", () => {
  const { gaps } = read(
    ".circleci/config.yml",
    "version: 2.1\njobs: {a: {docker: [{image: x}], steps: [checkout]}}\nworkflows: {w: {jobs: [b]}}\n",
  );
  expect(gaps).toMatchObject([{ topic: "circleci/config", source: { pointer: "/workflows/w/jobs/0" } }]);
});

test("a command that calls itself is read to a depth and no further", () => {
  const text =
    "version: 2.1\ncommands: {a: {steps: [a, {run: x}]}}\njobs: {j: {docker: [{image: x}], steps: [a]}}\nworkflows: {w: {jobs: [j]}}\n";
  expect(read(".circleci/config.yml", text).observations).toHaveLength(1);
});

test.each([
  "version: 2\nservices: {web: {image: nginx}}\n",
  "version: 2.1\njobs: {a: {runs-on: x}}\n",
  "on: push\njobs: {a: {steps: []}}\n",
])("%j is none of it", (text) => expect(read("a.yml", text).what).toBeUndefined());

test("answers count by their calls, a page with a next one is a gap, and no value is kept", () => {
  const scope = { system: "circleci", organization: "acme" } as const;
  const call = "GET /project/gh/acme/shop/envvar";
  const text = JSON.stringify({ items: [{ name: "TOKEN", value: "xxxx1234" }], next_page_token: null });
  expect(read("0.json", text, { scope, call }).observations).toMatchObject([
    { kind: "circleci/variable", name: "TOKEN", of: "acme/shop" },
    { what: "project variables" },
  ]);
  expect(JSON.stringify(read("0.json", text, { scope, call }).observations)).not.toContain("1234");
  expect(read("0.json", '{"items":[],"next_page_token":"x"}', { scope, call: "GET /context?owner-slug=gh/acme" })).toMatchObject({
    observations: [],
    gaps: [{ topic: "circleci/contexts" }],
  });
});
