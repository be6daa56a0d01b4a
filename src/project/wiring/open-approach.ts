// Prepares an approach (once, as a stage) and opens it. `ask`, `compare` and the server all come through here.
import type { Answerer, Approach } from "../../core/answers.ts";
import { AssayError } from "../../core/errors.ts";
import { hashOf } from "../../core/hash.ts";
import type { Usage } from "../../core/models.ts";
import type { Progress } from "../../core/progress.ts";
import type { TrainingExample } from "../../core/questions.ts";
import { readTrainingExamples } from "../data/data-files.ts";
import { type Knowledge, openKnowledge } from "../knowledge/knowledge.ts";
import { openTunedModels } from "../tuning/tuned-models.ts";
import type { ProjectContext } from "./context.ts";
import { approachNames, planApproach } from "./wire-approaches.ts";

export type OpenedApproach = { readonly answerer: Answerer; close(): Promise<void> };

/** Throws `AssayError`: `bad-usage` for an unknown name, `not-found` for one that cannot run here, with the reason. */
export async function openApproach(context: ProjectContext, name: string, progress: Progress): Promise<OpenedApproach> {
  const knowledge = await openKnowledge(context);
  try {
    const { answerer } = await openAnswerer(context, knowledge, name, progress);
    return {
      answerer,
      async close() {
        await answerer.close();
        await knowledge.close();
      },
    };
  } catch (error) {
    await knowledge.close();
    throw error;
  }
}

/** The same over knowledge that is open already and stays so. `key` names everything that its answers depend on. */
export async function openAnswerer(
  context: ProjectContext,
  knowledge: Knowledge,
  name: string,
  progress: Progress,
): Promise<{ readonly answerer: Answerer; readonly key: string }> {
  const generator = await context.models.generator(knowledge.parts);
  const tuned = await openTunedModels(context);
  const plan = planApproach(name, { context, knowledge, generator, tuned });
  if (plan === undefined) {
    throw new AssayError({
      code: "bad-usage",
      message: `unknown approach "${name}"`,
      remedy: `choose one of ${approachNames.join(", ")}`,
    });
  }
  if ("reason" in plan) {
    throw new AssayError({
      code: "not-found",
      message: `${name} cannot run here: ${plan.reason}`,
      remedy: "choose another: `assay ask … --approach rag`",
    });
  }
  const training = await readTrainingExamples(context);
  const prepared = await prepareApproach(context, knowledge, plan.approach, training, progress);
  return { answerer: await plan.approach.open(prepared.directory), key: prepared.key };
}

export type PreparedApproach = {
  readonly directory: string;
  /** Names everything that went in: approach, documents, examples. */
  readonly key: string;
  readonly prepareMs: number;
  readonly usage: readonly Usage[];
};

/** Preparing sees documents and training examples, never a held-out question. */
export async function prepareApproach(
  context: ProjectContext,
  knowledge: Knowledge,
  approach: Approach,
  training: readonly TrainingExample[],
  progress: Progress,
): Promise<PreparedApproach> {
  const inputs = { corpus: knowledge.live.corpusHash, training: hashOf(training) };
  const documents = async function* () {
    yield* context.documents.all();
  };
  const result = await context.stages.folder({ component: approach, inputs }, async (directory) => {
    const stage = progress.start(`Preparing ${approach.name}`);
    const started = performance.now();
    const { usage, ms = 0 } = await approach.prepare({ documents, training, directory });
    stage.end();
    return { prepareMs: ms + performance.now() - started, usage };
  });
  return { directory: result.directory, key: result.key, prepareMs: result.value.prepareMs, usage: result.value.usage };
}
