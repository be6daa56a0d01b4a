// Every call that an approach made, before any price: what costs are computed from, now or later at other prices.

import type { Usage } from "../core/models.ts";
import type { ApproachTraits } from "../core/money.ts";
import type { ProviderModel } from "../core/training.ts";

export type ApproachLedger = {
  readonly approach: string;
  /** Measured beside the approaches, never shipped. */
  readonly yardstick: boolean;
  readonly traits: ApproachTraits;
  /** By question, in the order asked; failed answers included: they are paid for too. */
  readonly answers: readonly (readonly Usage[])[];
  /** What preparing used: training, embedding of examples. */
  readonly preparing: readonly Usage[];
  readonly prepareMs: number;
  /** Building the whole index once; empty where the approach has none. */
  readonly indexing: readonly Usage[];
  /** Indexing one changed document; empty where the approach has no index. */
  readonly oneDocument: readonly Usage[];
  /** The tuned model that answers, where a provider has it and it is known what that takes. */
  readonly provided?: ProviderModel;
  /** Behaviour examples that it learns from or shows. */
  readonly examples: number;
};

/** The ledger of a comparison, kept beside its report as `ledger.json`. */
export type ComparisonLedger = {
  readonly approaches: readonly ApproachLedger[];
  /** How the cost of one changed document came about. */
  readonly indexingBasis: string;
};

/** Usage by model, in order of first appearance. */
export function byModel(usage: readonly Usage[]): ReadonlyMap<string, readonly Usage[]> {
  return Map.groupBy(usage, ({ modelId }) => modelId);
}

export function isEmbedded(modelId: string): boolean {
  return modelId.startsWith("embedded/");
}
