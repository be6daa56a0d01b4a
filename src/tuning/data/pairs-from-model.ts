// Questions that a chat model writes on a passage, kept only if they hold: the quote stands in the passage, word for word,
// and the model, shown passage and pair anew, says that the passage alone answers it.
import { z } from "zod";
import type { CallOptions } from "../../core/component.ts";
import type { Json } from "../../core/json.ts";
import type { ChatModel, PromptParts, Usage } from "../../core/models.ts";
import type { Hit } from "../../core/retrieval.ts";
import type { QuestionPair } from "./question-pair.ts";

export type WrittenPairs = {
  readonly pairs: readonly QuestionPair[];
  /** Why others were dropped, one reason each. */
  readonly dropped: readonly string[];
  readonly usage: readonly Usage[];
};

const writtenReply = z.object({
  pairs: z.array(z.object({ question: z.string().min(1), answer: z.string().min(1), quote: z.string().min(1) })),
});
const checkedReply = z.object({ verdicts: z.array(z.object({ answerable: z.boolean(), selfContained: z.boolean() })) });

const writing = (count: number) =>
  `Write ${count} different questions that a reader could ask and that the passage answers, in the passage's language, each with its answer. ` +
  'A question must make sense to somebody who does not see the passage: name things, never say "the passage" or "this". ' +
  "answer: one short sentence or less. quote: the words of the passage that carry the answer, copied exactly, at most two sentences.";

const checking =
  "For each pair, in the order given: answerable is true only if the passage alone says the answer, whole and correct; " +
  "selfContained is true only if the question can be understood without seeing the passage.";

/** The prompts that `pairsFromModel` sends for a passage, to price them before: the second with its longest plausible pairs. */
export function writingPrompt(passage: Hit, count: number): PromptParts {
  return {
    instructions: writing(count),
    examples: [],
    passages: [passage],
    question: `Write ${count} pairs.`,
    schema: z.toJSONSchema(writtenReply) as Json,
  };
}

function checkingPrompt(passage: Hit, pairs: readonly { question: string; answer: string }[]): PromptParts {
  return {
    instructions: checking,
    examples: [],
    passages: [passage],
    question: JSON.stringify({ pairs: pairs.map(({ question, answer }) => ({ question, answer })) }, null, 1),
    schema: z.toJSONSchema(checkedReply) as Json,
  };
}

/** Two calls, one where nothing is left to check. A reply of another shape drops the passage, with the reason. */
export async function pairsFromModel(
  model: ChatModel,
  passage: Hit,
  count: number,
  call?: CallOptions,
): Promise<WrittenPairs> {
  const written = await model.generate(writingPrompt(passage, count), { temperature: 0 }, call);
  const reply = read(writtenReply, written.text);
  if (reply === undefined) return { pairs: [], dropped: ["the reply had another shape"], usage: written.usage };
  const placed = reply.pairs.map((pair) => ({ ...pair, ...placeOf(passage, pair.quote) }));
  const found = placed.filter(({ start }) => start !== undefined);
  const dropped = placed.filter(({ start }) => start === undefined).map(() => "the quote is not in the passage");
  if (found.length === 0) return { pairs: [], dropped, usage: written.usage };
  const checked = await model.generate(checkingPrompt(passage, found), { temperature: 0 }, call);
  const usage = [...written.usage, ...checked.usage];
  const verdicts = read(checkedReply, checked.text)?.verdicts;
  if (verdicts?.length !== found.length)
    return { pairs: [], dropped: [...dropped, ...found.map(() => "could not be checked")], usage };
  const pairs: QuestionPair[] = [];
  for (const [place, { question, answer, start = 0, end = 0 }] of found.entries()) {
    const verdict = verdicts[place];
    if (verdict?.answerable && verdict.selfContained) {
      pairs.push({ question, answer, method: "model", model: model.name, citation: citationOf(passage, start, end) });
    } else
      dropped.push(verdict?.answerable ? "the question needs the passage beside it" : "the passage does not answer it");
  }
  return { pairs, dropped, usage };
}

/** Offsets into the passage; white space may differ. */
function placeOf({ chunk }: Hit, quote: string): { readonly start?: number; readonly end?: number } {
  const words = quote
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const match = words.length === 0 ? null : new RegExp(words.join("\\s+")).exec(chunk.text);
  return match === null ? {} : { start: match.index, end: match.index + match[0].length };
}

function citationOf({ chunk }: Hit, start: number, end: number): QuestionPair["citation"] {
  const { documentId, source, page, text } = chunk;
  const place = { start: chunk.start + start, end: chunk.start + end, quote: text.slice(start, end) };
  return { documentId, source, ...(page === undefined ? {} : { page }), ...place };
}

function read<T>(schema: z.ZodType<T>, reply: string): T | undefined {
  const body = /^\s*```(?:json)?\s*\n?([\s\S]*?)\n?\s*```\s*$/i.exec(reply)?.[1] ?? reply;
  try {
    const parsed = schema.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
