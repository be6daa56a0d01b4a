// What the user states about money and traffic beside the prices of models. Absent means not stated, never zero.

export type Rates = {
  /** Hosting the index for one month, where it does not run on the machine itself. */
  readonly vectorStoreMonthUsd?: number | undefined;
  /** One hour of a dedicated endpoint that serves a tuned model. */
  readonly endpointHourUsd?: number | undefined;
  readonly endpointHoursPerMonth: number;
  /** A person's hour: labelling and setting up. */
  readonly personHourUsd?: number | undefined;
  readonly labelMinutesPerExample?: number | undefined;
  /** Hours until an approach is first in service, by approach. */
  readonly setupHours: Readonly<Record<string, number>>;
  /** What a batch of calls costs less, as a share; providers commonly grant half. */
  readonly batchDiscount: number;
};

export type Traffic = {
  readonly queriesPerMonth?: number | undefined;
  readonly documentChangesPerMonth?: number | undefined;
  readonly behaviourChangesPerMonth?: number | undefined;
  /** Share of the questions that can wait for a batch. */
  readonly batchShare: number;
  /** Over which upfront costs are spread. */
  readonly horizonMonths: number;
};
