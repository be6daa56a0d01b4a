// assay data synthesize
import { type Command, InvalidArgumentError, Option } from "commander";
import { AssayError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { DataDistilResult } from "../../project/data/distil.ts";
import type { DataSynthesizeResult } from "../../project/data/synthesize.ts";
import type { ProjectContext } from "../../project/wiring/context.ts";
import {
  type CommonOptions,
  fromWorkingDirectory,
  printJson,
  withCommonOptions,
  withProject,
} from "../common-options.ts";
import { positiveInteger, wholeNumber } from "../numbers.ts";

type Options = CommonOptions & {
  readonly model?: string;
  readonly limit?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly raft?: boolean;
  readonly slots?: boolean;
  readonly distractors?: number;
  readonly withoutOracle?: number;
  readonly answerWithout?: "decline" | "memory";
  readonly distil?: string;
  readonly prompts?: string;
  readonly schema?: string;
};

type Made = DataSynthesizeResult | DataDistilResult;

export function registerSynthesize(data: Command): void {
  const command = data
    .command("synthesize")
    .description("make examples: questions from the ingested documents, or a teacher's answers to your prompts")
    .option("--model <id>", "provider/model that writes the questions; default: rules, no model")
    .option("--limit <n>", "most examples; default 200", positiveInteger)
    .option("--raft", "question, right passage and distractors, answer that quotes and cites")
    .addOption(
      new Option("--slots", "the examples with their quotes cut out, and questions that a quote answers").conflicts(
        "raft",
      ),
    )
    .option(
      "--distractors <n>",
      "passages that do not answer, with --raft; default: one fewer than rag sends",
      positiveInteger,
    )
    .option("--without-oracle <share>", "share of examples without the right passage, with --raft; default 0.2", share)
    .addOption(
      new Option("--answer-without <how>", "what is learned without it; default decline").choices([
        "decline",
        "memory",
      ]),
    )
    .option("--distil <id>", "provider/model of a teacher that answers --prompts")
    .option("--prompts <file>", "JSON lines with prompt, question or messages, for --distil")
    .option("--schema <file>", "JSON Schema that every answer of the teacher must satisfy")
    .option("--seed <n>", "the same seed chooses the same; default 1", wholeNumber)
    .option("--out <file>", "default: synthesized.jsonl, raft.jsonl, slots.jsonl or distilled.jsonl in the project")
    .option("--force", "overwrite what stands there")
    .option("--dry-run", "say what it would cost and stop")
    .option("--yes", "spend what it costs");
  withCommonOptions(command).action(async (options: Options) => {
    const print = await import("../print-data.ts");
    const work = options.distil === undefined ? synthesize : distil;
    const result = await withProject<Made>(options, (context, progress) => work(options, context, progress));
    if (options.json) printJson(result);
    else if ("leftOut" in result) print.printDistil(result);
    else print.printSynthesis(result);
  });
}

async function synthesize(options: Options, context: ProjectContext, progress: Progress): Promise<Made> {
  const { dataSynthesize } = await import("../../project/data/synthesize.ts");
  const { model, limit, seed } = options;
  return dataSynthesize(context, {
    progress,
    ...shared(options),
    ...(model === undefined ? {} : { model }),
    ...(limit === undefined ? {} : { limit }),
    ...(seed === undefined ? {} : { seed }),
    ...(options.raft ? { raft: raftWishes(options) } : {}),
    ...(options.slots ? { slots: true } : {}),
  });
}

function raftWishes({ distractors, withoutOracle, answerWithout, seed }: Options) {
  return {
    ...(distractors === undefined ? {} : { distractors }),
    ...(withoutOracle === undefined ? {} : { withoutOracle }),
    ...(answerWithout === undefined ? {} : { answerWithout }),
    ...(seed === undefined ? {} : { seed }),
  };
}

async function distil(options: Options, context: ProjectContext, progress: Progress): Promise<Made> {
  const { dataDistil } = await import("../../project/data/distil.ts");
  const { distil: teacher = "", prompts, schema } = options;
  if (prompts === undefined) {
    throw new AssayError({
      code: "bad-usage",
      message: "--distil needs prompts for the teacher to answer",
      remedy: `type \`assay data synthesize --distil ${teacher} --prompts prompts.jsonl\``,
    });
  }
  return dataDistil(context, {
    progress,
    teacher,
    prompts: fromWorkingDirectory(prompts),
    ...shared(options),
    ...(schema === undefined ? {} : { schema: fromWorkingDirectory(schema) }),
  });
}

function shared({ out, force = false, dryRun = false, yes = false }: Options) {
  return { force, dryRun, yes, ...(out === undefined ? {} : { out: fromWorkingDirectory(out) }) };
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError("expected a share from 0 to 1.");
  return value;
}
