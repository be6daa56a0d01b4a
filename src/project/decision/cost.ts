// `assay cost`: the last comparison's ledger at today's prices and the stated traffic. Asks no model anything.
import { AssayError } from "../../core/errors.ts";
import type { MoneyReport } from "../../core/money.ts";
import { moneyReport } from "../../economics/money-report.ts";
import type { Traffic } from "../../economics/rates.ts";
import { readLastComparison } from "../state/last-comparison.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { moneyInputs, priceBookOf } from "../wiring/prices.ts";

/** Replaces what the config states; absent members keep it. */
export type CostOptions = Partial<Traffic>;

/** The JSON of `assay cost`. */
export type CostResult = MoneyReport & {
  /** When the comparison was made: ISO 8601. */
  readonly measuredAt: string;
  /** Questions that every approach was asked. */
  readonly questions: number;
};

/** Throws `AssayError`: `not-found` before the first comparison, `bad-usage` without a volume. */
export async function cost(context: ProjectContext, options: CostOptions): Promise<CostResult> {
  const last = await readLastComparison(context);
  if (last === undefined) {
    throw new AssayError({
      code: "not-found",
      message: "no comparison has been made here, so no cost was measured",
      remedy: "run `assay compare`, then `assay cost` again",
    });
  }
  const inputs = moneyInputs(context.config, await priceBookOf(context.config), options);
  if (inputs.traffic.queriesPerMonth === undefined) {
    throw new AssayError({
      code: "bad-usage",
      message: "the number of questions a month is not stated",
      remedy: "type `assay cost --queries-per-month 10000`, or set queriesPerMonth in assay.config.ts",
    });
  }
  const { createdAt, questions } = last.report;
  return { ...moneyReport(last.ledger, inputs), measuredAt: createdAt, questions: questions.count };
}
