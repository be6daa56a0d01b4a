// `assay decide`: a prior from what is said and what the project shows, held against the last comparison.
import { type Prior, priorFor } from "../../advice/prior.ts";
import { checkPrior, type PriorCheck } from "../../advice/prior-check.ts";
import type { Situation } from "../../advice/situation.ts";
import { AssayError } from "../../core/errors.ts";
import { readTrainingExamples } from "../data/data-files.ts";
import { readLastComparison } from "../state/last-comparison.ts";
import type { ProjectContext } from "../wiring/context.ts";
import type { DecideAnswers } from "./decide-answers.ts";

/** The JSON of `assay decide`. */
export type DecideResult = Prior & {
  /** What was said, and what the project shows. */
  readonly situation: Situation;
  /** Keys of `situation` that nobody said: read off the project. */
  readonly readOffProject: readonly string[];
  readonly lastComparison: PriorCheck & { readonly measuredAt: string | null };
};

/** A quarter of the characters: near enough to compare with a context window. */
const charactersPerToken = 4;

/** What is said outranks what the project shows; the context window is the project's own unless a threshold replaces it. */
export async function decide(context: ProjectContext, answers: DecideAnswers): Promise<DecideResult> {
  const shown = await shownByProject(context);
  const said = Object.fromEntries(Object.entries(answers.situation).filter(([, value]) => value !== undefined));
  const situation: Situation = { ...shown, ...said };
  const { contextTokens } = context.config.longContext;
  const prior = priorFor(situation, { contextTokens, ...answers.thresholds });
  return {
    ...prior,
    situation,
    readOffProject: Object.keys(shown).filter((key) => !(key in said)),
    lastComparison: await heldAgainstLast(context, prior.approach),
  };
}

/** A comparison that this version cannot read leaves the prior standing alone, with the reason. */
async function heldAgainstLast(context: ProjectContext, prior: string | null): Promise<DecideResult["lastComparison"]> {
  try {
    const last = await readLastComparison(context);
    return { ...checkPrior(prior, last?.report), measuredAt: last?.report.createdAt ?? null };
  } catch (error) {
    if (!AssayError.isInstance(error)) throw error;
    return { verdict: "not measured", because: `${error.message}: ${error.remedy}.`, measuredAt: null };
  }
}

/** Only what is there to be read: a project without documents says nothing of their size. */
export async function shownByProject(context: ProjectContext): Promise<Situation> {
  const { config, database } = context;
  const { maxP95LatencyMs, maxMonthlyUsd, needsCitations, offline } = config.constraints;
  const sum = database.sqlite.prepare("SELECT SUM(LENGTH(text)) AS characters FROM documents").get();
  const characters = Number(sum?.["characters"] ?? 0);
  const examples = (await readTrainingExamples(context)).length;
  return {
    ...(characters > 0 ? { corpusTokens: Math.ceil(characters / charactersPerToken) } : {}),
    ...(examples > 0 ? { examples } : {}),
    ...(config.queriesPerMonth === undefined ? {} : { queriesPerMonth: config.queriesPerMonth }),
    ...(maxP95LatencyMs === undefined ? {} : { maxLatencyMs: maxP95LatencyMs }),
    ...(maxMonthlyUsd === undefined ? {} : { monthlyBudgetUsd: maxMonthlyUsd }),
    ...(needsCitations === undefined ? {} : { citations: needsCitations }),
    ...(offline === undefined ? {} : { offline }),
  };
}
