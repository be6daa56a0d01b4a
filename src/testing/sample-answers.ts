// Questions, answers and passages for tests of anything that scores or reports: valid as they are, changed where a test says so.
import type { Answer, Citation } from "../core/answers.ts";
import type { HeldOutQuestion } from "../core/questions.ts";
import type { Hit } from "../core/retrieval.ts";

export function sampleQuestion(changes: Partial<HeldOutQuestion> = {}): HeldOutQuestion {
  return {
    id: "q1",
    text: "How long is the warranty?",
    references: [],
    answerable: true,
    relevant: [],
    checks: [],
    ...changes,
  };
}

export function sampleAnswer(changes: Partial<Answer> = {}): Answer {
  return {
    text: "two years",
    outcome: "answered",
    citations: [],
    droppedCitations: 0,
    hits: [],
    usage: [],
    ms: { retrieve: 1, generate: 1, total: 2 },
    notes: [],
    ...changes,
  };
}

export function sampleCitation(changes: Partial<Citation> = {}): Citation {
  return {
    documentId: "docs/a.md",
    source: "docs/a.md",
    start: 0,
    end: 10,
    quote: "ten chars.",
    verified: true,
    ...changes,
  };
}

/** A passage of 100 characters; `documentId` follows `source` unless given. */
export function sampleHit(
  place: { source?: string; documentId?: string; page?: number; start?: number; end?: number } = {},
): Hit {
  const { source = "docs/a.md", documentId = source, start = 0, end = start + 100, page } = place;
  const chunk = {
    id: `${documentId}#${start}`,
    documentId,
    source,
    title: source,
    ordinal: 0,
    text: "x".repeat(end - start),
    start,
    end,
    ...(page === undefined ? {} : { page }),
    headingPath: [],
    metadata: {},
    groups: [],
  };
  return { chunk, score: 1, legs: {} };
}
