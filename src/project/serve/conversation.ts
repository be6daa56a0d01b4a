// From the messages of a chat to one question that can be searched for. It knows no approach and no wire format.
import type { CallOptions } from "../../core/component.ts";
import { AssayError } from "../../core/errors.ts";
import type { ChatModel, Usage } from "../../core/models.ts";
import type { Message } from "../../core/questions.ts";
import { countTokens } from "../../text/tokens.ts";

export type Conversation = {
  /** The last user message. */
  readonly question: string;
  /** What came before it, oldest first. */
  readonly history: readonly Message[];
  readonly notes: readonly string[];
};

/** Keeps as many turns as fit. Throws `AssayError` `bad-input` where the last message is not the user's, or alone too long. */
export function conversationOf(messages: readonly Message[], maxTokens: number): Conversation {
  const last = messages.at(-1);
  if (last?.role !== "user" || last.content.trim() === "") {
    throw new AssayError({
      code: "bad-input",
      message: "the last message must be the user's, and not empty",
      remedy: 'send messages that end with {"role":"user","content":"…"}',
    });
  }
  let left = maxTokens - countTokens(last.content);
  if (left < 0) {
    throw new AssayError({
      code: "bad-input",
      message: `the last message is longer than ${maxTokens} tokens`,
      remedy: "shorten it, or raise server.conversationTokens",
    });
  }
  const earlier = messages.slice(0, -1);
  const kept = new Set<Message>();
  // What the caller's program says comes before what was said.
  for (const message of [...earlier.filter(isSystem), ...earlier.filter((one) => !isSystem(one)).reverse()]) {
    left -= countTokens(message.content);
    if (left < 0) break;
    kept.add(message);
  }
  const dropped = earlier.length - kept.size;
  const notes = dropped === 0 ? [] : [`${dropped} earlier messages did not fit into ${maxTokens} tokens`];
  return { question: last.content, history: earlier.filter((message) => kept.has(message)), notes };
}

function isSystem(message: Message): boolean {
  return message.role === "system";
}

export type Standalone = {
  readonly text: string;
  readonly usage: readonly Usage[];
  readonly notes: readonly string[];
};

const rewriteInstructions = `Rewrite the last message of the conversation as one question that can be understood without the conversation.
Keep its language and every name, number and condition that it depends on. Add nothing.
If it can be understood alone, repeat it unchanged. Reply with the question only.`;

/** A model that reads rewrites the question; without one, what looks like a follow-up is read together with the turn before it. */
export async function standaloneQuestion(
  conversation: Conversation,
  model: ChatModel,
  call: CallOptions,
): Promise<Standalone> {
  const { question, history } = conversation;
  const turns = history.filter((message) => !isSystem(message));
  if (!turns.some(({ role }) => role === "user")) return { text: question, usage: [], notes: [] };
  if (!model.followsInstructions) return joinedQuestion(question, turns);
  const prompt = { instructions: rewriteInstructions, examples: [], passages: [], history: turns, question };
  try {
    const { text, usage } = await model.generate(prompt, { temperature: 0, maxOutputTokens: 300 }, call);
    const rewritten = text.trim();
    return { text: rewritten === "" ? question : rewritten, usage, notes: [] };
  } catch (error) {
    if (call.signal?.aborted || !AssayError.isInstance(error)) throw error;
    // The question can still be searched for; whether the model can answer it shows in a moment.
    return joinedQuestion(question, turns);
  }
}

/** Words that point back, and openings that go on from what was said (English, German, French, Spanish). */
const pointsBack =
  /^(?:and|but|so|then|what about|how about|why|und|aber|wieso|warum|et|mais|pourquoi|y|pero|por qué)\b|\b(?:it|its|they|them|their|he|she|him|his|her|this|that|these|those|there|one|ones|same|es|sie|ihn|ihm|ihr|dessen|deren|dies|diese[rsmn]?|davon|dafür|damit|dazu|dort|il|elle|ils|elles|celui|celle|ceci|cela|ça|ello|ella|ellos|ellas|eso|esto)\b/iu;

/** Shorter messages seldom say what they are about. */
const fewestWords = 4;

function joinedQuestion(question: string, turns: readonly Message[]): Standalone {
  const isShort = (question.match(/[\p{L}\p{N}]+/gu) ?? []).length < fewestWords;
  const before = turns.findLast(({ role }) => role === "user");
  if (before === undefined || !(isShort || pointsBack.test(question))) return { text: question, usage: [], notes: [] };
  return {
    text: `${before.content.trim()} ${question}`,
    usage: [],
    notes: ["this follow-up was read together with the question before it: no language model rewrote it"],
  };
}
