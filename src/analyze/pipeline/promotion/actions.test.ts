// What the text of a step says: a build, a deployment, a test, an artifact, a reference; and what only looks like one.
import { describe, expect, test } from "vitest";
import type { Action, Task } from "../model/task.ts";
import { buildOf, deployOf, deploysAsItIs, referencesOf, securityOf, takesArtifact, testOf } from "./actions.ts";

const source = { file: "a.yml" };
const action = (text: string): Action => ({ text, with: {}, source });
const uses = (name: string): Action => ({ text: "", uses: name, with: {}, source });

const task = (...actions: readonly Action[]): Task => ({
  id: "github:acme/shop/.github/workflows/a.yml#job/a",
  label: "a.yml / a",
  name: "a",
  system: "github",
  project: "acme/shop",
  definition: "a.yml",
  events: ["push"],
  environments: [],
  environmentsComplete: true,
  waits: [],
  actions,
  isManual: false,
  mayFail: false,
  artifactsOut: [],
  takesArtifactsOf: [],
  usesCache: false,
  isOnOwnMachine: false,
  isCalledOnly: false,
  source,
});

describe("a build", () => {
  test.each([
    "docker build -t shop .",
    "docker buildx build --push .",
    "npm ci && npm run build",
    "./mvnw -B package",
    "cd web && yarn build",
    "if true; then make build; fi",
    "CGO_ENABLED=0 go build ./...",
    "gcloud run deploy shop --source .",
    "./scripts/build-image.sh",
  ])("%s", (text) => expect(buildOf(task(action(text)))).toBeDefined());

  test.each([
    "npm ci",
    "docker pull shop",
    "echo docker build later",
    "go test ./...",
    "terraform apply",
    "npm run build:check-only-in-a-comment".replace("npm run build", "# npm run"),
  ])("is not: %s", (text) => expect(buildOf(task(action(text)))).toBeUndefined());

  test("an action that builds", () => expect(buildOf(task(uses("docker/build-push-action@v6")))?.words).toBe("docker/build-push-action"));
});

describe("a deployment", () => {
  test.each([
    "kubectl -n shop apply -f k8s/",
    "helm upgrade --install shop ./chart",
    "terraform -chdir=production apply -auto-approve",
    "aws s3 sync ./dist s3://bucket",
    "./deploy/apply.sh production",
    "bash scripts/deploy-prod.sh",
    "npm run deploy",
    "make promote-prod",
  ])("%s", (text) => expect(deployOf(task(action(text)))).toBeDefined());

  test.each(["terraform plan", "kubectl get pods", "yarn smoke:deploy:ci", "helm lint ./chart", "aws s3 ls"])("is not: %s", (text) =>
    expect(deployOf(task(action(text)))).toBeUndefined(),
  );

  test("uploading a deploy key's action is none", () => {
    expect(deployOf(task(uses("actions/upload-pages-artifact@v3")))).toBeUndefined();
    expect(deployOf(task(uses("azure/webapps-deploy@v3")))).toBeDefined();
  });
});

test.each([
  ["npm test", true, false],
  ["./gradlew endToEndTest", true, false],
  ["terraform -chdir=a test", true, false],
  ["npm audit --audit-level=high", false, true],
  ["trivy config .", false, true],
  ["echo contest", false, false],
])("%s tests: %s, tests security: %s", (text, tests, security) => {
  expect(testOf(task(action(text))) !== undefined).toBe(tests);
  expect(securityOf(task(action(text))) !== undefined).toBe(security);
});

test("what is deployed is named by digest, commit, output or a tag that moves", () => {
  const named = (text: string): readonly string[] => [...referencesOf(task(action(text)))];
  expect(named("kubectl set image deployment/a a=r/a@sha256:00")).toEqual(["digest"]);
  expect(named('./deploy.sh "$GITHUB_SHA"')).toEqual(["commit"]);
  expect(named("helm upgrade a --set image=${{ needs.build.outputs.image }}")).toEqual(["output"]);
  expect(named("docker run r/a:latest")).toEqual(["latest"]);
  expect(named("./deploy.sh")).toEqual([]);
});

test("artifacts are taken by action, by command, or by the forge's own means", () => {
  expect(takesArtifact(task(uses("actions/download-artifact@v4")))).toBe(true);
  expect(takesArtifact(task(action("skopeo copy docker://a docker://b")))).toBe(true);
  expect(takesArtifact({ ...task(), takesArtifactsOf: ["x"] })).toBe(true);
  expect(takesArtifact(task(action("npm ci")))).toBe(false);
  expect(deploysAsItIs(task(action("aws s3 sync ./assets s3://bucket")))).toBe(true);
  expect(deploysAsItIs(task(action("aws s3 sync s3://one s3://two")))).toBe(false);
});
