// What examples are told before anything else: a tuned model is told the same when it is asked.
import type { TrainingExample } from "../../core/questions.ts";

/** The system message that more than half of the examples begin with. */
export function commonSystem(examples: readonly TrainingExample[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { messages } of examples) {
    const [first] = messages;
    if (first?.role === "system") counts.set(first.content, (counts.get(first.content) ?? 0) + 1);
  }
  return [...counts].find(([, count]) => count * 2 > examples.length)?.[0];
}
