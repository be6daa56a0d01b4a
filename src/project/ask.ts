// `assay ask`: one approach answers, exactly as `compare` measures it.
import type { Answer, Citation } from "../core/answers.ts";
import type { Usage } from "../core/models.ts";
import type { Progress } from "../core/progress.ts";
import type { Question } from "../core/questions.ts";
import type { Filter } from "../core/retrieval.ts";
import { readRecommended } from "./state/recommended.ts";
import type { ProjectContext } from "./wiring/context.ts";
import { openApproach } from "./wiring/open-approach.ts";
import { priceBookOf } from "./wiring/prices.ts";

export type AskOptions = {
  readonly questions: readonly Question[];
  /** Default: what the last `compare` recommended, else `rag`. */
  readonly approach?: string;
  readonly groups?: readonly string[];
  readonly filter?: Filter;
  readonly progress: Progress;
};

/** One JSON line of `assay ask`. */
export type AskResult = {
  readonly id: string;
  readonly approach: string;
  readonly text: string;
  readonly outcome: Answer["outcome"];
  readonly confidence?: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly citations: readonly Citation[];
  readonly usage: readonly Usage[];
  readonly costUsd: number | null;
  readonly costReason?: string;
  readonly ms: Answer["ms"];
  /** What the approach tells of its way: a rewritten query, passages that did not fit. Absent where there is nothing to tell. */
  readonly notes?: readonly string[];
};

/** Throws `AssayError` where the approach cannot run here; a question that fails is a line with `outcome: "failed"`. */
export async function* ask(context: ProjectContext, options: AskOptions): AsyncIterable<AskResult> {
  const name = options.approach ?? readRecommended(context.database) ?? "rag";
  const opened = await openApproach(context, name, options.progress);
  const prices = await priceBookOf(context.config);
  const { groups, filter } = options;
  try {
    for (const { id, text } of options.questions) {
      const answer = await opened.answerer.answer(
        { id, text },
        { ...(groups ? { groups } : {}), ...(filter ? { filter } : {}) },
      );
      yield toResult(id, name, answer, prices.cost(answer.usage));
    }
  } finally {
    await opened.close();
  }
}

function toResult(
  id: string,
  approach: string,
  answer: Answer,
  cost: { status: "priced"; usd: number } | { status: "unpriced"; reason: string },
): AskResult {
  const { text, outcome, confidence, error, citations, usage, ms, notes } = answer;
  return {
    id,
    approach,
    text,
    outcome,
    ...(confidence === undefined ? {} : { confidence }),
    ...(error ? { error } : {}),
    citations,
    usage,
    ...(cost.status === "priced" ? { costUsd: cost.usd } : { costUsd: null, costReason: cost.reason }),
    ms,
    ...(notes.length > 0 ? { notes } : {}),
  };
}
