// Which passages a model is asked to write which kind of question about: seeded, spread over documents and kinds.
import type { Chunk } from "../../core/documents.ts";
import { seededRandom } from "../statistics/random.ts";
import type { QuestionTask } from "./model-questions.ts";

export type { QuestionTask } from "./model-questions.ts";

/** In turn, so that any number of tasks holds all kinds in about these shares. */
const kinds: readonly QuestionTask["kind"][] = ["single", "paraphrased", "table", "near-miss", "multi-document"];

/** Shorter passages hold too little to ask for. */
const leastCharacters = 200;

/** At most `count` tasks, no passage twice as the first. A kind that a passage does not suit becomes `single`. */
export function questionTasks(
  chunks: readonly Chunk[],
  { count, seed }: { readonly count: number; readonly seed: number },
): readonly QuestionTask[] {
  const random = seededRandom(seed);
  const long = chunks.filter(({ text }) => text.length >= leastCharacters);
  const byDocument = [...Map.groupBy(long, ({ documentId }) => documentId).values()];
  const chosen: Chunk[] = [];
  while (chosen.length < count && byDocument.some((some) => some.length > 0)) {
    for (const some of byDocument) {
      if (some.length > 0 && chosen.length < count) chosen.push(...some.splice(random.below(some.length), 1));
    }
  }
  return chosen.map((chunk, at) => taskFor(kinds[at % kinds.length]!, chunk, chosen));
}

function taskFor(kind: QuestionTask["kind"], chunk: Chunk, others: readonly Chunk[]): QuestionTask {
  if (kind === "table" && !/^\|.*\|$/m.test(chunk.text)) return { kind: "single", passages: [chunk] };
  if (kind !== "multi-document") return { kind, passages: [chunk] };
  const partner = mostAlike(chunk, others);
  return partner ? { kind, passages: [chunk, partner] } : { kind: "single", passages: [chunk] };
}

/** The passage of another document that shares most words: two that have nothing in common make no question. */
function mostAlike(chunk: Chunk, others: readonly Chunk[]): Chunk | undefined {
  const own = wordsOf(chunk.text);
  let [best, most]: [Chunk | undefined, number] = [undefined, 0];
  for (const other of others) {
    if (other.documentId === chunk.documentId) continue;
    const words = wordsOf(other.text);
    const shared = [...words].filter((word) => own.has(word)).length / Math.sqrt(words.size + 1);
    if (shared > most) [best, most] = [other, shared];
  }
  return best;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/\p{L}{5,}/gu) ?? []);
}
