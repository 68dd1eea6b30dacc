// What `bulkhead start` ends with: the charter's check, and from it the inventory, the picture, the best changes and drafts of the access matrix, as files.
import { check, type CheckOptions, type CheckRun, CHARTER_FILE } from "../check.ts";
import type { CharterProblem } from "../../charter/load.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { isObject } from "../../lib/json.ts";
import { type FileSet, isRead } from "../files.ts";
import { promotionGraphOf } from "../pipeline.ts";
import { promotionSvg } from "../render/pipeline-svg.ts";
import { render } from "../render/format.ts";
import { matrixCsv, matrixMarkdown } from "../render/access-matrix.ts";
import { environmentsSvg } from "../render/start-picture.ts";
import { accessMatrix, type AccessMatrix } from "./access-matrix.ts";
import { type BestChange, bestChanges } from "./best-changes.ts";

export interface Outcome {
  readonly run: CheckRun;
  readonly changes: readonly BestChange[];
  readonly matrix: AccessMatrix;
  /** By name, below the folder of the report. */
  readonly files: ReadonlyMap<string, string>;
}

export const REPORT_FOLDER = "start";

/** `files` with the charter that was written. */
export async function outcomeOf(
  files: FileSet,
  charter: string,
  options: CheckOptions,
  plan: string | undefined,
): Promise<Result<Outcome, readonly CharterProblem[]>> {
  const own = new Map([...files].filter(([path]) => path !== CHARTER_FILE && !path.startsWith(`${REPORT_FOLDER}/`)));
  const checked = check(own, { ...options, charter: { text: charter, file: CHARTER_FILE } });
  if (!checked.ok) return fail(checked.error);
  const run = checked.value;
  const matrix = accessMatrix(run.estate);
  const changes = bestChanges(run.result, run.estate.observations, plan);
  const graph = promotionGraphOf(run.estate);
  return ok({
    run,
    changes,
    matrix,
    files: new Map([
      ["environments.svg", environmentsSvg(run.result)],
      ...(graph.nodes.length > 0 ? ([["pipelines.svg", promotionSvg(graph)]] as const) : []),
      ["access-matrix.md", matrixMarkdown(matrix, run.result)],
      ["access-matrix.csv", matrixCsv(matrix)],
      ["report.html", await render(run.result, "html", { color: false, all: true })],
      ["result.json", await render(run.result, "json", { color: false, all: true })],
    ]),
  });
}

/** `GET /orgs/ORG` tells its owner the plan: `plan: { name: "team" }` (REST API, "Get an organization"). */
export function githubPlanIn(files: FileSet): string | undefined {
  for (const [path, content] of files) {
    if (!path.endsWith(".json") || !/(?:^|\/)github\//.test(path) || !isRead(content) || content.length > 200_000) continue;
    const text = new TextDecoder().decode(content);
    if (!text.includes('"plan"')) continue;
    try {
      const document: unknown = JSON.parse(text);
      const plan = isObject(document) && typeof document["login"] === "string" ? document["plan"] : undefined;
      if (isObject(plan) && typeof plan["name"] === "string") return plan["name"].replace(/^business.*/, "enterprise");
    } catch {
      continue;
    }
  }
  return undefined;
}
