// assay why
import type { Command } from "commander";
import pc from "picocolors";
import type { WhyStage } from "../../project/knowledge/why.ts";
import {
  type CommonOptions,
  groupList,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
  withProject,
} from "../common-options.ts";

type Options = CommonOptions & { readonly document: string; readonly groups?: string };

export const registerWhy: Register = (program: Command) => {
  const command = program
    .command("why")
    .description("follow one document through the stages for one question, and see where it was cut")
    .argument("<question>", "the question")
    .requiredOption("--document <source>", "source or id of the document")
    .option("--groups <labels>", "ask as somebody with these access labels");
  withCommonOptions(command).action(async (question: string, options: Options) => {
    const result = await withProject(options, async (context) => {
      const { why } = await import("../../project/knowledge/why.ts");
      return why(context, { question, document: options.document, ...groupList(options.groups) });
    });
    if (options.json) return printJson(result);
    for (const stage of result.stages) printStage(stage);
    printLine(result.verdict);
  });
};

function printStage(stage: WhyStage): void {
  const mark = stage.passed ? pc.green("✓") : pc.red("✗");
  const rank = stage.rank === undefined || stage.rank === null ? "" : `rank ${stage.rank}`;
  printLine(`${mark} ${stage.stage.padEnd(12)} ${rank.padEnd(10)} ${stage.detail}`);
}
