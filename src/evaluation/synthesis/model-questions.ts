// Questions that a model makes from passages: each with an answer and the words it rests on, looked up in the passages. What
// cannot be found there is dropped with a reason.
import { z } from "zod";
import type { CallOptions } from "../../core/component.ts";
import type { Chunk } from "../../core/documents.ts";
import type { Json } from "../../core/json.ts";
import type { ChatModel, Usage } from "../../core/models.ts";
import type { Draft, DraftKind, Dropped } from "./draft.ts";
import { idOf } from "./rule-questions.ts";

const promptVersion = "1";

const reply = z.object({
  questions: z.array(z.object({ question: z.string().trim().min(5), answer: z.string(), quotes: z.array(z.string()) })),
});

/** What the model is asked for, over which passages: one for most kinds, two of different documents for `multi-document`. */
export type QuestionTask = {
  readonly kind: Exclude<DraftKind, "cloze" | "heading">;
  readonly passages: readonly Chunk[];
};

export type Made = {
  readonly drafts: readonly Draft[];
  readonly dropped: readonly Dropped[];
  readonly usage: readonly Usage[];
};

const common =
  "You write questions that test an assistant which answers from documents. Write them in the language of the passages, as " +
  "a person would ask who has not seen the passages: never mention a passage, a table, a document or its numbering. Write one " +
  "question, or none if the passages hold nothing worth asking. answer: at most ten words, as the passages say it. quotes: for " +
  "each passage needed the words that carry the answer, copied exactly.";

const tasks: Readonly<Record<QuestionTask["kind"], string>> = {
  single: "Ask for one fact that the passage states.",
  table: "Ask for one value of a table in the passage, naming its row and column in words.",
  paraphrased:
    "Ask for one fact that the passage states, and use none of its content words where another word will do.",
  "multi-document": "Ask something that needs both passages: neither may answer it alone. Quote both.",
  "near-miss":
    "Ask something close to the passage, about the same things, that a reader would expect it to answer and that it does not " +
    "answer. Leave answer empty and quotes empty.",
};

export async function modelQuestions(model: ChatModel, task: QuestionTask, call?: CallOptions): Promise<Made> {
  const { kind, passages } = task;
  const prompt = {
    instructions: `${common}\n\n${tasks[kind]}`,
    examples: [],
    passages: passages.map((chunk) => ({ chunk, score: 0, legs: {} })),
    question: "Write the question.",
    schema: z.toJSONSchema(reply) as Json,
  };
  try {
    const generation = await model.generate(prompt, { temperature: 0 }, call);
    return { ...readReply(generation.text, task, model.name), usage: generation.usage };
  } catch (error) {
    call?.signal?.throwIfAborted();
    return failed(`the model failed: ${error instanceof Error ? error.message : String(error)}`, []);
  }
}

function failed(reason: string, usage: readonly Usage[]): Made {
  return { drafts: [], dropped: [{ question: "", reason }], usage };
}

function readReply(text: string, task: QuestionTask, madeBy: string): Omit<Made, "usage"> {
  const body = /^\s*```(?:json)?\s*\n?([\s\S]*?)\n?\s*```\s*$/i.exec(text)?.[1] ?? text;
  const parsed = reply.safeParse(parseJson(body));
  if (!parsed.success) return failed("the model's reply was not the JSON asked for", []);
  const made = parsed.data.questions.map((one) => toDraft(one, task, madeBy));
  return {
    drafts: made.flatMap((one) => ("id" in one ? [one] : [])),
    dropped: made.flatMap((one) => ("reason" in one ? [one] : [])),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Written = { readonly question: string; readonly answer: string; readonly quotes: readonly string[] };

function toDraft(
  { question, answer, quotes }: Written,
  { kind, passages }: QuestionTask,
  madeBy: string,
): Draft | Dropped {
  const group = passages[0]!.documentId;
  const provenance = { madeBy, version: promptVersion, quotes };
  const draft = { id: idOf(question), question, kind, group, provenance };
  if (kind === "near-miss") return { ...draft, references: [], answerable: false, relevant: [] };
  if (answer.trim() === "") return { question, reason: "the model gave no answer" };
  const spans = quotes.map((quote) => spanOf(quote, passages));
  const relevant = spans.flatMap((span) => (span ? [span] : []));
  if (relevant.length === 0 || relevant.length < spans.length) {
    return { question, reason: "it quotes words that the passages do not hold" };
  }
  const documents = new Set(relevant.map(({ documentId }) => documentId));
  if (kind === "multi-document" && documents.size < 2) return { question, reason: "one document answers it" };
  return { ...draft, references: [answer.trim()], answerable: true, relevant };
}

/** Where the quote stands, white space aside; offsets into the document. */
function spanOf(quote: string, passages: readonly Chunk[]) {
  const words = quote
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (words.join("") === "") return undefined;
  const pattern = new RegExp(words.join("\\s+"), "u");
  for (const { documentId, text, start } of passages) {
    const match = pattern.exec(text);
    if (match) return { documentId, start: start + match.index, end: start + match.index + match[0].length };
  }
  return undefined;
}
