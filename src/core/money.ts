// Money as reports and scripts read it: amounts that are known, amounts that are not and why.

/** What an approach's knowledge and behaviour rest on: decides what a change costs it. */
export type ApproachTraits = {
  /** `model`: as the provider trained it; `prompt`: documents read anew for every question. */
  readonly knowledge: "model" | "prompt" | "index" | "weights" | "none";
  readonly behaviour: "instructions" | "examples" | "weights" | "none";
  /** True where no call leaves the machine. */
  readonly offline: boolean;
};

/** US dollars, or null with the reason why nobody can say. */
export type Amount =
  | { readonly usd: number; readonly reason?: undefined }
  | { readonly usd: null; readonly reason: string };

/** One line of a sum, e.g. "embedded/static" or "set-up, 6 hours". */
export type AmountPart = Amount & { readonly label: string };

/** What one change costs an approach, checking it again not included. */
export type ChangeCost = Amount & {
  /** What has to be done, e.g. "embed the document again". */
  readonly work: string;
  /** Measured time until the change is served; null where it was not measured or never is. */
  readonly ms: number | null;
};

export type ApproachMoney = {
  readonly approach: string;
  readonly traits: ApproachTraits;
  /** Mean over all questions asked, failed answers included. */
  readonly perQuery: Amount;
  /** Once: index, training, and the people's hours that the config prices. */
  readonly upfront: Amount;
  /** Whatever the volume: hosting, and changes at the stated rate. */
  readonly fixedPerMonth: Amount;
  /** At the stated volume, upfront not included. */
  readonly monthly: Amount;
  readonly parts: {
    readonly perQuery: readonly AmountPart[];
    readonly upfront: readonly AmountPart[];
    readonly fixedPerMonth: readonly AmountPart[];
  };
  readonly documentChange: ChangeCost;
  readonly behaviourChange: ChangeCost;
  /** Asking all held-out questions again after a change. */
  readonly recheck: Amount;
  /** Costs that exist and that the config does not price: part of no sum here. */
  readonly notCounted: readonly string[];
};

/** Where two approaches cost the same. */
export type BreakEvenPair = {
  readonly a: string;
  readonly b: string;
  /** Questions asked in all until the one that costs more upfront has earned it back; null with `reason`. */
  readonly questionsInAll: number | null;
  /** 95% interval from the spread of the measured cost per question; `high` null: perhaps never. */
  readonly interval: { readonly low: number; readonly high: number | null } | null;
  /** The monthly volume of equal cost, hosting and upfront spread over the horizon included; null with `reason`. */
  readonly questionsPerMonth: number | null;
  /** The cheaper one above that volume; absent where there is none. */
  readonly cheaperAbove?: string;
  /** The cheaper one at every volume, where there is one. */
  readonly alwaysCheaper?: string;
  readonly reason?: string;
};

/** One assumption changed, everything else as stated. */
export type SensitivityRow = {
  readonly change: string;
  /** Per month, upfront spread over the horizon; by approach. */
  readonly monthlyUsd: Readonly<Record<string, number | null>>;
  /** Among known costs. */
  readonly cheapest: string | null;
};

/** What more upfront gives back within the horizon, against the approach that costs least upfront. */
export type ReturnOnInvestment = {
  readonly approach: string;
  readonly against: string;
  readonly extraUpfrontUsd: number;
  readonly savedPerMonthUsd: number;
  /** Null: never. */
  readonly paidBackMonths: number | null;
  /** (saved over the horizon − extra) / extra. */
  readonly overHorizon: number;
};

export type MoneyReport = {
  readonly queriesPerMonth: number | null;
  readonly horizonMonths: number;
  readonly approaches: readonly ApproachMoney[];
  readonly breakEven: readonly BreakEvenPair[];
  /** Empty without a volume. */
  readonly sensitivity: readonly SensitivityRow[];
  readonly returns: readonly ReturnOnInvestment[];
  readonly assumptions: readonly string[];
};
