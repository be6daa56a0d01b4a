// assay feedback
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import pc from "picocolors";
import { AssayError } from "../../core/errors.ts";
import type { Feedback } from "../../project/serve/feedback.ts";
import {
  type CommonOptions,
  fromWorkingDirectory,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
  withProject,
} from "../common-options.ts";

type Options = CommonOptions & {
  readonly accept?: string;
  readonly reject?: string;
  readonly questions?: string;
  readonly examples?: string;
};

export const registerFeedback: Register = (program: Command) => {
  const command = program
    .command("feedback")
    .description("review what people thought of served answers, and make questions and examples of what is accepted")
    .option("--accept <id>", "accept one: it may become a question and an example")
    .option("--reject <id>", "reject one")
    .option("--questions <file>", "write the accepted ones as held-out questions, JSON lines")
    .option("--examples <file>", "write the accepted ones as behaviour examples, JSON lines");
  withCommonOptions(command).action(async (options: Options) => {
    refuseBoth(options);
    const result = await withProject(options, async (context) => {
      const { feedbackStore, questionFrom, exampleFrom } = await import("../../project/serve/feedback.ts");
      const store = feedbackStore(context.database);
      if (options.accept) store.review(options.accept, "accepted");
      if (options.reject) store.review(options.reject, "rejected");
      const accepted = store.list("accepted");
      const written = {
        ...(options.questions ? { questions: await writeLines(options.questions, accepted.map(questionFrom)) } : {}),
        ...(options.examples ? { examples: await writeLines(options.examples, accepted.map(exampleFrom)) } : {}),
      };
      return { feedback: store.list("new"), accepted: accepted.length, written };
    });
    if (options.json) printJson(result);
    else print(result);
  });
};

/** One answer must not teach and test: what is trained on cannot be held out. */
function refuseBoth({ questions, examples }: Options): void {
  if (questions === undefined || examples === undefined) return;
  throw new AssayError({
    code: "bad-usage",
    message: "the same feedback cannot be both held out and learned from",
    remedy: "give --questions or --examples, not both",
  });
}

async function writeLines(file: string, lines: readonly (object | undefined)[]): Promise<number> {
  const kept = lines.filter((line) => line !== undefined);
  await writeFile(fromWorkingDirectory(file), kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return kept.length;
}

function print(result: {
  readonly feedback: readonly Feedback[];
  readonly accepted: number;
  readonly written: { readonly questions?: number; readonly examples?: number };
}): void {
  for (const { id, rating, question, text, correction, comment } of result.feedback) {
    printLine(`${pc.bold(id)}  ${rating === "down" ? pc.red("down") : rating === "up" ? pc.green("up") : "corrected"}`);
    printLine(`  asked:     ${question ?? "(not kept)"}`);
    printLine(`  answered:  ${text ?? "(not kept)"}`);
    if (correction) printLine(`  corrected: ${correction}`);
    if (comment) printLine(pc.dim(`  ${comment}`));
  }
  const { questions, examples } = result.written;
  if (questions !== undefined) printLine(`wrote ${questions} questions`);
  if (examples !== undefined) printLine(`wrote ${examples} examples`);
  printLine(
    pc.dim(
      `${result.feedback.length} to review, ${result.accepted} accepted. \`assay feedback --accept ID\` or \`--reject ID\`.`,
    ),
  );
}
