// The Jenkins collector: Jenkinsfiles, settings of jobs, configuration as code and REST answers → observations.
import { isObject } from "../../lib/json.ts";
import type { Source } from "../../model/source.ts";
import type { Collector, CollectorContext, ObservationSink, ParsedFile } from "../collector.ts";
import { type Called, calledBy, fileShown } from "./call.ts";
import { isCasc, mapCasc } from "./casc.ts";
import { denied } from "./denied.ts";
import { isJobConfig } from "./job-config.ts";
import { join } from "./join.ts";
import { mapDefinition, mapJobConfig } from "./map-text.ts";
import { looksLikePipeline } from "./pipeline/read.ts";
import { type Shape, SHAPES } from "./shapes.ts";
import { jenkinsGap } from "./topics.ts";
import { readXml } from "./xml.ts";

export const collector: Collector = {
  system: "jenkins",
  reads: [
    "Jenkinsfiles, declarative and scripted",
    "GET /job/NAME/config.xml (settings of a job or folder)",
    "jenkins.yaml (configuration as code), also as POST /manage/configuration-as-code/export prints it",
    ...SHAPES.map(({ name, example }) => `${example} (${name})`),
  ],
  permissions: [
    "a user of its own with Overall/Read, Overall/SystemRead, Job/Read, Job/ExtendedRead, Credentials/View and Agent/ExtendedRead, and an API token",
    "the export of the configuration as code asks for Overall/Administer: where that is too much, give the file jenkins.yaml that the controller is configured from",
  ],
  cannotSee: [
    "values of credentials, which are never read (B5)",
    "what steps of shared libraries and plugins do (P1, P3)",
    "members of groups of a directory behind Jenkins (A6)",
    "scripts of the script console and of job DSL, which may change any job (A1)",
    "who may push to the repositories that hold the Jenkinsfiles, where those are not collected (P2)",
  ],
  recognize,
  map,
  join,
  denied,
};

const DEFINITION = "pipeline definition";
const JOB = "settings of a job";
const CASC = "configuration as code";

/** A forge's own file scope says which repository a Jenkinsfile is from. */
const isOurs = (file: ParsedFile): boolean => file.scope === undefined || file.scope.system === "jenkins";
const isOfRepository = (file: ParsedFile): boolean => file.scope?.repository !== undefined || file.scope?.system === "gitlab";

function recognize(document: unknown, file: ParsedFile): string | undefined {
  if (typeof document === "string") return recognizeText(document, file);
  if (!isOurs(file)) return undefined;
  if (isCasc(document)) return CASC;
  return shapeOf(document, file)?.name;
}

function recognizeText(text: string, file: ParsedFile): string | undefined {
  if (!isOurs(file) && !isOfRepository(file)) return undefined;
  if (/^\s*<(?:\?xml|[a-z])/i.test(text)) {
    if (!isOurs(file)) return undefined;
    if (calledBy(file.call)?.rest === "config.xml") return JOB;
    const xml = readXml(text);
    return xml.ok && isJobConfig(xml.root) ? JOB : undefined;
  }
  // Documents and scripts of other kinds may show a pipeline, and are none.
  const name = file.path.slice(file.path.lastIndexOf("/") + 1);
  if (name.includes(".") && !/\.(?:groovy|jenkinsfile)$|^jenkinsfile/i.test(name)) return undefined;
  const isAsked = file.scope?.system === "jenkins" && (file.call === undefined || fileShown(file.call) !== undefined);
  return isAsked || looksLikePipeline(text) ? DEFINITION : undefined;
}

function shapeOf(document: unknown, file: ParsedFile): Shape | undefined {
  const called = calledBy(file.call);
  if (called !== undefined) return SHAPES.find((shape) => shape.path.test(called.rest) && shape.asked(called));
  return file.scope?.system === "jenkins" && isObject(document) ? SHAPES.find((shape) => shape.looks(document)) : undefined;
}

function map(document: unknown, index: number, file: ParsedFile, sink: ObservationSink, context: CollectorContext): void {
  const what = recognize(document, file);
  const source: Source = { file: file.path, ...(index > 0 && { document: index }), pointer: "" };
  if (what === DEFINITION) return mapDefinition(document as string, file, sink, context);
  const controller = file.scope?.organization;
  if (what === undefined) return;
  if (controller === undefined) {
    const why = "nothing says which controller it is from: give the input a scope with organization: NAME OF THE CONTROLLER";
    return sink.gap(jenkinsGap("jenkins/scope", file.path, `${what} in ${file.path}`, why, source));
  }
  if (what === JOB) return mapJobConfig(document as string, controller, file, sink, context);
  if (what === CASC) return mapCasc(document as Parameters<typeof mapCasc>[0], controller, source, sink);
  const called = calledBy(file.call) ?? UNCALLED;
  shapeOf(document, file)?.map({ document, controller, called, file, source, sink });
}

const UNCALLED: Called = { of: "", rest: "", query: new URLSearchParams() };
