// A judge that asks a natural language inference model whether a few sentences of the evidence entail a claim. Such a model
// only follows what entails what: claims are cut, and relevance is told, as the lexical judge does.

import { sentencesOf } from "../../text/sentences.ts";
import type { ClaimVerdict, Judge, Judgement, Preference, PreferenceInput, SupportInput } from "./judge.ts";

/** Probabilities that sum to 1. */
export type Entails = (
  premise: string,
  hypothesis: string,
) => Promise<{ readonly entailment: number; readonly neutral: number; readonly contradiction: number }>;

export type NliJudgeOptions = {
  /** As in the configuration, e.g. `nli/models/deberta`. */
  readonly name: string;
  /** Part of the identity: other weights judge otherwise. */
  readonly modelHash: string;
  readonly entails: Entails;
  readonly lexical: Judge;
};

export const nliJudgeVersion = "1";

/** Sentences of one passage that are read as one premise; the next premise starts two sentences on. */
const windowSentences = 3;
const windowStep = 2;
/** Of two answers, more likely entailed by less than this is a tie. */
const noticeable = 0.05;

export function nliJudge({ name, modelHash, entails, lexical }: NliJudgeOptions): Judge {
  return {
    name,
    version: nliJudgeVersion,
    config: { modelHash, windowSentences, windowStep, noticeable, lexical: lexical.version },
    label: "natural language inference by a local model",
    // Relevance is told by words here, and metrics of meaning would rest on it.
    readsMeaning: false,
    claims: lexical.claims,
    relevance: lexical.relevance,
    support: (input) => attempt(() => verdictsOn(input, entails)),
    prefer: (input, call) =>
      input.reference === undefined
        ? lexical.prefer(input, call)
        : attempt(() => preferred(input, input.reference!, entails)),
  };
}

/** A model that cannot read a pair gives no verdict. */
async function attempt<T>(ask: () => Promise<T>): Promise<Judgement<T>> {
  try {
    return { status: "judged", value: await ask(), usage: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { status: "failed", reason: `the judge failed: ${reason}`, usage: [] };
  }
}

async function verdictsOn({ claims, evidence }: SupportInput, entails: Entails): Promise<readonly ClaimVerdict[]> {
  const premises = evidence.flatMap(windowsOf);
  const verdicts: ClaimVerdict[] = [];
  for (const claim of claims) {
    const quote = await premiseFor(claim, premises, entails);
    verdicts.push(quote === undefined ? { claim, supported: false } : { claim, supported: true, quote });
  }
  return verdicts;
}

/** The premise that entails the claim most surely, of those where entailment is the likeliest of the three. */
async function premiseFor(claim: string, premises: readonly string[], entails: Entails): Promise<string | undefined> {
  let best: { readonly premise: string; readonly entailment: number } | undefined;
  for (const premise of premises) {
    const { entailment, neutral, contradiction } = await entails(premise, claim);
    if (entailment <= Math.max(neutral, contradiction, best?.entailment ?? 0)) continue;
    best = { premise, entailment };
  }
  return best?.premise;
}

function windowsOf(passage: string): readonly string[] {
  const sentences = sentencesOf(passage);
  const windows: string[] = [];
  for (let first = 0; first < sentences.length; first += windowStep) {
    const last = Math.min(first + windowSentences, sentences.length) - 1;
    windows.push(passage.slice(sentences[first]!.start, sentences[last]!.end));
    if (last === sentences.length - 1) break;
  }
  return windows;
}

async function preferred({ first, second }: PreferenceInput, reference: string, entails: Entails): Promise<Preference> {
  const score = async (answer: string) => {
    const { entailment, contradiction } = await entails(reference, answer);
    return entailment - contradiction;
  };
  const lead = (await score(first)) - (await score(second));
  return Math.abs(lead) < noticeable ? "tie" : lead > 0 ? "first" : "second";
}
