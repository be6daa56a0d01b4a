// What a model says of drafts before a person sees them: whether it knows the answer without the documents, and whether a
// question meant to be unanswerable is answered after all.
import { z } from "zod";
import type { CallOptions } from "../../core/component.ts";
import type { Json } from "../../core/json.ts";
import type { ChatModel, Usage } from "../../core/models.ts";
import type { Hit } from "../../core/retrieval.ts";
import { containsReference } from "../metrics/containment.ts";
import type { Draft } from "./draft.ts";

/** `reason` is set where the draft should be dropped. A model that fails drops nothing: a person still looks. */
export type ModelVerdict = { readonly reason?: string; readonly usage: readonly Usage[] };

const closedBook = "Answer in at most ten words from what you know. If you do not know, answer: unknown.";
const answered = z.object({ answered: z.boolean() });
const openBook =
  "Decide whether the passages answer the question, fully and explicitly. A passage on the same subject that leaves the " +
  "question open does not answer it.";

/** Answerable drafts are asked without passages, unanswerable ones with those that search finds. */
export async function modelVerdict(
  model: ChatModel,
  draft: Draft,
  search: (question: string) => Promise<readonly Hit[]>,
  call?: CallOptions,
): Promise<ModelVerdict> {
  const { question, references } = draft;
  const prompt = draft.answerable
    ? { instructions: closedBook, examples: [], passages: [], question }
    : {
        instructions: openBook,
        examples: [],
        passages: await search(question),
        question,
        schema: z.toJSONSchema(answered) as Json,
      };
  try {
    const { text, usage } = await model.generate(prompt, { temperature: 0 }, call);
    if (draft.answerable) {
      const isKnown = containsReference(text, references);
      return isKnown ? { reason: "a model answers it without the documents", usage } : { usage };
    }
    const said = answered.safeParse(JSON.parse(text));
    return said.success && said.data.answered ? { reason: "the documents answer it after all", usage } : { usage };
  } catch {
    call?.signal?.throwIfAborted();
    return { usage: [] };
  }
}
