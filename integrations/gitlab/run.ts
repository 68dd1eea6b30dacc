// What the GitLab component runs: check, a report for the merge request's widget, a page, and the status that the job ends with.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bulkhead, setting, statusFor } from "../verdict.ts";
import { codeQuality } from "./code-quality.ts";

const failOn = setting("BULKHEAD_FAIL_ON") || "violated";
statusFor(0, failOn);
const folder = setting("BULKHEAD_FOLDER") || ".";
const place = join(setting("CI_PROJECT_DIR") || ".", "bulkhead");
mkdirSync(place, { recursive: true });
const checked = bulkhead("check", folder, "--format", "json");
writeFileSync(join(place, "result.json"), checked.text);
writeFileSync(join(place, "code-quality.json"), codeQuality(checked.text, folder));
writeFileSync(join(place, "index.html"), bulkhead("check", folder, "--format", "html").text);
const base = setting("BULKHEAD_BASE");
const change = base === "" ? undefined : bulkhead("diff", base, join(place, "result.json"));
process.stdout.write(change?.text ?? bulkhead("check", folder).text);
process.exitCode = statusFor((change ?? checked).status, failOn);
