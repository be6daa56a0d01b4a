// From the messages of a chat to one question that can be searched for. It knows no approach and no wire format.
import type { CallOptions } from "../../core/component.ts";
import { AssayError } from "../../core/errors.ts";
import type { ChatModel, Usage } from "../../core/models.ts";
import type { Message } from "../../core/questions.ts";
import type { Turn } from "../../core/tools.ts";
import { countTokens } from "../../text/tokens.ts";
import { requirePairedCalls, turnUnits } from "./tool-turns.ts";

export type Conversation = {
  /** The last user message. */
  readonly question: string;
  /** What came before it, oldest first. */
  readonly history: readonly Turn[];
  /** Tools called since, and what they gave back. */
  readonly since: readonly Turn[];
  readonly notes: readonly string[];
};

/**
 * Keeps as many turns as fit. Throws `AssayError` `bad-input` where the last message is neither the user's nor a tool's, where
 * calls and results do not match, or where what must be kept is too long alone.
 */
export function conversationOf(messages: readonly Turn[], maxTokens: number): Conversation {
  requirePairedCalls(messages);
  const asked = messages.findLastIndex(({ role }) => role === "user");
  const question = messages[asked]?.content ?? "";
  const since = messages.slice(asked + 1);
  if (question.trim() === "" || (since.length > 0 && since.at(-1)?.role !== "tool")) {
    throw new AssayError({
      code: "bad-input",
      message: "the last message must be the user's or a tool's, and not empty",
      remedy: 'send messages that end with {"role":"user","content":"…"}',
    });
  }
  const left = maxTokens - tokensOf([...since, { role: "user", content: question }]);
  if (left < 0) {
    throw new AssayError({
      code: "bad-input",
      message: `the last message is longer than ${maxTokens} tokens${since.length > 0 ? ", with what tools gave since" : ""}`,
      remedy: "shorten it, or raise server.conversationTokens",
    });
  }
  const earlier = messages.slice(0, asked);
  const history = newestThatFit(earlier, left);
  const dropped = earlier.length - history.length;
  const notes = dropped === 0 ? [] : [`${dropped} earlier messages did not fit into ${maxTokens} tokens`];
  return { question, history, since, notes };
}

/** What the caller's program says comes before what was said. */
function newestThatFit(earlier: readonly Turn[], maxTokens: number): readonly Turn[] {
  const units = turnUnits(earlier);
  const isInstruction = (unit: readonly Turn[]) => unit.every(isSystem);
  const kept = new Set<Turn>();
  let left = maxTokens;
  for (const unit of [...units.filter(isInstruction), ...units.filter((one) => !isInstruction(one)).reverse()]) {
    left -= tokensOf(unit);
    if (left < 0) break;
    for (const turn of unit) kept.add(turn);
  }
  return earlier.filter((turn) => kept.has(turn));
}

function tokensOf(turns: readonly Turn[]): number {
  const texts = turns.flatMap((turn) => [
    turn.content,
    ...(turn.role === "tool" ? [] : (turn.toolCalls ?? []).map((call) => call.arguments)),
  ]);
  return texts.reduce((sum, text) => sum + countTokens(text), 0);
}

function isSystem(message: Turn): boolean {
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
  const turns = history.flatMap(spoken);
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

/** What people and the model said to each other: what tools gave is not theirs. */
function spoken({ role, content }: Turn): readonly Message[] {
  return role === "system" || role === "tool" || content === "" ? [] : [{ role, content }];
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
