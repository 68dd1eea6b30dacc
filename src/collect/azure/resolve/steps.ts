// One entry of `steps` → what it does. Source: Azure Pipelines, "YAML schema reference", steps; "Azure Pipelines task reference".
import { scriptWithoutSecrets } from "../../../lib/secret-text.ts";
import { isObject, type Json } from "../../../lib/json.ts";
import type { AzureJob, AzureStep } from "../../../model/observations/azure.ts";
import { at, type Node, type Sheet, textOf } from "./sheet.ts";

const SCRIPTS = ["script", "bash", "pwsh", "powershell"] as const;
/** Short forms of tasks that hand things on. */
const PARTS = ["checkout", "download", "downloadBuild", "getPackage", "publish", "reviewApp", "template"] as const;

const inputsOf = (value: Json | undefined): Readonly<Record<string, string>> =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (textOf(one) === undefined ? [] : [[key, textOf(one) as string]])))
    : {};

/** Tasks that take a script, and the inputs that have it. */
const inline = (inputs: Readonly<Record<string, string>>): string =>
  ["script", "inlineScript", "Inline", "ScriptBlock", "customCommand"]
    .flatMap((name) => (inputs[name] === undefined ? [] : [inputs[name]]))
    .join("\n");

/** A few tasks are commands in another form: `HelmDeploy@0` with `command: upgrade` runs `helm upgrade`. */
function asCommand(task: string, inputs: Readonly<Record<string, string>>): string {
  const name = task.split("@")[0]?.toLowerCase() ?? "";
  const command = inputs["command"] ?? inputs["action"] ?? "";
  if (name === "docker") return `docker ${command === "" || command === "buildAndPush" ? "build" : command} .`;
  if (name === "helmdeploy") return `helm ${command} ${inputs["chartName"] ?? inputs["chartPath"] ?? ""}`;
  if (name === "kubernetes") return `kubectl ${command} ${inputs["arguments"] ?? ""}`;
  if (name.startsWith("terraform")) return `terraform ${command}`;
  if (name === "npm") return `npm ${command === "custom" ? (inputs["customCommand"] ?? "") : command}`;
  if (name === "maven") return `mvn ${inputs["goals"] ?? "package"}`;
  if (name === "gradle") return `./gradlew ${inputs["tasks"] ?? "build"}`;
  if (name === "dotnetcorecli") return `dotnet ${command === "" ? "build" : command}`;
  if (name === "go") return `go ${command}`;
  return name === "vstest" ? "dotnet test" : "";
}

export function stepOf(sheet: Sheet, { value, source, because }: Node, fingerprint: (secret: string) => string): AzureStep | undefined {
  const common = {
    ...(textOf(value["condition"]) !== undefined && { condition: textOf(value["condition"]) as string }),
    continueOnError: value["continueOnError"] === true || value["continueOnError"] === "true",
    ...(because !== undefined && { because }),
    source,
  };
  const clean = (text: string): string => scriptWithoutSecrets(text, fingerprint);
  for (const key of SCRIPTS) {
    const text = textOf(value[key]);
    if (text !== undefined) return { ...common, text: clean(text), with: {} };
  }
  const task = textOf(value["task"]);
  if (task !== undefined) {
    const inputs = inputsOf(value["inputs"]);
    const text = [inline(inputs), asCommand(task, inputs)].filter((one) => one.trim() !== "").join("\n");
    return {
      ...common,
      text: clean(text),
      uses: task,
      with: Object.fromEntries(Object.entries(inputs).map(([key, one]) => [key, clean(one)])),
    };
  }
  for (const key of PARTS) {
    const text = textOf(value[key]);
    if (text !== undefined) return { ...common, text: "", uses: key, with: { [key]: text, ...inputsOf(value) } };
  }
  sheet.problems.push({
    what: `a step that is none of those known here: ${Object.keys(value).slice(0, 4).join(", ")}`,
    source,
    isFatal: false,
  });
  return undefined;
}

const CONNECTION =
  /^(?:azureSubscription|connectedServiceName(?:ARM)?|ConnectedServiceName|kubernetesServiceConnection|kubernetesServiceEndpoint|containerRegistry|dockerRegistryServiceConnection|dockerRegistryEndpoint|awsCredentials|sshEndpoint|serviceConnection|backendService(?:Arm)?|environmentServiceName\w*|azureResourceManagerConnection|externalFeedCredentials|npmServiceConnection|gitHubConnection|SonarQube|SonarCloud|serverEndpoint|nuGetServiceConnections|azureSubscriptionEndpoint|azureContainerRegistry)$/;

/** Names of service connections among the inputs of a task. Some inputs of other tasks have the name of a registry: those name none. */
export const connectionsOf = (steps: readonly AzureStep[]): AzureJob["connections"] =>
  steps.flatMap((step) =>
    Object.entries(step.with).flatMap(([name, value]) =>
      CONNECTION.test(name) && value !== "" && !value.endsWith(".azurecr.io")
        ? [{ name: value, source: at(step.source, "inputs", name) }]
        : [],
    ),
  );

const isTask = (step: AzureStep, name: RegExp): boolean => name.test(step.uses ?? "");

export const artifactsOf = (steps: readonly AzureStep[]): readonly string[] =>
  steps.flatMap((step) => {
    if (step.uses === "publish") return [step.with["artifact"] ?? step.with["publish"] ?? "artifact"];
    return isTask(step, /^Publish(?:PipelineArtifact|BuildArtifacts)@/)
      ? [step.with["artifact"] ?? step.with["artifactName"] ?? step.with["ArtifactName"] ?? "drop"]
      : [];
  });

/** `download: current`, `download: ALIAS`; deployment jobs download all of the run by themselves, unless told not to ("Deployment jobs"). */
export function downloadsOf(steps: readonly AzureStep[], isDeployment: boolean): readonly string[] {
  const named = steps.flatMap((step) => {
    if (step.uses === "download") return [step.with["download"] ?? "current"];
    if (!isTask(step, /^Download(?:PipelineArtifact|BuildArtifacts)@/)) return [];
    const other = step.with["buildType"] ?? step.with["source"] ?? step.with["buildVersionToDownload"];
    return [other === "specific" ? (step.with["pipeline"] ?? step.with["definition"] ?? "*") : "current"];
  });
  if (named.includes("none")) return [];
  return isDeployment && named.length === 0 ? ["current"] : named;
}

/**
 * "Manual validation … pause a run and wait for manual interaction": version 1 names approvers and says whether one may approve one's own run; of
 * version 0, whoever may queue builds resumes it (task reference, ManualValidation).
 */
export const asksOf = (steps: readonly AzureStep[]): AzureJob["asks"] =>
  steps.flatMap((step, index) => {
    if (!isTask(step, /^(?:ManualValidation|ManualIntervention)@/)) return [];
    const approvers = (step.with["approvers"] ?? "").split(/[,;\n]/).flatMap((one) => (one.trim() === "" ? [] : [one.trim()]));
    const selfApproves = (step.with["allowApproversToApproveTheirOwnRuns"] ?? "true") !== "false";
    return [{ ...(approvers.length > 0 && { approvers }), selfApproves, at: index, source: step.source }];
  });
