// When the model behind an approach is switched off: as its provider said of a tuned one, else as a list of ours knows.
import type { Retirement } from "../../core/training.ts";
import { openAiRetirement } from "../../tuning/hosted/sunsets.ts";
import type { ResolvedConfig } from "../config/config-schema.ts";
import type { RanApproach } from "./compare-approach.ts";

const openAi = "openai/";

/** The soonest end of all its models; null where nobody has said. */
export function retirementOf({ provided, rows }: RanApproach, { providers }: ResolvedConfig): Retirement | null {
  if (provided?.retires) return provided.retires;
  const isPlatform = providers["openai"] === undefined && !process.env["OPENAI_BASE_URL"];
  if (!isPlatform) return null;
  const models = new Set(rows.flatMap(({ answer }) => answer.usage.map(({ modelId }) => modelId)));
  const ends = [...models]
    .filter((model) => model.startsWith(openAi))
    .map((model) => openAiRetirement(model.slice(openAi.length)))
    .filter((end) => end !== null);
  return ends.sort((a, b) => (a.date < b.date ? -1 : 1))[0] ?? null;
}
