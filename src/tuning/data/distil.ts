// Answers of a teacher to the user's own prompts. A reply that was cut, refused, or breaks the schema is no example.
import type { CallOptions } from "../../core/component.ts";
import type { Json } from "../../core/json.ts";
import type { ChatModel, PromptParts, Usage } from "../../core/models.ts";
import type { Message } from "../../core/questions.ts";

export type TeacherPrompt = {
  /** In its file, counted from 1. */
  readonly line: number;
  /** Ends with the user's turn. */
  readonly messages: readonly Message[];
  readonly group?: string;
};

export type Taught =
  | { readonly status: "taught"; readonly line: Json; readonly usage: readonly Usage[] }
  | { readonly status: "dropped"; readonly reason: string; readonly usage: readonly Usage[] };

/** System messages instruct, earlier turns are history, the last turn is asked. */
export function teacherParts({ messages }: TeacherPrompt, schema?: Json): PromptParts {
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const turns = messages.filter(({ role }) => role !== "system");
  const history = turns.slice(0, -1);
  return {
    instructions: system.join("\n\n"),
    examples: [],
    passages: [],
    question: turns.at(-1)?.content ?? "",
    ...(history.length > 0 ? { history } : {}),
    ...(schema === undefined ? {} : { schema }),
  };
}

/** `problemOf` says why a reply breaks the schema; undefined for one that does not. */
export async function taughtBy(
  teacher: ChatModel,
  prompt: TeacherPrompt,
  options: { readonly schema?: Json; readonly problemOf?: (reply: string) => Promise<string | undefined> } = {},
  call?: CallOptions,
): Promise<Taught> {
  const { text, finish, usage } = await teacher.generate(
    teacherParts(prompt, options.schema),
    { temperature: 0 },
    call,
  );
  const reason =
    finish === "length"
      ? "the reply was cut at the output limit"
      : finish === "filtered"
        ? "the teacher refused"
        : text.trim() === ""
          ? "the reply was empty"
          : await options.problemOf?.(text);
  if (reason !== undefined) return { status: "dropped", reason, usage };
  const line = {
    messages: [...prompt.messages, { role: "assistant", content: text }],
    ...(prompt.group === undefined ? {} : { group: prompt.group }),
    distilled: { teacher: teacher.name },
  };
  return { status: "taught", line, usage };
}
