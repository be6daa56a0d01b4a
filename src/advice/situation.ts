// The questionnaire: what a team knows of its situation before anything is measured. Draws no conclusion.

export const changeRates = ["never", "yearly", "monthly", "weekly", "daily"] as const;
export const needs = ["knowledge", "behaviour", "both"] as const;
export const sensitivities = ["public", "internal", "restricted"] as const;

/** Absent: nobody has said. Null: there is no limit. */
export type Situation = {
  /** How often the facts change that answers rest on. */
  readonly changes?: (typeof changeRates)[number] | undefined;
  /** What the model lacks: facts, a way of answering, or both. */
  readonly need?: (typeof needs)[number] | undefined;
  readonly citations?: boolean | undefined;
  /** Bound on the 95th percentile. */
  readonly maxLatencyMs?: number | null | undefined;
  readonly offline?: boolean | undefined;
  /** Good examples of the wanted behaviour at hand. */
  readonly examples?: number | undefined;
  readonly queriesPerMonth?: number | undefined;
  readonly monthlyBudgetUsd?: number | null | undefined;
  readonly sensitivity?: (typeof sensitivities)[number] | undefined;
  readonly corpusTokens?: number | undefined;
};

export type SituationKey = keyof Situation;

export type SituationQuestion = {
  readonly key: SituationKey;
  readonly text: string;
  readonly answer:
    | { readonly type: "choice"; readonly choices: readonly string[] }
    | { readonly type: "yes-no" }
    | { readonly type: "number" }
    /** A number, or `none` for no limit. */
    | { readonly type: "limit" };
};

/** In the order in which they are asked. */
export const questionnaire: readonly SituationQuestion[] = [
  { key: "need", text: "What does the model lack?", answer: { type: "choice", choices: needs } },
  { key: "changes", text: "How often do the facts change?", answer: { type: "choice", choices: changeRates } },
  { key: "citations", text: "Must answers cite their sources?", answer: { type: "yes-no" } },
  {
    key: "maxLatencyMs",
    text: "Within how many milliseconds must 95% of answers be there?",
    answer: { type: "limit" },
  },
  { key: "offline", text: "Must everything stay on this machine?", answer: { type: "yes-no" } },
  { key: "sensitivity", text: "How sensitive is the data?", answer: { type: "choice", choices: sensitivities } },
  { key: "examples", text: "How many good examples of the wanted behaviour are there?", answer: { type: "number" } },
  { key: "corpusTokens", text: "How many tokens do all documents have?", answer: { type: "number" } },
  { key: "queriesPerMonth", text: "How many questions a month?", answer: { type: "number" } },
  { key: "monthlyBudgetUsd", text: "How many US dollars a month may it cost?", answer: { type: "limit" } },
];
