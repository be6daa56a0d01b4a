// assay questions
import type { Command } from "commander";
import { AssayError } from "../../core/errors.ts";
import type { QuestionsResult } from "../../project/questions/questions.ts";
import {
  type CommonOptions,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
  withProject,
} from "../common-options.ts";
import { reviewDrafts } from "../review-drafts.ts";

type Options = CommonOptions & {
  readonly count: string;
  readonly model?: string;
  readonly acceptAll?: boolean;
  readonly review?: boolean;
  readonly dryRun?: boolean;
};

export const registerQuestions: Register = (program: Command) => {
  const command = program
    .command("questions")
    .description("draft held-out questions from the documents, for a person to accept")
    .option("--count <n>", "drafts to make", "50")
    .option("--model <name>", "provider/model that writes them; default: the generator, else plain rules")
    .option("--review", "make none: go on with the drafts that wait")
    .option("--accept-all", "accept every draft that waits, without looking")
    .option("--dry-run", "say what a model would be asked and what that costs");
  withCommonOptions(command).action(async (options: Options) => {
    const count = countOf(options.count);
    const model = options.model ? { model: options.model } : {};
    await withProject(options, async (context, progress) => {
      const { draftQuestions } = await import("../../project/questions/questions.ts");
      const { questionDrafts, requireDrafts } = await import("../../project/questions/question-drafts.ts");
      const dryRun = options.dryRun === true;
      const made = options.review ? undefined : await draftQuestions(context, { count, ...model, dryRun, progress });
      if (dryRun) {
        if (options.json) printJson(made);
        else printPlan(made);
        return;
      }
      const drafts = made ? questionDrafts(context) : requireDrafts(context);
      if (made && !options.json) printMade(made);
      if (options.acceptAll) for (const draft of drafts.open()) drafts.accept(draft);
      else if (process.stdin.isTTY && !options.json) await reviewDrafts(drafts);
      const [open, accepted, rejected] = (["open", "accepted", "rejected"] as const).map(drafts.count);
      if (options.json) printJson({ ...made, open, accepted, rejected, file: drafts.file });
      else
        printLine(
          `${accepted} accepted into ${drafts.file}, ${rejected} rejected, ${open} waiting for \`assay questions --review\``,
        );
    });
  });
};

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new AssayError({ code: "bad-usage", message: `--count ${text}: expected a whole number above 0` });
}

function printMade({ madeBy, drafted, dropped, costUsd }: QuestionsResult): void {
  const how = madeBy === "documents" ? "by plain rules, without a model" : `by ${madeBy}`;
  printLine(`${drafted} new drafts, made ${how}${costUsd ? `, USD ${costUsd.toFixed(4)}` : ""}`);
  for (const [reason, count] of Object.entries(dropped)) printLine(`  ${count} dropped: ${reason}`);
}

function printPlan(made: QuestionsResult | undefined): void {
  if (!made?.dryRun) {
    printLine("Drafts are made by plain rules: no call, no cost.");
    return;
  }
  const { calls, inputTokens, outputTokens } = made.dryRun;
  const price = made.costUsd === null ? `price unknown: ${made.costReason}` : `about USD ${made.costUsd.toFixed(4)}`;
  printLine(`${calls} calls of ${made.madeBy}, ${inputTokens} tokens in, ${outputTokens} out, ${price}`);
}
