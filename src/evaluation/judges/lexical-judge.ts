// A judge without a model: claims are sentences, and a claim is supported where its words and numbers stand together in a
// few sentences of the evidence. It follows no paraphrase and no negation; `bench/README.md` says how often people agree.
import type { TextSpan } from "../../text/sentences.ts";
import { sentencesOf } from "../../text/sentences.ts";
import type { ClaimVerdict, Judge, Judgement, Preference } from "./judge.ts";

export type LexicalJudgeOptions = {
  /** Terms of a text without stop words, e.g. those of an analyser in the language of the documents. */
  readonly terms: (text: string) => readonly string[];
  /** Part of the identity: another analyser judges otherwise. */
  readonly termsIdentity: string;
};

export const lexicalJudgeVersion = "1";

/** Share of a claim's terms that the evidence must hold. Chosen on the development part of a public set, see the bench. */
const enough = 0.6;
/** Sentences that may share in the support of one claim. */
const mostSentences = 3;
/** Better by less than this is a tie. */
const noticeable = 0.05;
const cachedTexts = 4000;

type Sentence = { readonly text: string; readonly terms: ReadonlySet<string> };

export function lexicalJudge(options: LexicalJudgeOptions): Judge {
  const terms = (text: string) => new Set(options.terms(text));
  const sentences = cached((text: string) =>
    sentencesOf(text).map((span): Sentence => {
      const sentence = slice(text, span);
      return { text: sentence, terms: terms(sentence) };
    }),
  );
  return {
    name: "embedded/lexical",
    version: lexicalJudgeVersion,
    config: { enough, mostSentences, noticeable, terms: options.termsIdentity },
    label: "word overlap, no language model",
    readsMeaning: false,
    claims: async ({ text }) =>
      judged(
        sentencesOf(text)
          .map((span) => slice(text, span))
          .filter(statesSomething),
      ),
    support: async ({ claims, evidence }) => {
      const known = evidence.flatMap(sentences);
      return judged(claims.map((claim) => verdictOn(claim, terms(claim), known)));
    },
    relevance: async ({ question, claims }) => {
      const asked = terms(question);
      return judged(claims.map((claim) => asked.size === 0 || share(asked, terms(claim)) > 0));
    },
    prefer: async (input) => judged(preferred(input, terms)),
  };
}

function judged<T>(value: T): Judgement<T> {
  return { status: "judged", value, usage: [] };
}

function slice(text: string, { start, end }: TextSpan): string {
  return text.slice(start, end);
}

function statesSomething(sentence: string): boolean {
  return /[\p{L}\p{N}]/u.test(sentence) && !/\?\s*$/.test(sentence);
}

/** Takes the sentences that cover most of what is still uncovered, up to three; a number that stands nowhere is a lie. */
function verdictOn(claim: string, terms: ReadonlySet<string>, evidence: readonly Sentence[]): ClaimVerdict {
  const left = new Set(terms);
  const chosen: Sentence[] = [];
  while (left.size > 0 && chosen.length < mostSentences) {
    const best = mostCovering(left, evidence);
    if (best === undefined) break;
    chosen.push(best);
    for (const term of best.terms) left.delete(term);
  }
  const isCovered = terms.size > 0 && 1 - left.size / terms.size >= enough - 1e-9;
  const inventsNumber = [...left].some((term) => /\d/.test(term) && !evidence.some((one) => one.terms.has(term)));
  if (!isCovered || inventsNumber) return { claim, supported: false };
  return { claim, supported: true, quote: chosen[0]!.text };
}

function mostCovering(left: ReadonlySet<string>, evidence: readonly Sentence[]): Sentence | undefined {
  let best: Sentence | undefined;
  let most = 0;
  for (const sentence of evidence) {
    let count = 0;
    for (const term of left) if (sentence.terms.has(term)) count += 1;
    if (count > most) [best, most] = [sentence, count];
  }
  return best;
}

/** Against the reference by overlap where there is one, else by how much of the question's words it takes up. */
function preferred(
  input: { question: string; first: string; second: string; reference?: string },
  terms: (text: string) => ReadonlySet<string>,
): Preference {
  const wanted = terms(input.reference ?? input.question);
  const scoreOf = (text: string) => {
    const said = terms(text);
    return input.reference === undefined ? share(wanted, said) : overlap(wanted, said);
  };
  const lead = scoreOf(input.first) - scoreOf(input.second);
  return Math.abs(lead) < noticeable ? "tie" : lead > 0 ? "first" : "second";
}

function share(wanted: ReadonlySet<string>, said: ReadonlySet<string>): number {
  return wanted.size === 0 ? 0 : [...wanted].filter((term) => said.has(term)).length / wanted.size;
}

function overlap(wanted: ReadonlySet<string>, said: ReadonlySet<string>): number {
  const common = [...wanted].filter((term) => said.has(term)).length;
  return (2 * common) / Math.max(1, wanted.size + said.size);
}

/** The same passages stand before many questions. */
function cached<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = compute(text);
    if (known.size >= cachedTexts) known.clear();
    known.set(text, value);
    return value;
  };
}
