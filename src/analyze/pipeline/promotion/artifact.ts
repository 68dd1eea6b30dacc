// P4: whether what reaches production is what was tested below, or is built again.
import type { Task } from "../model/task.ts";
import { buildOf, deployOf, deploysAsItIs, referencesOf, takesArtifact } from "./actions.ts";
import { type Deployment, lowerThan, mayDeploy, type Told } from "./deployments.ts";
import { type Asked, tasksOf } from "./tasks.ts";

const SHOWS = "the image digest, the run artifact or the commit that the job deploys, named in its steps";

/**
 * The artifact is the one that was tested when the production job takes what a job before the lower deployment made (an artifact of the run, a
 * digest, the image of the commit), or when no artifact stands between the commit and what is deployed. It is not when something is built after the
 * lower deployment, by the production job or on the way to it. What the steps do not say is unknown.
 */
export function artifactPromoted(asked: Asked, deployment: Deployment, environment: string): Told {
  const tasks = tasksOf(asked);
  const { task, label } = deployment;
  const lower = lowerThan(asked, environment);
  const stages = deployment.before.filter((stage) => stage.environments.some((name) => lower.has(name)));
  const below = stages.flatMap((stage) => tasks.of(stage.job) ?? []);
  if (task.actions.length === 0)
    return { answer: "unknown", why: `what ${label} does is not in the files`, wouldShow: task.unread ?? SHOWS };
  // Where nothing was deployed below in this pipeline, P1 asks why; a build on the way is still a build that nothing below has seen.
  if (below.length === 0) return withoutLower(task);
  const tested = new Set(below.flatMap((one) => [one.id, ...tasks.before(one).map((each) => each.task.id)]));
  const after = [
    task,
    ...tasks
      .before(task)
      .map((one) => one.task)
      .filter((one) => !tested.has(one.id)),
  ];
  const rebuilt = after.flatMap((one) => {
    const build = buildOf(one);
    return build === undefined ? [] : [{ one, build }];
  })[0];
  // An artifact of a job that itself came after the test is no other than what that job built.
  const takes = task.takesArtifactsOf.length > 0 ? task.takesArtifactsOf.some((id) => tested.has(id)) : takesArtifact(task);
  if (mayDeploy(task) === "unknown")
    return {
      answer: "unknown",
      why: `${label} names an environment of ${environment}, and whether it deploys anything is not visible in its steps`,
      wouldShow: SHOWS,
    };
  if (rebuilt !== undefined) return afterBuild(task, rebuilt.one, rebuilt.build.words, below, takes);
  return promotedTo(task, below, tested);
}

function withoutLower(task: Task): Told {
  const build = buildOf(task);
  if (build === undefined)
    return {
      answer: "unknown",
      why: `${task.label} waits for no deployment below, so what was tested is not in the files`,
      wouldShow: SHOWS,
    };
  return { answer: "no", why: `${task.label} deploys what it builds itself (${build.words}), and nothing below has run it` };
}

function afterBuild(task: Task, builder: Task, words: string, below: readonly Task[], takes: boolean): Told {
  const tested = below.map((one) => one.label).join(", ");
  const who = builder.id === task.id ? `${task.label} builds again` : `${builder.label}, on the way to ${task.label}, builds again`;
  const why = `${who} (${words}) after ${tested}`;
  if (!takes) return { answer: "no", why };
  return { answer: "unknown", why: `${why}, and also takes an artifact: which of both is deployed is not visible`, wouldShow: SHOWS };
}

function promotedTo(task: Task, below: readonly Task[], tested: ReadonlySet<string>): Told {
  const { label } = task;
  const from = task.takesArtifactsOf.find((id) => tested.has(id));
  if (from !== undefined) return { answer: "yes", why: `${label} takes an artifact that was made before ${below[0]?.label ?? "the test"}` };
  const own = referencesOf(task);
  const others = below.map(referencesOf);
  const shared = (["digest", "commit", "output", "input"] as const).find((one) => own.has(one) && others.every((each) => each.has(one)));
  // Both may say "the commit", or apply its files as they are, and mean two commits.
  const isOfCommit = shared === "commit" || (shared === undefined && deploysAsItIs(task) && !own.has("latest"));
  if (task.newestCommit !== undefined && isOfCommit) return { answer: "no", why: `${label} ${task.newestCommit}` };
  if (shared === "digest" || shared === "commit" || shared === "output")
    return { answer: "yes", why: `${label} and ${below.map((one) => one.label).join(", ")} deploy the same ${WORDS[shared]}` };
  if (own.has("latest"))
    return { answer: "no", why: `${label} deploys the tag latest, which can be another image than the one that was tested` };
  if (deploysAsItIs(task) && [task, ...below].every((one) => buildOf(one) === undefined))
    return { answer: "yes", why: `${label} deploys files of the commit as they are` };
  const words = deployOf(task)?.words;
  return {
    answer: "unknown",
    why:
      words === undefined
        ? `what ${label} deploys is not visible in its steps`
        : `which artifact ${label} deploys (${words}) is not visible in its steps`,
    wouldShow: SHOWS,
  };
}

const WORDS = { digest: "image by its digest", commit: "image or files by the commit", output: "output of a job before them" } as const;
