// Reads the turns of a training example that stand for its question and its answer.
import type { TrainingExample } from "../core/questions.ts";

/** What the user last said; empty where the example has no user turn. */
export function lastUserText(example: TrainingExample): string {
  return example.messages.findLast((message) => message.role === "user")?.content ?? "";
}

/** The assistant's last words, which are the behaviour to copy; absent where there are none. */
export function lastAssistantText(example: TrainingExample): string | undefined {
  return example.messages.findLast((message) => message.role === "assistant")?.content;
}
