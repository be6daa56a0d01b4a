// What people thought of served answers: kept with the answer's trace, reviewed by a person, then questions and examples.
import { randomUUID } from "node:crypto";
import type { Citation } from "../../core/answers.ts";
import { AssayError } from "../../core/errors.ts";
import type { HeldOutQuestion, TrainingExample } from "../../core/questions.ts";
import type { ControlDatabase } from "../state/control-database.ts";
import { serveSchema } from "./traces.ts";

export type NewFeedback = {
  readonly traceId: string;
  readonly caller: string;
  readonly rating?: "up" | "down";
  readonly correction?: string;
  readonly comment?: string;
};

/** Feedback beside the answer that it is about; the words are null where traces keep figures alone. */
export type Feedback = {
  readonly id: string;
  readonly traceId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly caller: string;
  readonly rating: "up" | "down" | null;
  readonly correction: string | null;
  readonly comment: string | null;
  readonly status: FeedbackStatus;
  readonly approach: string;
  readonly question: string | null;
  readonly text: string | null;
  readonly citations: readonly Citation[];
};

export type FeedbackStatus = "new" | "accepted" | "rejected";

export type FeedbackStore = {
  /** The feedback's id; undefined where the caller was given no such answer. Again for the same answer replaces the first. */
  add(feedback: NewFeedback): string | undefined;
  list(status?: FeedbackStatus): readonly Feedback[];
  /** Throws `AssayError` `not-found`. */
  review(id: string, status: FeedbackStatus): void;
};

type Row = Omit<Feedback, "citations"> & { readonly citations: string | null };

export function feedbackStore(database: ControlDatabase): FeedbackStore {
  const { sqlite } = database;
  sqlite.exec(serveSchema);
  const trace = sqlite.prepare("SELECT 1 FROM traces WHERE id = ? AND caller = ? AND kind = 'served'");
  const earlier = sqlite.prepare("DELETE FROM feedback WHERE traceId = ? AND caller = ? AND status = 'new'");
  const insert = sqlite.prepare("INSERT INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, 'new')");
  const list = sqlite.prepare(
    "SELECT f.*, t.approach, t.question, t.text, t.citations FROM feedback f JOIN traces t ON t.id = f.traceId AND t.kind = 'served' ORDER BY f.at",
  );
  const review = sqlite.prepare("UPDATE feedback SET status = ? WHERE id = ?");
  return {
    add({ traceId, caller, rating, correction, comment }) {
      if (trace.get(traceId, caller) === undefined) return undefined;
      const id = randomUUID();
      database.transaction(() => {
        earlier.run(traceId, caller);
        insert.run(id, traceId, Date.now(), caller, rating ?? null, correction ?? null, comment ?? null);
      });
      return id;
    },
    list: (status) =>
      (list.all() as Row[])
        .map((row) => ({ ...row, citations: row.citations ? (JSON.parse(row.citations) as Citation[]) : [] }))
        .filter((row) => status === undefined || row.status === status),
    review(id, status) {
      const { changes } = database.transaction(() => review.run(status, id));
      if (changes > 0) return;
      throw new AssayError({
        code: "not-found",
        message: `no feedback has the id ${id}`,
        remedy: "`assay feedback` lists them",
      });
    },
  };
}

/** A held-out question that accepted feedback makes: its reference is the correction, or the answer that was liked. */
export function questionFrom(
  feedback: Feedback,
): (Pick<HeldOutQuestion, "id" | "references" | "relevant"> & { question: string }) | undefined {
  const reference = referenceOf(feedback);
  if (feedback.question === null || reference === undefined) return undefined;
  const isLiked = feedback.correction === null;
  return {
    id: `feedback-${feedback.id}`,
    question: feedback.question,
    references: [reference],
    // A corrected answer's citations may be what was wrong with it.
    relevant: isLiked ? feedback.citations.slice(0, 1).map(({ source }) => ({ source })) : [],
  };
}

/** A behaviour example that accepted feedback makes. */
export function exampleFrom(feedback: Feedback): TrainingExample | undefined {
  const reference = referenceOf(feedback);
  if (feedback.question === null || reference === undefined) return undefined;
  return {
    messages: [
      { role: "user", content: feedback.question },
      { role: "assistant", content: reference },
    ],
  };
}

function referenceOf({ correction, rating, text }: Feedback): string | undefined {
  if (correction !== null) return correction;
  // Markers point at passages that an example does not show.
  return rating === "up" && text !== null ? text.replace(/ ?\[\d+\]/g, "").trim() : undefined;
}
