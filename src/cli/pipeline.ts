// bulkhead pipeline: how changes reach production by the pipelines that were read.
import type { Command } from "commander";
import { promotionGraphOf } from "../app/pipeline.ts";
import { promotionMermaid } from "../app/render/pipeline-mermaid.ts";
import { promotionSvg } from "../app/render/pipeline-svg.ts";
import { EXIT } from "./exit.ts";
import { withEstate, withExamples, withFormat } from "./flags.ts";
import { type EstateFlags, put } from "./io.ts";
import { estateOf } from "./questioned.ts";
import { UsageError } from "./report.ts";

interface Flags extends EstateFlags {
  readonly format: "mermaid" | "svg" | "json";
  readonly repository?: string;
  readonly output?: string;
}

export function register(program: Command): void {
  const pipeline = program
    .command("pipeline")
    .description("Ask how changes reach production by the pipelines that were read.")
    .exitOverride();
  const graph = pipeline
    .command("graph")
    .description("Draw the promotion graph: jobs that deploy, what they wait for, gates and missing gates.")
    .argument("[folder]", "folder with bulkhead.yaml and the collected files", ".")
    .option("--repository <name>", "only this repository or project: ORG/REPO")
    .exitOverride();
  withExamples(graph, {
    "bulkhead pipeline graph examples/acme": "the whole estate, as Mermaid text",
    "bulkhead pipeline graph examples/acme --repository acme/shop --format svg --output shop.svg": "one repository, as a picture",
  });
  withFormat(withEstate(graph), ["mermaid", "svg", "json"]).action((folder: string, flags: Flags) => {
    const { estate } = estateOf(folder, flags);
    const found = promotionGraphOf(estate, flags.repository);
    if (flags.repository !== undefined && found.nodes.length === 0)
      throw new UsageError(
        "USAGE",
        `${flags.repository}  no job of it that was read names an environment\n  Give ORG/REPO or GROUP/PROJECT as the files name it.`,
      );
    const text =
      flags.format === "svg"
        ? promotionSvg(found)
        : flags.format === "json"
          ? `${JSON.stringify(found, undefined, 2)}\n`
          : promotionMermaid(found);
    put(text, flags.output);
    process.exitCode = EXIT.done;
  });
}
