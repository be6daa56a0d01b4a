// RAFT examples from question pairs: passages come from the project's own retriever, prompts are those that `rag` sends.

import { declineSentence, groundedInstructions } from "../../approaches/instructions.ts";
import type { Chunk } from "../../core/documents.ts";
import type { Json } from "../../core/json.ts";
import type { Message } from "../../core/questions.ts";
import type { Hit } from "../../core/retrieval.ts";
import { renderMessages } from "../../models/render-prompt.ts";
import { pairLine, type QuestionPair } from "../../tuning/data/question-pair.ts";
import { type RaftInput, type RaftOptions, raftExamples } from "../../tuning/data/raft.ts";
import type { Knowledge } from "../knowledge/knowledge.ts";
import type { ProjectContext } from "../wiring/context.ts";

export type RaftWishes = Pick<RaftOptions, "distractors" | "withoutOracle" | "seed" | "answerWithout">;

/** More than the distractors wanted are retrieved, because some of what is found answers the question. */
const spareHits = 12;

export async function raftLines(
  context: ProjectContext,
  knowledge: Knowledge,
  pairs: readonly QuestionPair[],
  wishes: RaftWishes,
): Promise<{ readonly lines: readonly Json[]; readonly dropped: readonly string[] }> {
  // As many passages as the served approach sends.
  const { distractors = Math.max(1, context.config.retrieval.topK - 1) } = wishes;
  const oracles = await oraclesOf(knowledge, pairs);
  const inputs: RaftInput[] = [];
  for (const pair of pairs) {
    const chunk = oracles.get(pair);
    if (chunk === undefined) continue;
    // As somebody without groups: a distractor is learned from as well.
    const query = { text: pair.question, topK: distractors + spareHits, groups: [] };
    const { hits } = await knowledge.retriever.retrieve(query);
    inputs.push({ pair, oracle: { chunk, score: 0, legs: {} }, retrieved: hits });
  }
  const promptOf = servedPrompt(context.config.generation.instructions);
  const examples = raftExamples(inputs, { ...wishes, distractors, declineSentence, promptOf });
  return {
    lines: examples.map(({ pair, messages, oracle, passages }) =>
      pairLine(pair, messages, { raft: { oracle, passages } }),
    ),
    dropped: pairs.filter((pair) => !oracles.has(pair)).map(() => "no single passage holds the quote"),
  };
}

/** Exactly what `rag` sends a chat model. */
function servedPrompt(role: string | undefined): (question: string, passages: readonly Hit[]) => readonly Message[] {
  const instructions = groundedInstructions(role);
  return (question, passages) => renderMessages({ instructions, examples: [], passages, question });
}

/** For each pair the first passage that holds its whole quote. */
async function oraclesOf(
  knowledge: Knowledge,
  pairs: readonly QuestionPair[],
): Promise<ReadonlyMap<QuestionPair, Chunk>> {
  const waiting = Map.groupBy(pairs, ({ citation }) => citation.documentId);
  const found = new Map<QuestionPair, Chunk>();
  for await (const chunks of knowledge.index.scan()) {
    for (const chunk of chunks) {
      for (const pair of waiting.get(chunk.documentId) ?? []) {
        const holds = chunk.start <= pair.citation.start && pair.citation.end <= chunk.end;
        if (holds && !found.has(pair)) found.set(pair, chunk);
      }
    }
  }
  return found;
}
