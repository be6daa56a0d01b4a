// `assay data check`: what is wrong with a training file, and how it lies to the held-out questions.
import { readFile } from "node:fs/promises";
import { AssayError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Message, TrainingExample } from "../../core/questions.ts";
import { findLeakage } from "../../evaluation/leakage.ts";
import { schemaChecker } from "../../evaluation/metrics/json-answer.ts";
import { checkData, type DataCheck } from "../../tuning/data/check-data.ts";
import type { HeldOutLeak } from "../../tuning/data/data-findings.ts";
import { answerOf } from "../../tuning/data/example-row.ts";
import type { DataFile, LineProblem } from "../../tuning/data/read-rows.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { readHeldOutQuestionsIfAny } from "./data-files.ts";
import { openData } from "./rows.ts";

export type DataCheckOptions = {
  /** Absolute; default: the project's examples file. */
  readonly path?: string;
  /** JSON Schema that every answer must satisfy; absolute path. */
  readonly schema?: string;
  /** Default 4096. */
  readonly maxTokens?: number;
};

/** What `assay data check --json` prints. */
export type DataCheckResult = DataCheck & { readonly file: string; readonly ms: number };

const defaultMaxTokens = 4096;

export async function dataCheck(context: ProjectContext, options: DataCheckOptions): Promise<DataCheckResult> {
  const started = performance.now();
  const { name, path, file } = await openData(context, options.path);
  const leaks = await leaksOf(context, file);
  const schemaProblems = options.schema ? await schemaProblemsOf(file, options.schema) : [];
  const { maxTokens = defaultMaxTokens } = options;
  const check = checkData({ file, maxTokens, schemaProblems, ...(leaks ? { leaks } : {}) });
  const shown = options.path === undefined ? name : path;
  const next = check.verdict.next.replaceAll("FILE", shown);
  const ms = Math.round(performance.now() - started);
  return { file: name, ...check, verdict: { ...check.verdict, next }, ms };
}

/** Undefined where the project has no held-out questions. */
async function leaksOf(context: ProjectContext, file: DataFile): Promise<readonly HeldOutLeak[] | undefined> {
  const questions = await readHeldOutQuestionsIfAny(context);
  if (questions === undefined) return undefined;
  const leaks = findLeakage(userTurns(file), questions);
  return leaks.map(({ trainingLine, ...leak }) => ({ ...leak, line: file.lines[trainingLine - 1]?.row.line ?? 0 }));
}

function userTurns(file: DataFile): readonly TrainingExample[] {
  return file.lines.map(({ row }) => ({
    messages: row.messages.flatMap(({ role, content }): readonly Message[] =>
      role === "user" ? [{ role, content }] : [],
    ),
  }));
}

async function schemaProblemsOf(file: DataFile, path: string): Promise<readonly LineProblem[]> {
  const schema = await readSchema(path);
  const check = schemaChecker();
  const problems: LineProblem[] = [];
  for (const { line, row } of file.lines) {
    const { strict } = await check(schema, answerOf(row)).catch((cause: unknown) => {
      throw brokenSchema(path, "is no JSON Schema that compiles", cause);
    });
    if (strict.status === "not-json") problems.push({ line, message: "the answer is not JSON" });
    if (strict.status === "invalid")
      problems.push({ line, message: `the answer breaks the schema: ${strict.problem}` });
  }
  return problems;
}

export async function readSchema(path: string): Promise<Json> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Json;
  } catch (cause) {
    throw brokenSchema(path, "cannot be read as JSON", cause);
  }
}

function brokenSchema(path: string, what: string, cause: unknown): AssayError {
  return new AssayError({
    code: "bad-input",
    message: `${path}: ${what}`,
    remedy: "name a JSON Schema with --schema FILE",
    cause,
  });
}
