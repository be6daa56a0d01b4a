// A question made from documents, waiting for a person's yes. It carries where it came from, for good.
import type { Relevant } from "../../core/questions.ts";

export type DraftKind = "cloze" | "heading" | "table" | "single" | "multi-document" | "paraphrased" | "near-miss";

export type Provenance = {
  /** `documents` made it by rule; else the model's name. */
  readonly madeBy: string;
  /** Of the rules or of the prompts. */
  readonly version: string;
  /** The words of the documents that the answer rests on. */
  readonly quotes: readonly string[];
};

export type Draft = {
  readonly id: string;
  readonly question: string;
  readonly references: readonly string[];
  readonly answerable: boolean;
  readonly kind: DraftKind;
  /** The first gold document: its questions are one cluster. */
  readonly group: string;
  /** Exact spans of the stored texts. */
  readonly relevant: readonly Relevant[];
  readonly provenance: Provenance;
};

/** Why a draft was dropped before anybody saw it. */
export type Dropped = { readonly question: string; readonly reason: string };

/** The line of questions.jsonl that an accepted draft becomes. */
export function questionLine(draft: Draft): string {
  const { id, question, references, answerable, kind, group, relevant, provenance } = draft;
  const gold = answerable ? { references, relevant } : {};
  return JSON.stringify({ id, question, ...gold, answerable, kind, group, provenance });
}
