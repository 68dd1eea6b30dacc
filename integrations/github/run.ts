// What the GitHub Action runs: check, summary, comment on the pull request, and the status that the job ends with.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { comment, type PullRequest } from "./comment.ts";
import { type Answer, bulkhead, setting, statusFor } from "../verdict.ts";
import { below } from "./sarif-paths.ts";

/** What the comment shows and the job fails by: the change where one is given, else the folder as it is. */
function judged(folder: string, result: string): Answer {
  if (setting("BULKHEAD_PLAN") !== "") return bulkhead("check", folder, "--plan", setting("BULKHEAD_PLAN"), "--format", "markdown");
  if (setting("BULKHEAD_BASE") !== "") return bulkhead("diff", setting("BULKHEAD_BASE"), result, "--format", "markdown");
  return bulkhead("check", folder, "--format", "markdown");
}

/** The pull request that started the job; undefined for any other event (GitHub Docs, "Webhook events and payloads"). */
function pullRequest(): PullRequest | undefined {
  const event = JSON.parse(readFileSync(setting("GITHUB_EVENT_PATH"), "utf8")) as { readonly pull_request?: { readonly number?: number } };
  const number = event.pull_request?.number;
  return number === undefined ? undefined : { api: setting("GITHUB_API_URL"), repository: setting("GITHUB_REPOSITORY"), number };
}

const failOn = setting("BULKHEAD_FAIL_ON") || "violated";
statusFor(0, failOn);
const folder = setting("BULKHEAD_FOLDER") || ".";
const place = join(setting("RUNNER_TEMP"), "bulkhead");
mkdirSync(place, { recursive: true });
const [result, sarif] = [join(place, "result.json"), join(place, "findings.sarif")];
const checked = bulkhead("check", folder, "--format", "json");
writeFileSync(result, checked.text);
const root = relative(setting("GITHUB_WORKSPACE") || ".", folder).replaceAll("\\", "/");
writeFileSync(sarif, below(bulkhead("check", folder, "--format", "sarif").text, root));
const { status, text } = judged(folder, result);
appendFileSync(setting("GITHUB_STEP_SUMMARY"), text);
const { verdict } = JSON.parse(checked.text) as { readonly verdict: string };
appendFileSync(setting("GITHUB_OUTPUT"), `verdict=${verdict}\nresult=${result}\nsarif=${sarif}\nstatus=${statusFor(status, failOn)}\n`);
const request = setting("BULKHEAD_COMMENT") === "true" ? pullRequest() : undefined;
// A pull request from a fork has a token that only reads; its answer is in the summary all the same.
if (request) process.stderr.write(`${await comment(request, text, setting("BULKHEAD_TOKEN"))}\n`);
