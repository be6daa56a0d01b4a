// Our own tokenizer and template as a chat tokenizer.
import { encodeExample, encodePrompt, jinjaChatTemplate } from "./chat-template.ts";
import type { ChatTokenizer } from "./chat-tokenizer.ts";
import { chatMarks, type Tokenizer } from "./tokenizer.ts";

export function ownChat(words: Tokenizer): ChatTokenizer {
  const endId = words.markId("<|end|>");
  return {
    data: words.data,
    files: new Map(),
    size: words.vocabulary.length,
    tables: {
      vocabulary: words.vocabulary,
      merges: words.data.merges,
      controlIds: chatMarks.map(words.markId),
      endId,
      chatTemplate: jinjaChatTemplate,
    },
    splitsLikeGpt2: true,
    isEnd: (id) => id === endId,
    encode: words.encode,
    encodeExample: (messages) => encodeExample(words, messages),
    encodePrompt: (messages) => encodePrompt(words, messages),
    bytes: words.bytes,
    decode: words.decode,
  };
}
