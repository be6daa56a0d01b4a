// One state of the project as it is served: the open index and the answerers over it. It ends when nobody uses it any more.
import type { Answerer } from "../../core/answers.ts";
import { identityOf } from "../../core/component.ts";
import type { ChatModel } from "../../core/models.ts";
import { silentProgress } from "../../core/progress.ts";
import { type Knowledge, openKnowledge } from "../knowledge/knowledge.ts";
import { openTunedModels } from "../tuning/tuned-models.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { openAnswerer } from "../wiring/open-approach.ts";
import { type ApproachParts, approachNames, planApproach } from "../wiring/wire-approaches.ts";
import { tracedRetriever } from "./traced-parts.ts";

/** An approach that can answer here. */
export type ServedModel = { readonly name: string; readonly labels: readonly string[] };

type Runnable = ServedModel & { readonly identity: string };

export type Edition = {
  readonly knowledge: Knowledge;
  readonly generator: ChatModel;
  /** Approaches that can answer here; yardsticks are not among them. */
  readonly models: readonly ServedModel[];
  /** False where an approach has come, gone or changed since: a model was tuned, say. */
  isComplete(): boolean;
  /** Opened once. `key` names everything that an answer depends on besides its question. Throws `AssayError`. */
  answerer(approach: string): Promise<{ readonly answerer: Answerer; readonly key: string }>;
  /** Keeps it open until `leave`. */
  enter(): void;
  leave(): void;
  /** Closes it as soon as the last one has left. */
  retire(): void;
};

/** Throws `AssayError`: `no-index`, `index-mismatch`, `corrupt-state`. */
export async function openEdition(context: ProjectContext): Promise<Edition> {
  const opened = await openKnowledge(context, { inMemory: true });
  const knowledge = { ...opened, retriever: tracedRetriever(opened.retriever) };
  const generator = await context.models.generator(knowledge.parts);
  const tuned = await openTunedModels(context);
  const answerers = new Map<string, ReturnType<Edition["answerer"]>>();
  const use = { count: 0, retired: false };
  const closeIfUnused = async () => {
    if (!use.retired || use.count > 0) return;
    const used = await Promise.allSettled(answerers.values());
    for (const one of used) if (one.status === "fulfilled") await one.value.answerer.close();
    await knowledge.close();
  };
  const models = runnable({ context, knowledge, generator, tuned });
  const identities = (found: readonly Runnable[]) => found.map(({ identity }) => identity).join();
  return {
    knowledge,
    generator,
    models: models.map(({ name, labels }) => ({ name, labels })),
    isComplete: () => identities(runnable({ context, knowledge, generator, tuned })) === identities(models),
    answerer(approach) {
      const known = answerers.get(approach) ?? openAnswerer(context, knowledge, approach, silentProgress);
      answerers.set(approach, known);
      // A failure to open is not kept: what was missing may be there the next time.
      known.catch(() => answerers.delete(approach));
      return known;
    },
    enter() {
      use.count += 1;
    },
    leave() {
      use.count -= 1;
      void closeIfUnused();
    },
    retire() {
      use.retired = true;
      void closeIfUnused();
    },
  };
}

function runnable(parts: ApproachParts): readonly Runnable[] {
  return approachNames.flatMap((name) => {
    const plan = planApproach(name, parts);
    if (plan === undefined || !("approach" in plan) || plan.yardstick) return [];
    return [{ name, labels: plan.labels, identity: identityOf(plan.approach) }];
  });
}
