// assay ask
import type { Command } from "commander";
import pc from "picocolors";
import type { AskResult } from "../../project/ask.ts";
import {
  type CommonOptions,
  groupList,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
  withProject,
} from "../common-options.ts";
import { readQueries } from "../queries.ts";

type Options = CommonOptions & { readonly questions?: string; readonly approach?: string; readonly groups?: string };

export const registerAsk: Register = (program: Command, setExitCode) => {
  const command = program
    .command("ask")
    .description("answer a question with one approach, citing the documents")
    .argument("[question]", "the question")
    .option("--questions <file>", "JSON lines {id, question} instead of one question")
    .option("--approach <name>", "default: what the last compare recommended, else rag")
    .option("--groups <labels>", "use only what these access labels may see, separated by commas");
  withCommonOptions(command).action(async (question: string | undefined, options: Options) => {
    const questions = await readQueries(question, options.questions);
    await withProject(options, async (context, progress) => {
      const { ask } = await import("../../project/ask.ts");
      const approach = options.approach ? { approach: options.approach } : {};
      let failed = 0;
      for await (const result of ask(context, { questions, ...approach, ...groupList(options.groups), progress })) {
        if (result.outcome === "failed") failed += 1;
        if (options.json) printJson(result);
        else printAnswer(result);
      }
      // Some failures among many answers are lines of the result; nothing but failures is a failed command.
      if (questions.length > 0 && failed === questions.length) setExitCode(1);
    });
  });
};

function printAnswer(result: AskResult): void {
  const mark = { answered: pc.green("answered"), declined: pc.yellow("declined"), failed: pc.red("failed") }[
    result.outcome
  ];
  printLine(`${result.text || result.error?.message || ""}`);
  result.citations.forEach((citation, position) => {
    const page = citation.page === undefined ? "" : `, page ${citation.page}`;
    printLine(pc.dim(`  [${position + 1}] ${citation.source}${page}: “${citation.quote.replace(/\s+/g, " ")}”`));
  });
  const sure = result.confidence === undefined ? "" : `, confidence ${result.confidence.toFixed(2)}`;
  printLine(pc.dim(`${mark} by ${result.approach}${sure}, ${Math.round(result.ms.total)} ms`));
}
