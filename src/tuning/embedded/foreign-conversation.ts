// How a conversation becomes tokens by a base's own Jinja template, and which of them the assistant says. Tokenized as it will be
// when questions come: the prompt as one text, the answer as the next. Knows no file.
import type { Template } from "@huggingface/jinja";
import type { Message } from "../../core/questions.ts";
import type { EncodedExample } from "./chat-template.ts";

export type ChatRules = {
  readonly template: Template;
  /** What a template may write by name. */
  readonly specials: Readonly<Record<string, string>>;
  /** Spellings that are ids of their own. */
  readonly marks: readonly string[];
  /** Reads marks, as templates need. */
  readonly marked: (text: string) => readonly number[];
  /** Reads none, whatever a user wrote. */
  readonly plain: (text: string) => readonly number[];
  readonly endId: number;
  readonly isEnd: (id: number) => boolean;
};

type Talk = {
  /** The first `count` messages by the template. */
  readonly render: (count: number, toAnswer: boolean) => string;
  readonly encode: (rendered: string) => readonly number[];
};

export function encodedPrompt(chat: ChatRules, messages: readonly Message[]): readonly number[] {
  const talk = talkOf(chat, messages);
  return talk.encode(talk.render(messages.length, true));
}

/** An earlier turn that the template rewrites later on is read and not learnt. */
export function encodedExample(chat: ChatRules, messages: readonly Message[]): EncodedExample {
  const talk = talkOf(chat, messages);
  const whole = talk.render(messages.length, false);
  const ids: number[] = [];
  const answers: number[] = [];
  let done = 0;
  for (const [at, { role }] of messages.entries()) {
    if (role !== "assistant") continue;
    const asked = talk.render(at, true);
    const answered = talk.render(at + 1, false);
    if (!whole.startsWith(answered) || !answered.startsWith(asked)) continue;
    ids.push(...talk.encode(asked.slice(done)));
    const answer = ended(chat, talk.encode(answered.slice(asked.length)));
    for (let learnt = 0; learnt < answer.learnt; learnt++) answers.push(ids.length - 1 + learnt);
    ids.push(...answer.ids);
    done = answered.length;
  }
  return answers.length > 0 ? { ids, answers } : lastTurnAlone(chat, talk, messages);
}

/** Up to the token that ends it; a template that writes none gets one. */
function ended({ isEnd, endId }: ChatRules, ids: readonly number[]): { ids: readonly number[]; learnt: number } {
  const end = ids.findIndex(isEnd);
  return end < 0 ? { ids: [...ids, endId], learnt: ids.length + 1 } : { ids, learnt: end + 1 };
}

/** For templates whose prompt is no beginning of the whole. */
function lastTurnAlone(chat: ChatRules, talk: Talk, messages: readonly Message[]): EncodedExample {
  const at = messages.findLastIndex(({ role }) => role === "assistant");
  if (at < 0) return { ids: talk.encode(talk.render(messages.length, false)), answers: [] };
  const prompt = talk.encode(talk.render(at, true));
  const answer = [...chat.plain(messages[at]!.content), chat.endId];
  return { ids: [...prompt, ...answer], answers: answer.map((_, place) => prompt.length - 1 + place) };
}

/** Contents that spell a mark are rendered as places and tokenized apart: no text of a user is ever read as a mark. */
function talkOf(chat: ChatRules, messages: readonly Message[]): Talk {
  const spellsMark = ({ content }: Message) => chat.marks.some((mark) => content.includes(mark));
  if (!messages.some(spellsMark)) {
    return { render: (count, toAnswer) => rendered(chat, messages.slice(0, count), toAnswer), encode: chat.marked };
  }
  const places = messages.map((message, at) => ({ ...message, content: `\uE000${at}\uE001` }));
  return {
    render: (count, toAnswer) => rendered(chat, places.slice(0, count), toAnswer),
    encode: (text) =>
      text
        .split(/\uE000(\d+)\uE001/)
        .flatMap((piece, at) => (at % 2 === 0 ? chat.marked(piece) : chat.plain(messages[Number(piece)]!.content))),
  };
}

/** A template that takes no system message gets it before the first question. */
function rendered({ template, specials }: ChatRules, messages: readonly Message[], toAnswer: boolean): string {
  const render = (turns: readonly Message[]) =>
    template.render({ messages: turns, add_generation_prompt: toAnswer, ...specials });
  try {
    return render(messages);
  } catch (error) {
    const [first, second, ...rest] = messages;
    if (first?.role !== "system" || second === undefined) throw error;
    return render([{ ...second, content: `${first.content}\n\n${second.content}` }, ...rest]);
  }
}
