// What providers of fine-tuning have announced to end, and when. Data read in 2026-11; a provider's own answer goes before it.
import type { Retirement } from "../../core/training.ts";

type Sunset = {
  /** ISO 8601 day, in UTC. */
  readonly date: string;
  readonly provider: string;
  readonly what: string;
};

/** When these facts were read. */
const readOn = "2026-11-21";

/** From this day nobody can create fine-tuning jobs on the OpenAI platform. */
export const openAiTrainingEnds = "2027-01-06";

const sunsets: readonly Sunset[] = [
  { date: "2025-09-15", provider: "cohere", what: "fine-tuning ended" },
  { date: "2026-05-07", provider: "openai", what: "organisations that never fine-tuned cannot create jobs" },
  { date: "2026-07-02", provider: "openai", what: "nor those without fine-tuned inference in the 60 days before" },
  { date: "2026-12-31", provider: "together", what: "dedicated endpoints v1 give way to v2 by the end of the year" },
  { date: openAiTrainingEnds, provider: "openai", what: "nobody can create fine-tuning jobs" },
];

/** A model's fine-tunes go on the same day as the model. */
const modelsEnd: readonly { readonly date: string; readonly models: readonly RegExp[] }[] = [
  { date: "2026-10-23", models: [/^gpt-4\.1-nano\b/, /^o4-mini\b/] },
  {
    date: "2027-01-14",
    models: [
      /^gpt-4o-2024-(?:08-06|11-20)$/,
      /^gpt-4o-mini-2024-07-18$/,
      /^gpt-4\.1(?:-2025-04-14)?$/,
      /^gpt-4\.1-mini\b/,
    ],
  },
];

const source = `OpenAI's deprecations, read on ${readOn}`;

/** For a model of the OpenAI platform, tuned ones (`ft:base:…`) included. Null where nothing is announced that we know of. */
export function openAiRetirement(model: string): Retirement | null {
  const base = model.startsWith("ft:") ? (model.split(":")[1] ?? model) : model;
  const found = modelsEnd.find(({ models }) => models.some((pattern) => pattern.test(base)));
  return found ? { model, date: found.date, source } : null;
}

/** What a provider has closed already, and will close. */
export function endsAt(provider: string, nowMs: number): readonly string[] {
  return sunsets
    .filter((sunset) => sunset.provider === provider)
    .map(({ date, what }) => `${isPast(date, nowMs) ? "since" : "from"} ${date}: ${what} (read on ${readOn})`);
}

/** True on the day itself and after. */
export function isPast(date: string, nowMs: number): boolean {
  return new Date(nowMs).toISOString().slice(0, 10) >= date;
}
