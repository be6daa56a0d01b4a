// How a conversation becomes tokens, in training and in use alike: mark, content, end. Only what the assistant says is learnt.
import type { Message } from "../../core/questions.ts";
import type { ChatMark, Tokenizer } from "./tokenizer.ts";

/** The same template for tools that read Jinja (Hugging Face, llama.cpp). */
export const jinjaChatTemplate: string =
  "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

export type EncodedExample = {
  readonly ids: readonly number[];
  /** Positions whose next token is the assistant's, its end mark included: the loss counts these and no others. */
  readonly answers: readonly number[];
};

const markOf = (role: Message["role"]): ChatMark => `<|${role}|>`;

export function encodeExample(tokenizer: Tokenizer, messages: readonly Message[]): EncodedExample {
  const ids: number[] = [];
  const answers: number[] = [];
  for (const { role, content } of messages) {
    ids.push(tokenizer.markId(markOf(role)));
    const from = ids.length - 1;
    ids.push(...tokenizer.encode(content), tokenizer.markId("<|end|>"));
    if (role === "assistant") for (let at = from; at < ids.length - 1; at++) answers.push(at);
  }
  return { ids, answers };
}

/** The conversation so far, up to where the assistant begins to speak. */
export function encodePrompt(tokenizer: Tokenizer, messages: readonly Message[]): readonly number[] {
  return [...encodeExample(tokenizer, messages).ids, tokenizer.markId("<|assistant|>")];
}
