// What `--method slots` learns from: the project's examples with their quotes cut out, and questions that only a quote answers.
import type { Json } from "../../core/json.ts";
import { plainQuestion } from "../../tuning/data/plain-questions.ts";
import { pairLine, type QuestionPair } from "../../tuning/data/question-pair.ts";
import { quoteFinder, quoteSlot, withSlot } from "../../tuning/data/slots.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { readTrainingExamples } from "./data-files.ts";

/** Where there are hardly any examples, still enough questions to learn what a slot is for. */
const fewestQuestions = 100;

/** As many questions as examples: neither kind is to drown the other. */
export async function slotLines(
  context: ProjectContext,
  pairs: readonly QuestionPair[],
): Promise<{ readonly lines: readonly Json[]; readonly dropped: readonly string[] }> {
  const examples = await readTrainingExamples(context);
  const open = [...context.documents.all()].filter(({ groups }) => groups.length === 0);
  const quoteIn = quoteFinder(open.map(({ text }) => text));
  const kept = pairs.slice(0, Math.max(fewestQuestions, examples.length));
  return {
    lines: [
      ...examples.map((example): Json => ({ ...withSlot(example, quoteIn) }) as Json),
      // Half of them as the rules make them, half as people ask.
      ...kept.map((pair, at) =>
        pairLine(pair, turnsOf(at % 2 === 0 ? pair.question : plainQuestion(pair.question, at >> 1))),
      ),
    ],
    dropped: pairs.slice(kept.length).map(() => "more questions than examples"),
  };
}

const turnsOf = (question: string): readonly Json[] => [
  { role: "user", content: question },
  { role: "assistant", content: quoteSlot },
];
