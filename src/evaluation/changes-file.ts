// Parses changes.jsonl: questions whose answer a change of documents changes. Reads no file.
import { z } from "zod";
import type { HeldOutQuestion } from "../core/questions.ts";
import { type LineIssue, parseJsonLines } from "./json-lines.ts";

export type ChangedFact = {
  readonly id: string;
  readonly question: string;
  /** Right answers before the change, and after it. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The changed document; questions of one are one cluster. */
  readonly source?: string | undefined;
};

const answers = z.array(z.string().trim().min(1), "expected a list of answers").min(1, "expected at least one answer");

const line = z.object(
  {
    id: z.union([z.string().min(1), z.number()], "expected an id").transform(String),
    question: z.string().trim().min(1, "expected the question's text"),
    before: answers,
    after: answers,
    source: z.string().optional(),
  },
  "expected an object",
);

export function parseChanges(text: string): {
  readonly facts: readonly ChangedFact[];
  readonly issues: readonly LineIssue[];
} {
  const expected = '{"id":"c1","question":"…","before":["…"],"after":["…"],"source":"docs/…"}';
  const { items, issues } = parseJsonLines(text, line, expected);
  return { facts: items.map(({ value }) => value), issues };
}

/** The fact as a held-out question, with the answers of one side of the change. */
export function askedOf(fact: ChangedFact, side: "before" | "after"): HeldOutQuestion {
  const { id, question, source } = fact;
  const place = source === undefined ? {} : { group: source };
  return { id, text: question, references: fact[side], answerable: true, relevant: [], checks: [], ...place };
}
