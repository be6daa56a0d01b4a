// Reads the project's question and example files. A broken line stops the command and names itself: gold is never half read.
import { glob, readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { AssayError } from "../../core/errors.ts";
import type { HeldOutQuestion, Question, TrainingExample } from "../../core/questions.ts";
import type { TuningExample, TuningMethod } from "../../core/training.ts";
import { parseExamples } from "../../evaluation/examples-file.ts";
import { schemaChecker } from "../../evaluation/metrics/json-answer.ts";
import { parseAskLines, parseQuestions } from "../../evaluation/questions-file.ts";
import { readPreferences } from "../../tuning/data/preferences.ts";
import type { ProjectContext } from "../wiring/context.ts";

type Issue = { readonly line: number; readonly message: string };

/** All held-out questions. Throws `AssayError` `bad-questions` where a file is missing, empty or has a broken line. */
export async function readHeldOutQuestions(context: ProjectContext): Promise<readonly HeldOutQuestion[]> {
  const questions = await readHeldOutQuestionsIfAny(context);
  if (questions === undefined || questions.length === 0) {
    throw new AssayError({
      code: "bad-questions",
      message: `${context.config.questions.join(", ")}: ${questions ? "no question in it" : `no questions file found in ${context.directory}`}`,
      remedy:
        'write questions.jsonl, one object a line: {"id":"q1","question":"…","references":["…"],"relevant":[{"source":"docs/…"}]}; or have some drafted: `assay questions`',
    });
  }
  return questions;
}

/** The same; undefined where the project has no questions file. */
export async function readHeldOutQuestionsIfAny(
  context: ProjectContext,
): Promise<readonly HeldOutQuestion[] | undefined> {
  const files = await filesOf(context, context.config.questions);
  if (files.length === 0) return undefined;
  const questions: HeldOutQuestion[] = [];
  for (const file of files) {
    const parsed = parseQuestions(await readText(file, "bad-questions"), file.name);
    refuseIssues(file.name, parsed.issues, "bad-questions");
    questions.push(...parsed.questions);
  }
  refuseDuplicates(questions);
  await refuseBrokenSchemas(questions);
  return questions;
}

/** All behaviour examples; none where the project has no such file. */
export async function readTrainingExamples(context: ProjectContext): Promise<readonly TrainingExample[]> {
  return examplesIn(context, context.config.examples, parseExamples);
}

/** What a method learns from: behaviour examples, those with passages (`raft`) or slots, or preferences (`dpo`). */
export function readTuningExamplesIfAny(
  context: ProjectContext,
  method: TuningMethod,
): Promise<readonly TuningExample[]> {
  const files = exampleFiles(context, method);
  return method === "dpo" ? examplesIn(context, files, readPreferences) : examplesIn(context, files, parseExamples);
}

/** The files of a method, as the configuration names them. */
export function exampleFiles({ config }: ProjectContext, method: TuningMethod): readonly string[] {
  const { raftExamples, slotExamples, preferences } = config.tuning;
  return { sft: config.examples, raft: raftExamples, slots: slotExamples, dpo: preferences }[method];
}

/** The same. Throws `AssayError` `bad-examples` where another method than `sft` has none: the files are named after them. */
export async function readTuningExamples(
  context: ProjectContext,
  method: TuningMethod,
): Promise<readonly TuningExample[]> {
  const found = await readTuningExamplesIfAny(context, method);
  if (found.length > 0 || method === "sft") return found;
  throw new AssayError({
    code: "bad-examples",
    message: `${exampleFiles(context, method).join(", ")}: ${method} has no examples in ${context.directory}`,
    remedy:
      method !== "dpo"
        ? `assay data synthesize --${method}`
        : 'write one a line: {"input":{"messages":[…]},"preferred_output":[…],"non_preferred_output":[…]}',
  });
}

type ParseFile<Example> = (
  text: string,
  name: string,
) => { readonly examples: readonly Example[]; readonly issues: readonly Issue[] };

async function examplesIn<Example>(
  context: ProjectContext,
  patterns: readonly string[],
  parse: ParseFile<Example>,
): Promise<readonly Example[]> {
  const examples: Example[] = [];
  for (const file of await filesOf(context, patterns)) {
    const parsed = parse(await readText(file, "bad-examples"), file.name);
    refuseIssues(file.name, parsed.issues, "bad-examples");
    examples.push(...parsed.examples);
  }
  return examples;
}

async function readText(
  { path, name }: { readonly path: string; readonly name: string },
  code: "bad-questions" | "bad-examples",
): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const remedy = "make it a file that you may read, one JSON object a line, and run the command again";
    throw new AssayError({ code, message: `${name}: cannot be read`, remedy, cause });
  }
}

/** Lines of `{id, question}` for `search` and `ask`; gold beside them is not read. */
export async function readAskFile(path: string): Promise<readonly Question[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new AssayError({
      code: "not-found",
      message: `${path}: cannot be read`,
      remedy: "check the path given to --questions",
      cause,
    });
  }
  const parsed = parseAskLines(text, path);
  refuseIssues(path, parsed.issues, "bad-questions");
  return parsed.questions;
}

/** The files that globs of the configuration name, in order; `name` is relative to the project. */
export async function filesOf(
  context: ProjectContext,
  patterns: readonly string[],
): Promise<readonly { path: string; name: string }[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    for await (const match of glob(pattern, { cwd: context.directory })) found.add(resolve(context.directory, match));
  }
  return [...found].sort().map((path) => ({ path, name: relative(context.directory, path) }));
}

export function refuseIssues(name: string, issues: readonly Issue[], code: "bad-questions" | "bad-examples"): void {
  const [first, ...others] = issues;
  if (first === undefined) return;
  throw new AssayError({
    code,
    message: `${name}, line ${first.line}: ${first.message}${
      others.length > 0
        ? ` (and ${others.length} more broken lines: ${others
            .slice(0, 5)
            .map((issue) => issue.line)
            .join(", ")})`
        : ""
    }`,
    remedy: "correct the line and run the command again",
  });
}

function refuseDuplicates(questions: readonly HeldOutQuestion[]): void {
  const seen = new Set<string>();
  for (const { id } of questions) {
    if (seen.has(id))
      throw new AssayError({
        code: "bad-questions",
        message: `question id "${id}" occurs twice`,
        remedy: "give every question an id of its own",
      });
    seen.add(id);
  }
}

/** A schema that no validator takes would leave its question ungraded; better to hear of it before anything is asked. */
async function refuseBrokenSchemas(questions: readonly HeldOutQuestion[]): Promise<void> {
  const check = schemaChecker();
  for (const { id, schema } of questions) {
    if (schema === undefined) continue;
    try {
      await check(schema, "null");
    } catch (cause) {
      throw new AssayError({
        code: "bad-questions",
        message: `question "${id}": its schema is no JSON Schema: ${cause instanceof Error ? cause.message : cause}`,
        remedy: "correct the schema and run the command again",
        cause,
      });
    }
  }
}
