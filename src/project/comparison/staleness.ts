// Applies `changes/` in a scratch state after everything was prepared, asks for the changed facts again, and times how long
// an edit takes to be answerable. The project's own index never sees the change.
import { cpSync, readFileSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { Answer } from "../../core/answers.ts";
import type { StalenessRow } from "../../core/comparison.ts";
import { identityOf } from "../../core/component.ts";
import { contentHash, hashOf } from "../../core/hash.ts";
import type { Json } from "../../core/json.ts";
import type { Progress } from "../../core/progress.ts";
import type { TrainingExample } from "../../core/questions.ts";
import { askedOf, type ChangedFact, parseChanges } from "../../evaluation/changes-file.ts";
import { stalenessScores } from "../../evaluation/staleness.ts";
import { filesOf, refuseIssues } from "../data/data-files.ts";
import { ingest } from "../knowledge/ingest.ts";
import { type Knowledge, openKnowledge } from "../knowledge/knowledge.ts";
import { inScratchState } from "../state/scratch-state.ts";
import { openTunedModels } from "../tuning/tuned-models.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { type PlannedApproach, planApproach } from "../wiring/wire-approaches.ts";
import { runApproach } from "./compare-approach.ts";

type ReadyPlan = Extract<PlannedApproach, { approach: unknown }>;

export type StalenessInput = {
  readonly context: ProjectContext;
  readonly knowledge: Knowledge;
  readonly plans: readonly PlannedApproach[];
  readonly training: readonly TrainingExample[];
  readonly progress: Progress;
  readonly signal?: AbortSignal;
};

/** One row per approach that ran, yardsticks left out; undefined where the project has no changes, or no facts to ask for. */
export async function measureStaleness(input: StalenessInput): Promise<readonly StalenessRow[] | undefined> {
  const { context, knowledge, training } = input;
  const facts = await readChangedFacts(context);
  const files = await changedFiles(context);
  const plans = input.plans.filter((plan): plan is ReadyPlan => "approach" in plan && !plan.yardstick);
  if (facts.length === 0 || files.length === 0 || plans.length === 0) return undefined;
  const { resamples, seed } = context.config.evaluation;
  const component = { name: "staleness", version: "1", config: { resamples, seed } };
  const inputs = {
    corpus: knowledge.live.corpusHash,
    training: hashOf(training),
    facts: hashOf(facts as unknown as Json),
    files: hashOf(files.map(({ path, name }) => [name, contentHash(readFileSync(path))])),
    approaches: hashOf(plans.map(({ approach }) => identityOf(approach))),
  };
  const { value } = await context.stages.json({ component, inputs }, () => measure(input, plans, facts, files));
  return value;
}

async function measure(
  input: StalenessInput,
  plans: readonly ReadyPlan[],
  facts: readonly ChangedFact[],
  files: readonly { readonly name: string }[],
): Promise<readonly StalenessRow[]> {
  const before = new Map<string, readonly Answer[]>();
  for (const plan of plans) before.set(plan.name, (await ask(input, plan, facts, "before")).answers);
  return inScratchState(input.context, async (scratch) => {
    cpSync(changesFolder(input.context), scratch.directory, { recursive: true });
    const paths = files.map(({ name }) => join(scratch.directory, name));
    const { ms: ingestMs } = await ingest(scratch, { paths, progress: input.progress });
    const knowledge = await openKnowledge(scratch);
    try {
      const generator = await scratch.models.generator(knowledge.parts);
      const tuned = await openTunedModels(input.context);
      const rows: StalenessRow[] = [];
      for (const { name } of plans) {
        const plan = planApproach(name, { context: scratch, knowledge, generator, tuned });
        if (plan === undefined || !("approach" in plan)) continue;
        const after = await ask({ ...input, context: scratch, knowledge }, plan, facts, "after");
        const answers = { before: before.get(name)!, after: after.answers };
        const scores = stalenessScores(facts, answers, input.context.config.evaluation);
        rows.push({ name, ...scores, ...freshness(after.answers, ingestMs + after.prepareMs) });
      }
      return rows;
    } finally {
      await knowledge.close();
    }
  });
}

async function ask(
  { context, knowledge, training, progress, signal }: StalenessInput,
  plan: ReadyPlan,
  facts: readonly ChangedFact[],
  side: "before" | "after",
) {
  const questions = facts.map((fact) => askedOf(fact, side));
  const input = { context, knowledge, plan, questions, training, metrics: [], progress };
  const { rows, prepareMs } = await runApproach({ ...input, ...(signal ? { signal } : {}) });
  return { answers: rows.map(({ answer }) => answer), prepareMs };
}

/** An approach that puts no passage before its model cannot have seen the edit, however long one waits. */
function freshness(answers: readonly Answer[], ms: number): Pick<StalenessRow, "freshMs" | "freshReason"> {
  if (answers.some(({ hits }) => hits.length > 0)) return { freshMs: Math.round(ms) };
  return {
    freshMs: null,
    freshReason: "it reads no document when asked: an edit reaches it by training or prompting anew",
  };
}

function changesFolder(context: ProjectContext): string {
  return resolve(context.directory, context.config.changes.documents);
}

/** Files under the folder of changes; `name` is the path of the document that each replaces. */
async function changedFiles(context: ProjectContext): Promise<readonly { path: string; name: string }[]> {
  const folder = changesFolder(context);
  const files: { path: string; name: string }[] = [];
  for await (const entry of glob("**/*", { cwd: folder, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.push({ path, name: relative(folder, path) });
  }
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function readChangedFacts(context: ProjectContext): Promise<readonly ChangedFact[]> {
  const facts: ChangedFact[] = [];
  for (const file of await filesOf(context, context.config.changes.questions)) {
    const parsed = parseChanges(await readFile(file.path, "utf8"));
    refuseIssues(file.name, parsed.issues, "bad-questions");
    facts.push(...parsed.facts);
  }
  return facts;
}
