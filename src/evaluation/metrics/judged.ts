// Metrics that hold a judge: claim by claim, against the passages shown or the reference. Knows no particular judge.
import type { Answer } from "../../core/answers.ts";
import type { CallOptions } from "../../core/component.ts";
import { identityOf } from "../../core/component.ts";
import type { Json } from "../../core/json.ts";
import type { HeldOutQuestion } from "../../core/questions.ts";
import type { Metric, Score } from "../../core/scores.ts";
import type { ClaimVerdict, Judge, Judgement, RuleVerdict } from "../judges/judge.ts";
import { saidBy } from "./answer-words.ts";
import { unscored } from "./score.ts";

/** A judge that could not say, carried up to the score. */
class NoVerdict extends Error {}

/** What a judged metric may ask, of one question and its answer. Every member throws `NoVerdict` where the judge fails. */
export type Judged = {
  readonly question: HeldOutQuestion;
  readonly answer: Answer;
  /** Texts of the passages that were put before the model. */
  readonly passages: readonly string[];
  /** Each reference behind its question: a reference is often a bare phrase, which says nothing without it. */
  readonly references: readonly string[];
  /** Claims of the answer. */
  said(): Promise<readonly string[]>;
  /** Claims of the references. */
  gold(): Promise<readonly string[]>;
  support(claims: readonly string[], evidence: readonly string[]): Promise<readonly ClaimVerdict[]>;
  relevance(claims: readonly string[]): Promise<readonly boolean[]>;
  /** Whether the answer keeps each rule of style. */
  rules(rules: readonly string[]): Promise<readonly RuleVerdict[]>;
};

export type JudgedMetric = {
  readonly name: string;
  readonly version: string;
  readonly label: string;
  readonly higherIsBetter?: boolean;
  readonly score: (judged: Judged) => Promise<Score>;
};

/** A failed answer and a judge that cannot say leave `unscored`, the reason with them. */
export function judgedMetric(judge: Judge, metric: JudgedMetric): Metric {
  const { name, version, label, higherIsBetter = true } = metric;
  return {
    name,
    version,
    config: { judge: identityOf(judge) },
    higherIsBetter,
    label: `${label}; ${judge.label}`,
    score: async (question, answer, call) => {
      if (answer.outcome === "failed") return unscored("the answer failed");
      try {
        return await metric.score(judgedAnswer(judge, question, answer, call));
      } catch (error) {
        if (error instanceof NoVerdict) return unscored(error.message);
        throw error;
      }
    },
  };
}

function judgedAnswer(judge: Judge, question: HeldOutQuestion, answer: Answer, call?: CallOptions): Judged {
  const claimsIn = async (text: string) => value(await judge.claims({ question: question.text, text }, call));
  return {
    question,
    answer,
    passages: answer.hits.map(({ chunk }) => chunk.text),
    references: question.references.map((reference) => `${question.text} ${reference}`),
    said: () => claimsIn(saidBy(answer)),
    gold: async () => {
      // Alternatives say the same in other words: the fullest of them stands for all.
      const fullest = question.references.reduce((best, one) => (one.length > best.length ? one : best), "");
      const claims = await claimsIn(fullest);
      return claims.length > 0 ? claims : [fullest];
    },
    support: async (claims, evidence) => value(await judge.support({ claims, evidence }, call)),
    rules: async (rules) => {
      if (judge.rules === undefined) throw new NoVerdict(`${judge.name} cannot tell style`);
      return value(await judge.rules({ question: question.text, text: answer.text, rules }, call));
    },
    relevance: async (claims) => value(await judge.relevance({ question: question.text, claims }, call)),
  };
}

function value<T>(judgement: Judgement<T>): T {
  if (judgement.status === "judged") return judgement.value;
  throw new NoVerdict(judgement.reason);
}

/** Verdicts as a score's detail. */
export function verdictDetail(verdicts: readonly ClaimVerdict[]): Json {
  return verdicts.map(({ claim, supported, quote }) => ({
    claim,
    supported,
    ...(quote === undefined ? {} : { quote }),
  }));
}

export function shareOf(flags: readonly boolean[]): number {
  return flags.filter(Boolean).length / flags.length;
}
