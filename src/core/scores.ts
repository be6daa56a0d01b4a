// Scores and money, where unknown is never zero.
import type { Answer } from "./answers.ts";
import type { CallOptions, Component } from "./component.ts";
import type { Json } from "./json.ts";
import type { Usage } from "./models.ts";
import type { HeldOutQuestion } from "./questions.ts";

export type Score =
  | { readonly status: "scored"; readonly value: number; readonly detail?: Json }
  /** The metric has no meaning here (no references, say): not counted as missing. */
  | { readonly status: "not-applicable"; readonly reason: string }
  /** The metric should have scored and could not: counted as missing. */
  | { readonly status: "unscored"; readonly reason: string };

export type Metric = Component & {
  readonly higherIsBetter: boolean;
  /** What the number is, in a phrase with its formula, for the report. */
  readonly label: string;
  score(question: HeldOutQuestion, answer: Answer, call?: CallOptions): Promise<Score>;
};

export type Cost =
  | { readonly status: "priced"; readonly usd: number }
  | { readonly status: "unpriced"; readonly reason: string };

export type CostModel = Component & { cost(usage: readonly Usage[]): Cost };
