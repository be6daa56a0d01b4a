// Yardstick: declines every question. Shows what a score for declining is worth.
import type { Approach } from "../core/answers.ts";
import { answererOf } from "./answering.ts";
import { declineSentence } from "./instructions.ts";

export function alwaysDecline(): Approach {
  const identity = { name: "always-decline", version: "1", config: {} };
  return {
    ...identity,
    yardstick: true,
    knowledgeFrom: "nothing",
    behaviourFrom: "nothing",
    prepare: async () => ({ usage: [] }),
    open: async () =>
      answererOf({
        identity,
        draft: async () => ({ hits: [], usage: [], notes: [], text: declineSentence, outcome: "declined" }),
      }),
  };
}
