// Thresholds that a comparison must reach, for continuous integration: `rag:f1=0.7`. An unknown score never passes.
import type { Comparison } from "../../core/comparison.ts";
import { AssayError } from "../../core/errors.ts";
import type { GateResult } from "../../report/junit.ts";
import { approachNames } from "../wiring/wire-approaches.ts";

export type Gate = { readonly approach: string; readonly metric: string; readonly least: number };

/** Reads `approach:metric=least`, `least` in [0, 1]. Throws `AssayError` `bad-usage`. */
export function parseGate(text: string): Gate {
  const [, approach = "", metric = "", number = ""] = /^([^:]+):([^=]+)=(.+)$/.exec(text) ?? [];
  const least = Number(number);
  const isShare = number.trim() !== "" && least >= 0 && least <= 1;
  if (approachNames.includes(approach) && isShare) return { approach, metric, least };
  throw new AssayError({
    code: "bad-usage",
    message: `--fail-below ${text}: expected an approach, a metric and a share between 0 and 1`,
    remedy: `write it like --fail-below rag:f1=0.7; approaches: ${approachNames.join(", ")}`,
  });
}

/** Before anything is asked: a mistyped metric must cost nothing. Throws `AssayError` `bad-usage`. */
export function refuseUnknownMetrics(gates: readonly Gate[], metrics: readonly { readonly name: string }[]): void {
  const names = metrics.map(({ name }) => name);
  const unknown = gates.find(({ metric }) => !names.includes(metric));
  if (unknown === undefined) return;
  throw new AssayError({
    code: "bad-usage",
    message: `--fail-below: nothing is scored with "${unknown.metric}"`,
    remedy: `choose from ${names.sort().join(", ")}`,
  });
}

/** In the order given. */
export function checkGates(comparison: Comparison, gates: readonly Gate[]): readonly GateResult[] {
  return gates.map((gate) => checkGate(comparison, gate));
}

function checkGate({ approaches }: Comparison, { approach, metric, least }: Gate): GateResult {
  const name = `${approach}: ${metric} at least ${least}`;
  const row = approaches.find((one) => one.name === approach);
  if (row?.status !== "scored") {
    return {
      approach,
      name,
      passed: false,
      message: `${approach} was not run: ${row?.reason ?? "it was left out of this comparison"}`,
    };
  }
  const summary = row.scores[metric];
  if (summary === undefined || summary.n === 0) {
    return { approach, name, passed: false, message: `${approach}: no answer could be scored with ${metric}` };
  }
  const { mean, low, high, n } = summary;
  const figures = `${mean.toFixed(3)} (95% ${low.toFixed(3)} to ${high.toFixed(3)}, n ${n})`;
  const passed = mean >= least;
  return {
    approach,
    name,
    passed,
    message: `${approach}: ${metric} is ${figures}, ${passed ? "at least" : "below"} ${least}`,
  };
}
