// `assay data synthesize --distil MODEL`: a named teacher answers the user's prompts. The price is said first.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { z } from "zod";
import { AssayError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Progress } from "../../core/progress.ts";
import { parseJsonLines } from "../../evaluation/json-lines.ts";
import { schemaChecker } from "../../evaluation/metrics/json-answer.ts";
import { type TeacherPrompt, taughtBy, teacherParts } from "../../tuning/data/distil.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { readSchema } from "./check.ts";
import { badLine, nameOf, refuseOverwriting, writeLines } from "./rows.ts";
import { eachOf, planSpending, requireConsent, type SpendingPlan, spendingInWords, writerOf } from "./spending.ts";

export type DataDistilOptions = {
  readonly progress: Progress;
  /** The teacher: `provider/model`. */
  readonly teacher: string;
  /** JSON lines with `prompt`, `question` or `messages`; a last answer in `messages` is not shown to the teacher. Absolute. */
  readonly prompts: string;
  /** JSON Schema that every reply must satisfy; absolute path. */
  readonly schema?: string;
  /** Absolute; default `distilled.jsonl` in the project. */
  readonly out?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
};

/** What `assay data synthesize --distil --json` prints. */
export type DataDistilResult = {
  /** Null in a dry run. */
  readonly written: string | null;
  readonly examples: number;
  readonly leftOut: readonly { readonly line: number; readonly message: string }[];
  readonly plan: SpendingPlan;
};

/** Assumed where the prompts come without answers to measure. */
const assumedReplyTokens = 250;

/** Throws `AssayError`: `bad-usage` without consent, `bad-examples` for a broken prompt, and what the teacher throws. */
export async function dataDistil(context: ProjectContext, options: DataDistilOptions): Promise<DataDistilResult> {
  const out = options.out ?? resolve(context.directory, "distilled.jsonl");
  if (!options.dryRun) refuseOverwriting([out], options.force ?? false);
  const prompts = await readPrompts(options.prompts);
  const schema = options.schema === undefined ? undefined : await readSchema(options.schema);
  const teacher = await writerOf(context, options.teacher);
  const calls = prompts.map((prompt) => ({ prompt: teacherParts(prompt, schema), outputTokens: assumedReplyTokens }));
  const plan = await planSpending(context, options.teacher, calls);
  if (options.dryRun) return { written: null, examples: 0, leftOut: [], plan };
  requireConsent(plan, options.yes ?? false);
  const stage = options.progress.start(`Asking the teacher (${spendingInWords(plan)})`, prompts.length);
  const taught = await eachOf(prompts, context.config.evaluation.concurrency, async (prompt) => {
    const result = await taughtBy(
      teacher,
      prompt,
      schema === undefined ? {} : { schema, problemOf: schemaProblem(schema) },
    );
    stage.advance();
    return { prompt, result };
  });
  stage.end();
  const lines = taught.flatMap(({ result }) => (result.status === "taught" ? [JSON.stringify(result.line)] : []));
  const leftOut = taught.flatMap(({ prompt, result }) =>
    result.status === "dropped" ? [{ line: prompt.line, message: result.reason }] : [],
  );
  await writeLines(out, lines);
  return { written: nameOf(context, out), examples: lines.length, leftOut, plan };
}

function schemaProblem(schema: Json): (reply: string) => Promise<string | undefined> {
  const check = schemaChecker();
  return async (reply) => {
    const { strict } = await check(schema, reply);
    if (strict.status === "not-json") return "the reply is not JSON";
    return strict.status === "invalid" ? `the reply breaks the schema: ${strict.problem}` : undefined;
  };
}

const message = z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string().min(1) });
const promptLine = z.union(
  [
    z.object({ messages: z.array(message).min(1), group: z.string().optional() }),
    z.object({ prompt: z.string().min(1), group: z.string().optional() }),
    z.object({ question: z.string().min(1), group: z.string().optional() }),
  ],
  'expected "prompt", "question" or "messages"',
);

async function readPrompts(path: string): Promise<readonly TeacherPrompt[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new AssayError({ code: "not-found", message: `${path}: cannot be read`, remedy: "check --prompts", cause });
  });
  const { items, issues } = parseJsonLines(text, promptLine, '{"prompt":"…"}');
  const prompts = items.map(({ line, value }): TeacherPrompt => {
    const all =
      "messages" in value
        ? value.messages
        : [{ role: "user" as const, content: "prompt" in value ? value.prompt : value.question }];
    const messages = all.at(-1)?.role === "assistant" ? all.slice(0, -1) : all;
    return { line, messages, ...(value.group === undefined ? {} : { group: value.group }) };
  });
  const unasked = prompts.filter(({ messages }) => messages.at(-1)?.role !== "user");
  const problems = [...issues, ...unasked.map(({ line }) => ({ line, message: "the last turn is not the user's" }))];
  if (problems.length > 0) throw badLine(path, problems, "correct the line and run the command again");
  if (prompts.length === 0) {
    throw new AssayError({
      code: "bad-examples",
      message: `${path}: holds no prompt`,
      remedy: 'write one a line: {"prompt":"…"}',
    });
  }
  return prompts;
}
