// Text → observations: Jenkinsfiles, and the settings of jobs with the scripts that stand in them.
import type { JenkinsPipeline } from "../../model/observations/jenkins.ts";
import type { Source } from "../../model/source.ts";
import { scriptWithoutSecrets } from "../../lib/secret-text.ts";
import type { CollectorContext, ObservationSink, ParsedFile } from "../collector.ts";
import { calledBy, fileShown, idOf } from "./call.ts";
import { isJobConfig, type JobConfig, readJobConfig } from "./job-config.ts";
import { type Read, readJenkinsfile } from "./pipeline/read.ts";
import { jenkinsGap } from "./topics.ts";
import { readXml } from "./xml.ts";

/** Whose a Jenkinsfile is: the job that the scope names, or the repository that it was read from. */
type Owner = { readonly project: string } | { readonly repository: string };

function ownerOf({ scope }: ParsedFile): Owner | undefined {
  if (scope?.system === "jenkins") {
    if (scope.organization !== undefined && scope.project !== undefined)
      return { project: idOf(scope.organization, scope.project).slice("jenkins:".length) };
    return scope.repository === undefined ? undefined : { repository: scope.repository };
  }
  const repository = scope?.repository ?? scope?.project;
  return repository === undefined ? undefined : { repository };
}

/** `Jenkinsfile`, `ci/Jenkinsfile`: below a folder that is named like the repository or job, else the name alone. */
function pathOf(file: ParsedFile, owner: Owner): string {
  const shown = fileShown(file.call) ?? /\/contents\/([^?]+)/.exec(file.call ?? "")?.[1];
  if (shown !== undefined) return shown;
  const name = "project" in owner ? owner.project.slice(owner.project.indexOf("/") + 1) : owner.repository;
  const at = file.path.lastIndexOf(`${name}/`);
  if (at >= 0) return file.path.slice(at + name.length + 1);
  return file.path.slice(file.path.lastIndexOf("/") + 1);
}

export function mapDefinition(text: string, file: ParsedFile, sink: ObservationSink, { fingerprint }: CollectorContext): void {
  const owner = ownerOf(file);
  const source: Source = { file: file.path, line: 1 };
  if (owner === undefined) {
    const why =
      "nothing says which job or repository it is from: give the input a scope with organization: CONTROLLER and project: FOLDER/JOB, or with a repository";
    return sink.gap(jenkinsGap("jenkins/scope", file.path, `the pipeline definition ${file.path}`, why, source));
  }
  const path = pathOf(file, owner);
  const of = "project" in owner ? owner.project : owner.repository;
  emit(readJenkinsfile(text, file.path, 1, fingerprint), { ...owner, path, source }, `${path} of ${of}`, sink);
}

type Place = Pick<JenkinsPipeline, "path" | "source"> & Partial<Pick<JenkinsPipeline, "project" | "repository">>;

function emit({ pipeline, problems }: ReturnType<typeof readJenkinsfile>, place: Place, what: string, sink: ObservationSink): void {
  const subject = `jenkins:${place.project ?? place.repository ?? ""}/${place.path}`;
  if (pipeline !== undefined) sink.observation({ kind: "jenkins/pipeline", ...place, ...pipeline });
  for (const { what: why, source, isFatal, isStep } of problems) {
    if (!isFatal && pipeline === undefined) continue;
    const topic = isFatal ? "jenkins/definition" : isStep === true ? "jenkins/step" : "jenkins/part";
    sink.gap(jenkinsGap(topic, subject, what, why, source));
  }
}

export function mapJobConfig(text: string, controller: string, file: ParsedFile, sink: ObservationSink, context: CollectorContext): void {
  const called = calledBy(file.call);
  const name = called?.of ?? file.scope?.project;
  const source: Source = { file: file.path, line: 1 };
  if (name === undefined || name === "") {
    const why = "nothing says which job it is of: give the input a scope with project: FOLDER/JOB, or a manifest";
    return sink.gap(jenkinsGap("jenkins/scope", file.path, `settings of a job in ${file.path}`, why, source));
  }
  const xml = readXml(text);
  const bad = (why: string, line: number): void =>
    sink.gap(jenkinsGap("jenkins/job", idOf(controller, name), `settings of ${name}`, why, { ...source, line }));
  if (!xml.ok) return bad(xml.what, xml.line);
  if (!isJobConfig(xml.root)) return bad(`<${xml.root.name}> is no kind of job that is known here`, xml.root.line);
  const config = readJobConfig(xml.root, controller, name, source);
  sink.observation(config.job);
  for (const one of [...config.grants, ...config.libraries]) sink.observation(one);
  sink.observation({ kind: "jenkins/answered", controller, what: "job", of: name, source });
  const project = idOf(controller, name).slice("jenkins:".length);
  const place = { project, path: "config.xml", source };
  if (config.script !== undefined) {
    emit(
      readJenkinsfile(config.script.text, file.path, config.script.line, context.fingerprint),
      place,
      `the pipeline script of ${name}`,
      sink,
    );
    return;
  }
  if (config.job.type === "freestyle") sink.observation({ kind: "jenkins/pipeline", ...place, ...freestyle(config, file.path, context) });
}

/** A freestyle job is one stage without conditions: its build steps, in order. */
function freestyle({ job, builders }: JobConfig, file: string, { fingerprint }: CollectorContext): Read {
  const name = job.name.slice(job.name.lastIndexOf("/") + 1);
  const steps = builders.map(({ text, line }) => ({ text: scriptWithoutSecrets(text, fingerprint), with: {}, source: { file, line } }));
  const none = {
    parents: [],
    after: [],
    inputs: [],
    variables: {},
    credentials: [],
    labels: [],
    images: [],
    builds: [],
    checkouts: [],
    artifacts: [],
  };
  const stage = { ...none, name, steps, unstashes: false, copiesFrom: [], source: job.source };
  return { style: "scripted", stages: [stage], libraries: [], parameters: [], triggers: job.triggers, upstream: job.upstream };
}
