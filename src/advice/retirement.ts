// When the provider's model behind an approach retires, as far as anybody has said. Chooses nothing.
import type { ScoredApproach } from "../core/comparison.ts";

/** One sentence per date, and one for those whose date is not known. Approaches whose calls stay on this machine have none. */
export function retirementSentences(scored: readonly ScoredApproach[]): readonly string[] {
  const remote = scored.filter(({ retires }) => retires !== undefined);
  const byDate = Map.groupBy(remote, ({ retires }) => retires?.date ?? null);
  const again = "measure again before that day, and train again what was tuned";
  return [...byDate].map(([date, of]) => {
    const names = of.map(({ name }) => name).join(", ");
    if (date === null)
      return `A provider changes or retires its model; when that of ${names} retires is not known. Then measure again, and train again what was tuned.`;
    const { model, source } = of[0]!.retires!;
    return `${model} retires on ${date} (${source}), and ${names} with it: ${again}.`;
  });
}
