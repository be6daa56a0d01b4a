// Two models as one generator: the tuned one writes format, labels and tone with a slot where a fact belongs, and a reader fills the
// slot with what the passages say, word for word and cited. What the tuned model writes is never taken for a fact.
import type { CallOptions } from "../core/component.ts";
import type { ChatModel, GenerateOptions, Generation, PromptParts } from "../core/models.ts";
import { quoteSlot } from "../tuning/data/slots.ts";

export type SlotFillingParts = {
  /** Sees the question alone. */
  readonly writer: ChatModel;
  /** Sees the question and the passages, and quotes. */
  readonly reader: ChatModel;
};

export function slotFilling({ writer, reader }: SlotFillingParts): ChatModel {
  const generate = async (prompt: PromptParts, options?: GenerateOptions, call?: CallOptions): Promise<Generation> => {
    const envelope = await writer.generate({ ...prompt, passages: [] }, options, call);
    if (!envelope.text.includes(quoteSlot)) return envelope;
    const quoted = await reader.generate(prompt, options, call);
    const usage = [...envelope.usage, ...quoted.usage];
    // An envelope without its fact would be an answer that says nothing.
    if (quoted.declined) return { ...quoted, usage };
    return { ...quoted, text: filled(envelope.text, quoted.text), finish: envelope.finish, usage };
  };
  return {
    name: "slot-filling",
    version: "1",
    config: { writer: partOf(writer), reader: partOf(reader) },
    label: `${writer.name} writes the envelope (${writer.label}), ${reader.name} fills its slot with quotes (${reader.label})`,
    followsInstructions: writer.followsInstructions,
    generate,
    async *stream(prompt, options, call) {
      const generation = await generate(prompt, options, call);
      yield { type: "text-delta", text: generation.text };
      yield { type: "generation-end", generation };
    },
  };
}

const partOf = ({ name, version, config }: ChatModel) => ({ name, version, config });

/** The first slot gets the quotes, as they read inside a JSON string where the envelope is JSON; further slots go. */
function filled(envelope: string, quotes: string): string {
  const text = isJson(envelope) ? JSON.stringify(quotes).slice(1, -1) : quotes;
  const [before = "", ...rest] = envelope.split(quoteSlot);
  return `${before}${text}${rest.join("")}`;
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}
