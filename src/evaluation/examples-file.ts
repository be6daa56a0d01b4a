// Parses examples.jsonl: behaviour examples in the chat format that fine-tuning APIs take. Reads no file.
import { z } from "zod";
import type { TrainingExample } from "../core/questions.ts";
import { type LineIssue, parseJsonLines } from "./json-lines.ts";

const message = z.object(
  {
    role: z.enum(["system", "user", "assistant"], 'expected "system", "user" or "assistant"'),
    content: z.string("expected the message's text").min(1, "expected the message's text"),
  },
  'expected {"role": …, "content": …}',
);

const exampleLine = z
  .object(
    {
      messages: z.array(message, 'expected "messages", a list').min(2, "expected at least two messages"),
      group: z
        .union([z.string(), z.number().transform(String)])
        .optional()
        .catch(undefined),
    },
    "expected an object",
  )
  .refine(
    ({ messages }) => messages.at(-1)?.role === "assistant",
    "messages: expected the last one to be the assistant's",
  )
  .refine(({ messages }) => messages.some(({ role }) => role === "user"), "messages: expected one from the user");

/** Training examples, in file order; unknown keys are ignored. */
export function parseExamples(
  text: string,
  _source: string,
): { readonly examples: readonly TrainingExample[]; readonly issues: readonly LineIssue[] } {
  const expected = '{"messages":[{"role":"user","content":"…"},{"role":"assistant","content":"…"}]}';
  const { items, issues } = parseJsonLines(text, exampleLine, expected);
  return {
    examples: items.map(({ value: { messages, group } }) => ({ messages, ...(group ? { group } : {}) })),
    issues,
  };
}
