// What the steps of a job do, as far as their text says it: build, deploy, test, take an artifact, name what is deployed.
import type { Action, Task } from "../model/task.ts";

/**
 * At the start of a command: of a line, or after what joins commands. Threat: a long script is attacker-controlled. What follows a start is looked at up
 * to the next one only, and names of files up to a length, so the time stays in proportion to the text.
 */
const command = (words: string): RegExp =>
  new RegExp(`(?:^|[\\n;&|(])[ \\t]*(?:(?:do|then|else|sudo|exec|time) +)*(?:\\w+=\\S* +)*(?:${words})`, "i");

/** Commands that make an artifact from source. Fetching dependencies is no build. */
const BUILDS = command(
  [
    String.raw`docker(?:\s+buildx)?\s+(?:build|bake)\b`,
    String.raw`docker[- ]compose\s+build\b`,
    String.raw`(?:podman|buildah|nerdctl)\s+(?:build|bud)\b`,
    String.raw`[^\s;&|]{0,200}kaniko/executor\b`,
    String.raw`(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?(?:build|compile|bundle|package)\b`,
    String.raw`(?:npx|pnpm\s+exec|yarn)\s+(?:vite|webpack|next|ng|nx|turbo|esbuild|rollup|tsc|parcel)\b(?:\s+(?:run\s+)?build)?`,
    String.raw`(?:mvn|\./mvnw)\b[^\n;&|]*\b(?:package|install|deploy|verify|jib:build)\b`,
    String.raw`(?:gradle|\./gradlew)\b[^\n;&|]*\b(?:build|assemble\w*|bootJar|shadowJar|jib\w*|bootBuildImage)\b`,
    String.raw`go\s+build\b`,
    String.raw`cargo\s+build\b`,
    String.raw`dotnet\s+(?:build|publish|pack)\b`,
    String.raw`make\s+(?:[\w-]*[-_])?(?:build|package|dist|image|docker)\b`,
    String.raw`python3?\s+(?:-m\s+build|setup\.py\s+(?:sdist|bdist\w*))\b`,
    String.raw`(?:poetry|hatch|uv|flit)\s+build\b`,
    String.raw`bazel\s+build\b`,
    String.raw`(?:sam|pack|hugo|ko|skaffold|gatsby|wasm-pack|mix\s+release|bundle\s+exec\s+jekyll)(?:\s+build|\s*$|\b(?=\s*\n))`,
    String.raw`gcloud\s+builds\s+submit\b`,
    String.raw`gcloud\s+run\s+deploy\b[^\n;&|]*--source\b`,
    String.raw`az\s+acr\s+build\b`,
    String.raw`(?:serverless|sls|cf\s+push|eb\s+deploy|fly(?:ctl)?\s+deploy|netlify\s+deploy\s+--build|vercel\s+build)\b`,
    String.raw`[^\s;&|]{0,200}build[\w-]{0,100}\.(?:sh|py)\b`,
  ].join("|"),
);

const BUILDING_ACTIONS =
  /^(?:docker\/(?:build-push-action|bake-action)|redhat-actions\/buildah-build|mr-smithers-excellent\/docker-build-push|elgohr\/publish-docker|serverless\/github-action|goreleaser\/goreleaser-action|google-github-actions\/deploy-appengine)@|^docker\.build$/i;

