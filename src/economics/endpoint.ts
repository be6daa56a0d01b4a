// A machine of its own that a tuned model answers from: paid by the hour, however much is asked.
import type { Amount, AmountPart } from "../core/money.ts";
import { known, part, sum, times, unknownAmount } from "./amounts.ts";
import type { ApproachLedger } from "./ledger.ts";
import type { Rates } from "./rates.ts";

/** One that is known to be needed and has no price makes the month's sum unknown; one that may be needed does not. */
export function endpointParts(ledger: ApproachLedger, rates: Rates): readonly AmountPart[] {
  const hosting = ledger.provided?.hosting;
  if (hosting?.kind === "per-token" || !(hosting || mayNeedEndpoint(ledger))) return [];
  const { endpointHoursPerMonth: hours } = rates;
  const usdPerHour = hosting?.usdPerHour ?? rates.endpointHourUsd;
  const label = `endpoint, ${hours} hours${hosting?.billsWhenIdle ? ", idle ones too" : ""}`;
  if (usdPerHour !== undefined) return [part(label, known(usdPerHour * hours))];
  if (hosting === undefined) return [];
  return [
    part(label, unknownAmount("an hour of its dedicated endpoint has no known price: set prices.endpointHourUsd")),
  ];
}

/** Its tokens cost nothing beside the hours. */
export function isPaidByTheHour({ provided }: ApproachLedger, modelId: string): boolean {
  return provided?.hosting.kind === "endpoint" && provided.name === modelId;
}

/** A tuned model elsewhere of which nobody said what it answers from. */
export function mayNeedEndpoint({ traits, provided }: ApproachLedger): boolean {
  const { knowledge, behaviour, offline } = traits;
  return provided === undefined && !offline && (knowledge === "weights" || behaviour === "weights");
}

/** What the hours come to for one question at the stated volume: without it an idle machine would look free. */
export function endpointPerQuery(ledger: ApproachLedger, rates: Rates, queriesPerMonth: number | undefined): Amount {
  if (ledger.provided?.hosting.kind !== "endpoint") return known(0);
  if (!queriesPerMonth)
    return unknownAmount("its endpoint is paid by the hour, whatever is asked: set queriesPerMonth");
  return times(sum(endpointParts(ledger, rates)), 1 / queriesPerMonth);
}
