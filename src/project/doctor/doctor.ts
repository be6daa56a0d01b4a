// `assay doctor`: what is wrong, what it means, and what mends it. It mends derived state only, never the user's files.
import { renameSync, rmSync } from "node:fs";
import { AssayError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import { openEngine } from "../../neural/onnx-engine.ts";
import { questionsWithMissingGold } from "../comparison/missing-gold.ts";
import { loadConfig } from "../config/config-file.ts";
import { missingKeys } from "../config/model-keys.ts";
import { readHeldOutQuestions, readTrainingExamples } from "../data/data-files.ts";
import { ingest } from "../knowledge/ingest.ts";
import { stateFolderOf } from "../state/state-folder.ts";
import { openContext, type ProjectContext } from "../wiring/context.ts";
import type { Check } from "./check.ts";
import { checkIndex, checkSources } from "./doctor-index.ts";

export type { Check } from "./check.ts";

export type DoctorOptions = { readonly fix: boolean; readonly progress: Progress };

/** Never throws for anything that is wrong with the project: that is its result. */
export async function doctor(directory: string, options: DoctorOptions): Promise<readonly Check[]> {
  const checks = await examine(directory);
  if (!options.fix || checks.every((check) => check.status === "ok")) return checks;
  const mended = await mend(directory, checks, options.progress);
  return [...mended, ...(await examine(directory))];
}

async function examine(directory: string): Promise<readonly Check[]> {
  const checks: Check[] = [checkNode(), await checkEngine()];
  const config = await check("config", async () => {
    const { file, config } = await loadConfig(directory);
    return { message: file ?? "no config file: every default holds", config };
  });
  checks.push(config.check);
  if (config.value === undefined) return checks;
  checks.push(checkKeys(config.value.config));
  const state = await check("state", async () => {
    const context = await openContext(directory);
    quickCheck(context);
    return { message: context.state.directory, context };
  });
  checks.push(state.check);
  const context = state.value?.context;
  if (context === undefined) return checks;
  try {
    checks.push(
      await checkSources(context),
      await checkIndex(context),
      await checkQuestions(context),
      await checkExamples(context),
    );
  } finally {
    context.close();
  }
  return checks;
}

async function check<T extends { message: string }>(
  name: string,
  probe: () => Promise<T>,
): Promise<{ check: Check; value?: T }> {
  try {
    const value = await probe();
    return { check: { name, status: "ok", message: value.message }, value };
  } catch (error) {
    return { check: failed(name, error) };
  }
}

function failed(name: string, error: unknown, status: "warn" | "fail" = "fail"): Check {
  const message = error instanceof Error ? error.message : String(error);
  const remedy = AssayError.isInstance(error) ? error.remedy : undefined;
  return { name, status, message, ...(remedy ? { fix: remedy } : {}) };
}

function checkNode(): Check {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= 24) return { name: "node", status: "ok", message: process.version };
  return { name: "node", status: "fail", message: `${process.version} is too old`, fix: "install Node 24 or newer" };
}

/** Opening an engine loads its binary: what is told here runs. */
async function checkEngine(): Promise<Check> {
  const { check: result, value } = await check("engine", async () => {
    const { name, threads } = await openEngine();
    return {
      message: `${name}, ${threads} thread${threads === 1 ? "" : "s"}: what trains and runs embedded models`,
      name,
    };
  });
  if (value?.name !== "onnxruntime-web") return result;
  const message = `${value.message}; the native engine trains four to five times as fast`;
  return { ...result, status: "warn", message, fix: "assay engines install" };
}

function checkKeys(config: Parameters<typeof missingKeys>[0]): Check {
  const missing = missingKeys(config);
  if (missing.length === 0) return { name: "keys", status: "ok", message: "every configured model has what it needs" };
  const message = missing.map(({ model, variable }) => `${model} needs ${variable}`).join("; ");
  return { name: "keys", status: "fail", message, fix: `set ${missing[0]?.variable} in the environment or in .env` };
}

function quickCheck(context: ProjectContext): void {
  const row = context.database.sqlite.prepare("PRAGMA quick_check(1)").get() as { quick_check: string };
  if (row.quick_check === "ok") return;
  context.close();
  throw new AssayError({
    code: "corrupt-state",
    message: `${context.state.controlDatabase}: ${row.quick_check}`,
    remedy: "run `assay doctor --fix`",
  });
}

async function checkQuestions(context: ProjectContext): Promise<Check> {
  const { check: result, value } = await check("questions", async () => {
    const questions = await readHeldOutQuestions(context);
    const missing = questionsWithMissingGold(context.documents, questions);
    return { message: `${questions.length} held-out questions`, count: questions.length, missing };
  });
  if (value !== undefined && value.missing.length > 0 && context.documents.summaries().length > 0) {
    const message = `${value.missing.length} of them name relevant documents that were not read: ${value.missing.slice(0, 5).join(", ")}`;
    return {
      ...result,
      status: "warn",
      message,
      fix: "correct `relevant` in these questions, or ingest the documents",
    };
  }
  if (value === undefined) return /no questions file/.test(result.message) ? { ...result, status: "warn" } : result;
  if (value.count >= 30) return result;
  return {
    ...result,
    status: "warn",
    message: `${result.message}: fewer than 30 find only disasters`,
    fix: "write more questions; 200 is a sensible minimum for a recommendation",
  };
}

async function checkExamples(context: ProjectContext): Promise<Check> {
  const { check: result, value } = await check("examples", async () => {
    const examples = await readTrainingExamples(context);
    return { message: `${examples.length} behaviour examples`, count: examples.length };
  });
  if (value === undefined || value.count > 0) return result;
  return {
    ...result,
    status: "warn",
    message: "no behaviour examples: few-shot and fine-tuned have nothing to learn from",
    fix: 'write examples.jsonl: {"messages":[{"role":"user",…},{"role":"assistant",…}]}',
  };
}

/** Sets a damaged control database aside, drops a damaged index, and builds anew from the documents. */
async function mend(directory: string, checks: readonly Check[], progress: Progress): Promise<readonly Check[]> {
  const statusOf = (name: string) => checks.find((check) => check.name === name)?.status ?? "ok";
  const done: Check[] = [];
  const state = stateFolderOf(directory);
  if (statusOf("state") === "fail") {
    const aside = `${state.directory}-damaged-${Date.now()}`;
    renameSync(state.directory, aside);
    done.push({ name: "fix", status: "ok", message: `set the damaged state aside: ${aside}` });
  }
  const indexBroken = statusOf("index") === "fail";
  // Answers and paid calls live in the control database and survive this.
  if (indexBroken) rmSync(state.index, { recursive: true, force: true });
  if (done.length === 0 && statusOf("sources") === "ok" && statusOf("index") === "ok") return done;
  const rebuilt = await check("fix", async () => {
    const context = await openContext(directory);
    try {
      const { documents, chunks } = await ingest(context, { readapt: indexBroken, progress });
      return { message: `ingested: ${documents.added} added, ${documents.changed} changed, ${chunks} chunks` };
    } finally {
      context.close();
    }
  });
  return [...done, rebuilt.check];
}
