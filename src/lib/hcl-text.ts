// Text in HashiCorp's configuration language → plain data, waited for: the parser runs in a thread that starts with the first such file.
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { HclFile } from "./hcl-tree.ts";
import type { Answer, Question } from "./hcl-worker.ts";
import { tooDeep } from "./json-text.ts";
import { quoteKey, type ParseLimits, type Refusal } from "./parse-problem.ts";
import { fail, ok, type Result } from "./result.ts";

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly signal: Int32Array;
}

/** Far longer than any file within the limits takes. */
const LONGEST_MS = 60_000;

let running: Thread | undefined;

/**
 * Threat: a file made to keep the parser busy, or to fill its memory. Size and depth are limited before; the thread has a memory of its own, and is
 * ended when it does not answer.
 */
export function readHcl(text: string, limits: ParseLimits): Result<HclFile, Refusal> {
  const thread = (running ??= start());
  Atomics.store(thread.signal, 0, 0);
  const question: Question = { text, depth: limits.depth };
  thread.port.postMessage(question, []);
  Atomics.wait(thread.signal, 0, 0, LONGEST_MS);
  const answer = receiveMessageOnPort(thread.port)?.message as Answer | undefined;
  if (answer === undefined) {
    running = undefined;
    void thread.worker.terminate();
    return fail({ code: "NOT_HCL", message: "cannot be read in time", remedy: "Give a plan instead: terraform show -json." });
  }
  return "body" in answer ? ok({ hcl: answer.body }) : fail(refusal(answer, limits));
}

function start(): Thread {
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const file = import.meta.url.endsWith(".ts") ? "./hcl-worker.ts" : "./hcl-worker.js";
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: { port: port2, signal },
    transferList: [port2],
    resourceLimits: { maxOldGenerationSizeMb: 1024, stackSizeMb: 8 },
  });
  // Told by no answer.
  worker.on("error", () => undefined);
  worker.unref();
  port1.unref();
  return { worker, port: port1, signal };
}

function refusal(answer: Extract<Answer, { problem: string }>, limits: ParseLimits): Refusal {
  const { problem, offset, name = "" } = answer;
  if (problem === "parser")
    return { code: "NOT_HCL", message: "cannot be read: the parser is not there", remedy: "Install Bulkhead again." };
  if (problem === "depth") return tooDeep(limits.depth, offset);
  if (problem === "twice")
    return {
      code: "DUPLICATE_KEY",
      message: `the argument ${quoteKey(name)} stands twice in one block`,
      remedy: "Keep one of the two.",
      offset,
    };
  return { code: "NOT_HCL", message: "is not Terraform's language from here on", remedy: "terraform validate says what is wrong.", offset };
}