const DEPLOYS = command(
  [
    String.raw`kubectl\s[^\n;&|]*\b(?:apply|set\s+image|patch|replace|create|rollout\s+restart)\b`,
    String.raw`helm\s[^\n;&|]*\b(?:upgrade|install)\b`,
    String.raw`helmfile\s[^\n;&|]*\b(?:apply|sync)\b`,
    String.raw`(?:terraform|tofu|terragrunt)\s[^\n;&|]*\bapply\b`,
    String.raw`pulumi\s+up\b`,
    String.raw`aws\s+(?:ecs\s+update-service|lambda\s+update-function-code|s3\s+(?:sync|cp)|cloudformation\s+deploy|elasticbeanstalk|deploy\s+create-deployment|amplify\s+start)`,
    String.raw`(?:cdk|npx\s+cdk|sam|serverless|sls|firebase|eb|fly(?:ctl)?|vercel|netlify|wrangler|gcloud\s+(?:run|app|functions)|cf|copilot)\s+(?:deploy|push)\b`,
    String.raw`az\s+storage\s+blob\s+(?:upload|sync|copy)`,
    String.raw`az\s+(?:webapp|functionapp|containerapp)\s[^\n;&|]*\b(?:deploy|deployment|update|up)\b`,
    String.raw`ansible-playbook\b(?![^\n;&|]*\s(?:--check|--syntax-check|--list-(?:hosts|tasks|tags))\b)`,
    String.raw`argocd\s+app\s+(?:sync|set)\b`,
    String.raw`flux\s+reconcile\b`,
    String.raw`(?:make|npm\s+run|yarn|pnpm(?:\s+run)?|bundle\s+exec\s+cap|just|task)\s+(?![\w:-]{0,200}(?:smoke|test|check|verify|lint|dry))[\w:-]{0,200}(?:deploy|promote|rollout|release)`,
    String.raw`(?:(?:bash|sh)\s+)?[^\s;&|]{0,200}deploy[^\s;&|]{0,100}\.(?:sh|py|rb|js|ts)\b`,
    String.raw`(?:(?:bash|sh)\s+)?[^\s;&|]{0,200}deploy/\S`,
    String.raw`kustomize\s+build\b[^\n;&|]*\|\s*kubectl\b`,
  ].join("|"),
);

/** A step of a Jenkins library has neither a folder nor a version in its name. */
const DEPLOYING_ACTIONS =
  /^[^@]*(?:deploy|helm-upgrade|wrangler-action|pulumi\/actions|kubectl)[^@]*@|^\w{0,100}(?:deploy|rollout|promote)\w{0,100}$/i;
const NOT_DEPLOYING_ACTIONS =
  /(?:upload-pages-artifact|configure-pages|deployment-status|create-deployment|deploy-?keys?|delete-deployment)/i;

const TESTS = command(
  [
    String.raw`(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?(?:test|e2e|cy|check)\S*`,
    String.raw`(?:npx\s+)?(?:jest|vitest|cypress|playwright|mocha|karma|ava|newman)\b`,
    String.raw`(?:python3?\s+-m\s+)?(?:pytest|unittest|tox|nox|behave|rspec|phpunit|bats)\b`,
    String.raw`(?:go|cargo|dotnet|mix|swift|bazel|flutter|deno|terraform|tofu)\s[^\n;&|]*\btest\b`,
    String.raw`(?:mvn|\./mvnw)\b[^\n;&|]*\b(?:test|verify|install)\b`,
    String.raw`(?:gradle|\./gradlew)\b[^\n;&|]*\b(?:check|\w*[tT]est)\b`,
    String.raw`(?:bundle\s+exec\s+)?(?:rake\s+(?:test|spec)|rspec)\b`,
    String.raw`make\s+[\w:-]{0,100}(?:test|check)`,
    String.raw`[^\s;&|]{0,200}(?:test|smoke|e2e)[^\s;&|]{0,100}\.(?:sh|py)\b`,
  ].join("|"),
);

const SECURITY =
  /\b(?:trivy|semgrep|snyk|grype|gitleaks|trufflehog|checkov|tfsec|bandit|gosec|govulncheck|zap-(?:baseline|full-scan)|dependency-check|sonar-scan(?:ner)?|osv-scanner|brakeman|(?:npm|yarn|pnpm|pip|cargo|bundle)[- ]audit|codeql|zizmor|kics|clair|anchore|dependencyCheckAnalyze|snyk-test)\b|\b(?:npm|yarn|pnpm|pip|cargo|bundle)\s+audit\b/i;

const says = (action: Action, texts: RegExp, uses: RegExp): boolean =>
  texts.test(action.text) || (action.uses !== undefined && uses.test(action.uses));

