// Examples in the exact shapes that trainers take. A row that a trainer would refuse is named with the reason, never bent.
import type { Json } from "../../core/json.ts";
import type { ChatRow, DataMessage, ExampleRow, JsonObject, PreferenceRow } from "./example-row.ts";

export const exportFormats = ["openai", "together", "fireworks", "trl", "axolotl", "mlx"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Rows for the file, or why the trainer would refuse the example. One example may become several rows. */
export type ExportedRow = { readonly rows: readonly Json[] } | { readonly refused: string };

/** The fewest examples that a service takes; local trainers take any number. */
export const fewestExamples: Readonly<Record<ExportFormat, number>> = {
  openai: 10,
  together: 1,
  fireworks: 3,
  trl: 1,
  axolotl: 1,
  mlx: 1,
};

export function exportRow(row: ExampleRow, format: ExportFormat): ExportedRow {
  const refused = refusal(row, format);
  if (refused) return { refused };
  return { rows: row.kind === "chat" ? chatShapes[format](row) : [preferenceShapes[format](row)] };
}

const hosted = (row: ChatRow): readonly Json[] => [
  { messages: row.messages.map((message) => openAiMessage(message)), ...toolKeys(row) },
];

/**
 * TRL and MLX learn the last turn only (`completion_only_loss`, `--mask-prompt`): an example in which several answers are
 * learned becomes one row for each, with the turns before it.
 */
const chatShapes: Readonly<Record<ExportFormat, (row: ChatRow) => readonly Json[]>> = {
  openai: hosted,
  together: hosted,
  fireworks: hosted,
  trl: (row) =>
    learnedTurns(row).map((place) => ({
      prompt: row.messages.slice(0, place).map(plainMessage),
      completion: [plainMessage(row.messages[place] as DataMessage)],
      ...(row.tools === undefined ? {} : { tools: row.tools }),
    })),
  axolotl: (row) => [
    {
      messages: row.messages.map((message) => ({
        ...plainMessage(message),
        training: message.role === "assistant" && message.weight !== 0,
      })),
      ...(row.tools === undefined ? {} : { tools: row.tools }),
    },
  ],
  mlx: (row) =>
    learnedTurns(row).map((place) => ({
      messages: row.messages.slice(0, place + 1).map(plainMessage),
      ...(row.tools === undefined ? {} : { tools: row.tools }),
    })),
};

const hostedPreference = (row: PreferenceRow): Json => ({
  input: { messages: row.messages.map(plainMessage), ...toolKeys(row) },
  preferred_output: [{ role: "assistant", content: row.preferred }],
  non_preferred_output: [{ role: "assistant", content: row.rejected }],
});

const preferenceShapes: Readonly<Record<ExportFormat, (row: PreferenceRow) => Json>> = {
  openai: hostedPreference,
  together: hostedPreference,
  fireworks: hostedPreference,
  trl: (row) => ({
    prompt: row.messages.map(plainMessage),
    chosen: [{ role: "assistant", content: row.preferred }],
    rejected: [{ role: "assistant", content: row.rejected }],
  }),
  axolotl: (row) => ({
    messages: row.messages.map(plainMessage),
    chosen: { role: "assistant", content: row.preferred },
    rejected: { role: "assistant", content: row.rejected },
  }),
  mlx: hostedPreference,
};

function refusal(row: ExampleRow, format: ExportFormat): string | undefined {
  if (format === "mlx" && row.kind === "preference") return "mlx_lm.lora does not train on preferences";
  if (format !== "together" && format !== "fireworks") return undefined;
  const hasTools =
    row.tools !== undefined || row.messages.some(({ role, extra }) => role === "tool" || extra?.["tool_calls"]);
  if (hasTools) return `${format} takes system, user and assistant turns, and this one uses tools`;
  if (format === "fireworks") return undefined;
  if (row.messages[0]?.role === "assistant") return "together starts a conversation with a system or user turn";
  const place = row.messages.findIndex(({ role }, at) => role === row.messages[at + 1]?.role);
  return place < 0 ? undefined : `together refuses two ${row.messages[place]?.role} turns in a row`;
}

/** Places of the assistant's turns that are in the loss. */
function learnedTurns({ messages }: ChatRow): readonly number[] {
  return [...messages.keys()].filter((place) => messages[place]?.role === "assistant" && messages[place]?.weight !== 0);
}

function plainMessage({ role, content, extra }: DataMessage): JsonObject {
  const silent = content === "" && extra?.["tool_calls"] !== undefined;
  return { role, content: silent ? null : content, ...extra };
}

function openAiMessage(message: DataMessage): JsonObject {
  return { ...plainMessage(message), ...(message.weight === undefined ? {} : { weight: message.weight }) };
}

function toolKeys({ tools, parallelToolCalls }: ExampleRow): JsonObject {
  return {
    ...(tools === undefined ? {} : { tools }),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
  };
}
