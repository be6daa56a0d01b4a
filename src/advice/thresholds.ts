// The published thresholds, each with the kind of source it has. They are priors: a measurement outranks every one of them.

export type ThresholdName =
  | "changesPerYear"
  | "latencyMs"
  | "fewestExamples"
  | "enoughExamples"
  | "contextTokens"
  | "queriesPerMonth";

export type Threshold = {
  readonly name: ThresholdName;
  readonly value: number;
  readonly published: string;
  readonly kindOfSource: string;
  /** True where the user or the config replaced the published value. */
  readonly overridden: boolean;
};

type Published = Omit<Threshold, "overridden">;

const published: readonly Published[] = [
  {
    name: "changesPerYear",
    value: 12,
    published: "Knowledge that changes more often than monthly: retrieve.",
    kindOfSource: "practitioners' rule of thumb, no measurement given",
  },
  {
    name: "latencyMs",
    value: 300,
    published: "A hard latency bound under 100 to 300 ms: tune.",
    kindOfSource: "practitioners' rule of thumb, from hosted retrieval said to add 50 to 500 ms",
  },
  {
    name: "fewestExamples",
    value: 50,
    published: "Fewer than 50 to 100 good examples: do not tune yet.",
    kindOfSource: "providers' documentation of their tuning services",
  },
  {
    name: "enoughExamples",
    value: 100,
    published: "Fewer than 50 to 100 good examples: do not tune yet.",
    kindOfSource: "providers' documentation of their tuning services",
  },
  {
    name: "contextTokens",
    value: 200_000,
    published: "A stable corpus within the context window: put all of it into the prompt.",
    kindOfSource: "a provider's advice for its own models",
  },
  {
    name: "queriesPerMonth",
    value: 100_000,
    published: "More than 100,000 questions a month: price tuning.",
    kindOfSource: "arithmetic on assumed prices; the claimed break-even is 50,000 to 500,000 questions",
  },
];

export const thresholdNames: readonly ThresholdName[] = published.map(({ name }) => name);

/** `overrides` replace published values. */
export function thresholds(overrides: Partial<Record<ThresholdName, number>> = {}): readonly Threshold[] {
  return published.map((one) => {
    const value = overrides[one.name];
    return value === undefined ? { ...one, overridden: false } : { ...one, value, overridden: value !== one.value };
  });
}
