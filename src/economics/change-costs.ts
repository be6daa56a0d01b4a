// What one changed document and one changed rule of behaviour cost an approach: embed again, train again, or nothing at all.
import type { Amount, ChangeCost } from "../core/money.ts";
import type { CostModel } from "../core/scores.ts";
import { amountOf, known } from "./amounts.ts";
import type { ApproachLedger } from "./ledger.ts";

/** `preparing` is the price of preparing the approach once. A document that cannot reach an approach costs it nothing, and never gets there. */
export function documentChange(
  ledger: ApproachLedger,
  { prices }: { readonly prices: CostModel },
  preparing: Amount,
): ChangeCost {
  switch (ledger.traits.knowledge) {
    case "index": {
      const ms = ledger.oneDocument.reduce((total, { durationMs }) => total + durationMs, 0);
      const work = "index the document again";
      return { ...amountOf(prices.cost(ledger.oneDocument)), work, ms };
    }
    case "prompt":
      return { ...known(0), work: "nothing: the next prompt holds the new text", ms: 0 };
    case "weights":
      return { ...preparing, work: "train again", ms: ledger.prepareMs };
    default:
      return { ...known(0), work: "nothing can be done: no document reaches it", ms: null };
  }
}

export function behaviourChange(ledger: ApproachLedger, preparing: Amount): ChangeCost {
  switch (ledger.traits.behaviour) {
    case "instructions":
      return { ...known(0), work: "edit the instructions", ms: 0 };
    case "examples":
      return { ...preparing, work: "change the examples", ms: ledger.prepareMs };
    case "weights":
      return { ...preparing, work: "change the examples and train again", ms: ledger.prepareMs };
    default:
      return { ...known(0), work: "nothing can be done: it has no behaviour to change", ms: null };
  }
}
