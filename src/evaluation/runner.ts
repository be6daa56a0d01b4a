// Puts held-out questions to one answerer. Knows no approach and no metric; gold never passes through.
import PQueue from "p-queue";
import type { Answer, Answerer } from "../core/answers.ts";
import { AssayError } from "../core/errors.ts";
import { type Progress, silentProgress } from "../core/progress.ts";
import type { HeldOutQuestion } from "../core/questions.ts";
import { type AnswerStore, isFinal } from "./answer-store.ts";

export type AnswerAllOptions = {
  readonly answerer: Answerer;
  readonly questions: readonly HeldOutQuestion[];
  /** Questions in flight at once. */
  readonly concurrency: number;
  readonly store: AnswerStore;
  /** The key of an answer in the store: must change with anything that could change the answer. */
  readonly keyOf: (question: HeldOutQuestion) => string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
};

export type AnsweredQuestion = {
  readonly question: HeldOutQuestion;
  readonly answer: Answer;
  /** True where the answer came from the store and no model was called. */
  readonly isReused: boolean;
};

/**
 * Answers every question, in the order given. Stored answers are not asked for again; each new one is stored as soon as it
 * is there, unless asking again might help (`isFinal`). A failing answerer yields failed answers; only a cancelled call
 * and a failing store throw, and then no further question is begun.
 */
export async function answerAll(options: AnswerAllOptions): Promise<readonly AnsweredQuestion[]> {
  const { answerer, questions, concurrency, progress = silentProgress, signal } = options;
  const queue = new PQueue({ concurrency });
  const halt = new AbortController();
  const stage = progress.start(`Answering: ${answerer.name}`, questions.length);
  const answerOne = async (question: HeldOutQuestion): Promise<AnsweredQuestion> => {
    try {
      signal?.throwIfAborted();
      halt.signal.throwIfAborted();
      const answered = await reuseOrAsk(question, options);
      stage.advance();
      return answered;
    } catch (error) {
      halt.abort(error);
      throw error;
    }
  };
  try {
    const answered = await queue.addAll(questions.map((question) => () => answerOne(question)));
    stage.end(summaryOf(answered));
    return answered;
  } catch (error) {
    await queue.onIdle();
    stage.end("stopped");
    throw error;
  }
}

async function reuseOrAsk(question: HeldOutQuestion, options: AnswerAllOptions): Promise<AnsweredQuestion> {
  const key = options.keyOf(question);
  const stored = await options.store.get(key);
  if (stored) return { question, answer: stored, isReused: true };
  const answer = await ask(question, options);
  if (isFinal(answer)) await options.store.set(key, answer);
  return { question, answer, isReused: false };
}

/** The answerer meets an object built here, so that no gold can travel along with the question. */
async function ask(question: HeldOutQuestion, { answerer, signal }: AnswerAllOptions): Promise<Answer> {
  const startedAt = performance.now();
  try {
    return await answerer.answer({ id: question.id, text: question.text }, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    return failedAnswer(error, performance.now() - startedAt);
  }
}

function failedAnswer(error: unknown, totalMs: number): Answer {
  const code = AssayError.isInstance(error) ? error.code : "internal";
  const message = error instanceof Error ? error.message : String(error);
  return {
    text: "",
    outcome: "failed",
    error: { code, message },
    citations: [],
    droppedCitations: 0,
    hits: [],
    usage: [],
    ms: { retrieve: 0, generate: 0, total: totalMs },
    notes: [],
  };
}

function summaryOf(answered: readonly AnsweredQuestion[]): string {
  const count = (outcome: Answer["outcome"]) => answered.filter(({ answer }) => answer.outcome === outcome).length;
  const reused = answered.filter(({ isReused }) => isReused).length;
  const parts = [`${count("answered")} answered`, `${count("declined")} declined`];
  if (count("failed") > 0) parts.push(`${count("failed")} failed`);
  if (reused > 0) parts.push(`${reused} from an earlier run`);
  return parts.join(", ");
}
