// Scores a sample of the served answers with the metrics of a comparison that need no reference: after they were given, one
// at a time, while nobody waits.
import type { HeldOutQuestion } from "../../core/questions.ts";
import type { Metric } from "../../core/scores.ts";
import type { ControlDatabase } from "../state/control-database.ts";
import { outcomeOf, type ServedAnswer } from "./answer.ts";
import type { Trace } from "./traces.ts";

export type LiveEvaluation = {
  /** Returns at once; most answers are passed over. */
  offer(served: ServedAnswer, id: string, kind: Trace["kind"]): void;
  /** Answers that were drawn and given up because too many waited. */
  readonly dropped: number;
  /** Lets the score in the making be finished. */
  close(): Promise<void>;
};

export type LiveEvaluationOptions = {
  readonly database: ControlDatabase;
  /** 0 to 1. */
  readonly share: number;
  /** Asked for anew with every answer, so that a new day has a new budget. */
  readonly metrics: () => Promise<readonly Metric[]>;
  readonly isBusy: () => boolean;
  readonly onScore: (approach: string, metric: string, score: number) => void;
  readonly onProblem: (problem: string) => void;
  /** Default Math.random. */
  readonly random?: () => number;
};

type Offered = { readonly served: ServedAnswer; readonly id: string; readonly kind: Trace["kind"] };

const mostWaiting = 100;
const busyMs = 50;

export function liveEvaluation(options: LiveEvaluationOptions): LiveEvaluation {
  const { database, share, random = Math.random } = options;
  const insert = database.sqlite.prepare("INSERT OR REPLACE INTO evaluations VALUES (?, ?, ?, ?, ?, ?)");
  const waiting: Offered[] = [];
  let dropped = 0;
  let closed = false;
  let working: Promise<void> | undefined;

  const score = async ({ served, id, kind }: Offered) => {
    const question = questionOf(served.question, id);
    for (const metric of await options.metrics()) {
      const given = await metric.score(question, served.answer);
      if (given.status === "not-applicable") continue;
      const [value, reason] = given.status === "scored" ? [given.value, null] : [null, given.reason];
      database.transaction(() => insert.run(id, kind, metric.name, metric.version, value, reason));
      if (value !== null) options.onScore(served.approach, metric.name, value);
    }
  };
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined && !closed; next = waiting.shift()) {
      while (options.isBusy() && !closed) await new Promise((resolve) => setTimeout(resolve, busyMs));
      await score(next).catch((error: unknown) =>
        options.onProblem(error instanceof Error ? error.message : String(error)),
      );
    }
    working = undefined;
  };
  return {
    offer(served, id, kind) {
      if (!isScorable(served) || random() >= share || closed) return;
      if (waiting.length >= mostWaiting) dropped += 1;
      else waiting.push({ served, id, kind });
      working ??= work();
    },
    get dropped() {
      return dropped;
    },
    async close() {
      closed = true;
      await working;
    },
  };
}

/** What came from the cache was scored when it was made; a turn that calls tools says nothing yet. */
function isScorable({ answer, isCached }: ServedAnswer): boolean {
  const outcome = outcomeOf(answer);
  return !isCached && (outcome === "answered" || outcome === "declined");
}

/** Nobody has said what the right answer is: metrics that need to know do not apply. */
function questionOf(text: string, id: string): HeldOutQuestion {
  return { id, text, references: [], answerable: true, relevant: [], checks: [] };
}
