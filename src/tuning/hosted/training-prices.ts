// What training costs where the provider tells no price before the job exists. A list of 2025, remembered and not read again:
// the provider's own estimate and `usdPerMillionTrainingTokens` go before it.
import type { Cost } from "../../core/scores.ts";

/** US dollars per million training tokens, by the beginning of the base's name at OpenAI; the longest that fits. */
const openAi: Readonly<Record<string, number>> = {
  "gpt-4.1": 25,
  "gpt-4.1-mini": 5,
  "gpt-4.1-nano": 1.5,
  "gpt-4o": 25,
  "gpt-4o-mini": 3,
};

/** Together: LoRA, supervised, up to 16 billion parameters. */
const togetherSmall = { mostBillions: 16, usdPerMillion: 0.48 };

export const priceListIsOld =
  "the price is from a list of 2025 that was not read again: set tuning.trainers.<name>.usdPerMillionTrainingTokens to yours";

export type Priced = { readonly cost: Cost; readonly isFromOldList: boolean };

export type PriceQuestion = {
  readonly trainer: string;
  readonly label: string;
  readonly base: string;
  /** All epochs together. */
  readonly tokens: number;
  readonly isPlainLora: boolean;
  readonly usdPerMillion?: number | undefined;
};

export function trainingPrice(question: PriceQuestion): Priced {
  const { tokens, usdPerMillion: own, trainer, label } = question;
  const usdPerMillion = own ?? listed(question);
  if (usdPerMillion !== undefined) {
    return { cost: { status: "priced", usd: (tokens / 1e6) * usdPerMillion }, isFromOldList: own === undefined };
  }
  const reason = `${label} tells its price when the job exists; set tuning.trainers.${trainer}.usdPerMillionTrainingTokens to know it before`;
  return { cost: { status: "unpriced", reason }, isFromOldList: false };
}

function listed({ trainer, base, isPlainLora }: PriceQuestion): number | undefined {
  if (trainer === "together") {
    const billions = Number(/(?:^|[^0-9.])(\d+(?:\.\d+)?)b\b/i.exec(base)?.[1] ?? Number.NaN);
    return isPlainLora && billions <= togetherSmall.mostBillions ? togetherSmall.usdPerMillion : undefined;
  }
  if (trainer !== "openai") return undefined;
  const model = base.startsWith("ft:") ? (base.split(":")[1] ?? base) : base;
  const fits = Object.keys(openAi).filter((name) => model === name || model.startsWith(`${name}-2`));
  return fits.length === 0 ? undefined : openAi[fits.sort((a, b) => b.length - a.length)[0]!];
}
