// What the findings mean, in plain words, and what to type next. Knows no file name: `FILE` stands for it.
import type { DataFindings } from "./data-findings.ts";

export type Verdict = {
  /** False: training on the file as it is would be spoiled. */
  readonly isReady: boolean;
  readonly summary: string;
  /** What spoils training. */
  readonly mustFix: readonly string[];
  /** What is worth a look and stops nothing. */
  readonly consider: readonly string[];
  /** The next command. */
  readonly next: string;
};

/** OpenAI takes no fewer; gains are usually seen from 50 on. */
const fewestExamples = 10;
const usualExamples = 50;
/** One answer to more than this share of all rows teaches that answer. */
const lopsidedShare = 0.5;
/** A label this many times rarer than the most frequent one is hardly learned. */
const rareRatio = 20;

export function verdictOf(findings: DataFindings): Verdict {
  const mustFix = spoilers(findings);
  const consider = doubts(findings);
  const isReady = mustFix.length === 0;
  const examples = `${findings.examples} ${findings.examples === 1 ? "example" : "examples"}`;
  return {
    isReady,
    summary: isReady
      ? `${examples}, nothing that would spoil training${consider.length > 0 ? `; ${count(consider.length, "thing")} to consider` : ""}.`
      : `Not ready: ${examples}, ${count(mustFix.length, "thing")} to put right first.`,
    mustFix,
    consider,
    next: nextCommand(findings, isReady),
  };
}

function spoilers({ examples, problems, leaks, tokens, sensitive, duplicates }: DataFindings): readonly string[] {
  const lines = new Set(problems.map(({ line }) => line)).size;
  const { length: contradictions } = duplicates.contradictions;
  return [
    ...(lines > 0
      ? [`${count(lines, "line")} cannot be trained on: correct them, or leave them out with --skip-bad`]
      : []),
    ...(examples < fewestExamples
      ? [`${counted(examples, "example", "is")} too few: at least ${fewestExamples}, better ${usualExamples}`]
      : []),
    ...(leaks && leaks.length > 0
      ? [
          `${counted(new Set(leaks.map(({ questionId }) => questionId)).size, "held-out question", "stands")} in the examples: a comparison would reward memory`,
        ]
      : []),
    ...(tokens.overLong.length > 0
      ? [
          `${counted(tokens.overLong.length, "example", "exceeds")} ${tokens.maxTokens} tokens and would be cut at the end, where the answer is`,
        ]
      : []),
    ...sensitive
      .filter(({ isGrave }) => isGrave)
      .map(({ kind, distinct }) => `${count(distinct, kind)} would be learned by heart: mask them`),
    ...(contradictions * 20 > examples
      ? [`${counted(contradictions, "question", "has")} another answer elsewhere: decide which is right`]
      : []),
  ];
}

function doubts({ examples, duplicates, sensitive, diversity, labels, tokens }: DataFindings): readonly string[] {
  const { exact, near, contradictions } = duplicates;
  const rare = labels.flatMap(({ field, counts }) => {
    const most = counts[0]?.count ?? 0;
    const few = counts.filter((label) => label.count * rareRatio < most).length;
    return few > 0
      ? [
          `${count(few, "label")} of "${field}" ${few === 1 ? "is" : "are"} more than ${rareRatio} times rarer than "${counts[0]?.label}"`,
        ]
      : [];
  });
  return [
    ...(examples >= fewestExamples && examples < usualExamples
      ? [`${examples} examples are few: gains usually show from ${usualExamples} on`]
      : []),
    ...(exact.length > 0 ? [`${counted(exact.length, "example", "repeats")} another word for word`] : []),
    ...(near.length > 0
      ? [`${count(near.length, "near duplicate")}; \`assay data split\` keeps each with its like`]
      : []),
    ...(contradictions.length > 0 && contradictions.length * 20 <= examples
      ? [`${counted(contradictions.length, "question", "has")} another answer elsewhere`]
      : []),
    ...sensitive
      .filter(({ isGrave }) => !isGrave)
      .map(
        ({ kind, distinct }) =>
          `${counted(distinct, kind === "email" ? "e-mail address" : `${kind} number`, "stands")} in the text: \`assay data mask\` replaces them`,
      ),
    ...(diversity.mostFrequentShare > lopsidedShare
      ? [`${percent(diversity.mostFrequentShare)} of all answers are the same`]
      : []),
    ...rare,
    ...(tokens.answers * 50 < tokens.total
      ? ["answers are under 2% of the text: most of the work trains on nothing"]
      : []),
  ];
}

function nextCommand({ problems, sensitive, leaks }: DataFindings, isReady: boolean): string {
  if (isReady) return "assay data split FILE";
  if (problems.length > 0) return "correct the lines named above, then assay data check FILE";
  if (sensitive.some(({ isGrave }) => isGrave)) return "assay data mask FILE";
  if (leaks && leaks.length > 0) return "take the leaked examples out, then assay data check FILE";
  return "assay data check FILE, once they are put right";
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : /s$/.test(noun) ? "es" : "s"}`;
}

/** "1 example exceeds", "2 examples exceed": `verb` is given for one. */
function counted(number: number, noun: string, verb: string): string {
  const many = verb === "has" ? "have" : verb === "is" ? "are" : verb.replace(/s$/, "");
  return `${count(number, noun)} ${number === 1 ? verb : many}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
