// Yardstick: gives every question the most frequent answer of the training examples. Shows what a guess is worth.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Approach } from "../core/answers.ts";
import type { TrainingExample } from "../core/questions.ts";
import { answererOf, type Draft } from "./answering.ts";
import { isDecline } from "./decline.ts";
import { declineFromKnowledge } from "./instructions.ts";
import { lastAssistantText } from "./training-turns.ts";

type Majority = { readonly text: string; readonly count: number; readonly of: number };

export function majorityAnswer(): Approach {
  const identity = { name: "majority-answer", version: "1", config: {} };
  return {
    ...identity,
    yardstick: true,
    knowledgeFrom: "nothing",
    behaviourFrom: "the most frequent training answer",
    async prepare({ training, directory }) {
      await writeFile(join(directory, "majority.json"), JSON.stringify({ majority: majorityOf(training) ?? null }));
      return { usage: [] };
    },
    async open(directory) {
      const stored: { majority: Majority | null } = JSON.parse(
        await readFile(join(directory, "majority.json"), "utf8"),
      );
      const draft = draftOf(stored.majority);
      return answererOf({ identity, draft: async () => draft });
    },
  };
}

function draftOf(majority: Majority | null): Draft {
  if (!majority) {
    const note = "there are no training examples, so there is no majority answer: declined";
    return { hits: [], usage: [], notes: [note], text: declineFromKnowledge, outcome: "declined" };
  }
  const { text, count, of } = majority;
  const note = `the answer of ${count} of ${of} training examples`;
  return { hits: [], usage: [], notes: [note], text, outcome: isDecline(text) ? "declined" : "answered" };
}

/** Ties go to the answer that comes first in the file. */
function majorityOf(training: readonly TrainingExample[]): Majority | undefined {
  const counts = new Map<string, number>();
  for (const example of training) {
    const text = lastAssistantText(example)?.trim();
    if (text) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const of = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first && { text: first[0], count: first[1], of };
}