/** First words of the command that matches, to tell it by. */
const shown = (action: Action, texts: RegExp): string => {
  if (action.uses !== undefined) return action.uses.split("@")[0] ?? action.uses;
  const found = texts.exec(action.text)?.[0] ?? action.text;
  return found
    .replaceAll(/^[\n;&|(\s]+/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
};

export interface Found {
  readonly action: Action;
  readonly words: string;
}

const first = (task: Task, test: (action: Action) => boolean, texts: RegExp): Found | undefined => {
  const action = task.actions.find(test);
  return action && { action, words: shown(action, texts) };
};

/** docker/build-push-action with nothing to build from but an image that is there makes a tag; anything else is a build. */
export const buildOf = (task: Task): Found | undefined => first(task, (action) => says(action, BUILDS, BUILDING_ACTIONS), BUILDS);

const isDeploying = (action: Action): boolean =>
  DEPLOYS.test(action.text) ||
  (action.uses !== undefined && DEPLOYING_ACTIONS.test(action.uses) && !NOT_DEPLOYING_ACTIONS.test(action.uses));

export const deployOf = (task: Task): Found | undefined => first(task, isDeploying, DEPLOYS);

export const testOf = (task: Task): Found | undefined => first(task, (action) => TESTS.test(action.text), TESTS);

export const securityOf = (task: Task): Found | undefined =>
  first(task, (action) => SECURITY.test(action.text) || (action.uses !== undefined && SECURITY.test(action.uses)), SECURITY);

/** How the thing that is deployed is named: by what it is, by the commit, or by a name that can be moved. */
export type Reference = "digest" | "commit" | "output" | "input" | "latest";

const REFERENCES: readonly (readonly [Reference, RegExp])[] = [
  ["digest", /@sha256:|\bdigest\b/i],
  [
    "commit",
    /GITHUB_SHA|github\.sha\b|head_sha\b|CI_COMMIT_(?:SHA|SHORT_SHA|TAG)|GIT_COMMIT|BUILD_SOURCEVERSION|Build\.SourceVersion|github\.ref_name|git\s+rev-parse/i,
  ],
  ["output", /needs\.[\w-]+\.outputs\.|dotenv\b/],
  ["input", /inputs\.[\w-]*(?:tag|version|image|sha|digest|build|release)[\w-]*/i],
  ["latest", /:latest\b|\btag[=: ]+["']?latest\b/i],
];

export function referencesOf(task: Task): ReadonlySet<Reference> {
  const text = task.actions.map((action) => [action.text, ...Object.values(action.with)].join("\n")).join("\n");
  return new Set(REFERENCES.flatMap(([reference, pattern]) => (pattern.test(text) ? [reference] : [])));
}

/** Commands that fetch what was built elsewhere, or copy it on without building. */
const TAKES = command(
  [
    String.raw`docker\s+(?:pull|tag)\b`,
    String.raw`docker\s+buildx\s+imagetools\s+create\b`,
    String.raw`(?:crane|gcrane)\s+(?:cp|copy|tag)\b`,
    String.raw`skopeo\s+copy\b`,
    String.raw`gh\s+(?:run|release)\s+download\b`,
    String.raw`aws\s+s3\s+cp\s+s3://`,
    String.raw`oras\s+pull\b`,
  ].join("|"),
);

/** An artifact of a run, by the forge's own means or by a command. */
export const takesArtifact = (task: Task): boolean =>
  task.takesArtifactsOf.length > 0 ||
  task.actions.some((action) => TAKES.test(action.text) || /download-(?:workflow-)?artifact|release-downloader/.test(action.uses ?? ""));

/** Commands that put files of the commit where they serve, as they are: no artifact stands between. */
const AS_IT_IS = command(
  [
    String.raw`(?:terraform|tofu|terragrunt)\s[^\n;&|]*\bapply\b`,
    String.raw`kubectl\s[^\n;&|]*\bapply\b`,
    String.raw`aws\s+s3\s+(?:sync|cp)\s+(?!s3://)`,
    String.raw`aws\s+cloudformation\s+deploy\b`,
    String.raw`ansible-playbook\b`,
    String.raw`(?:flux|argocd)\s`,
    String.raw`kustomize\s+build\b`,
  ].join("|"),
);

export const deploysAsItIs = (task: Task): boolean => task.actions.some((action) => AS_IT_IS.test(action.text));
