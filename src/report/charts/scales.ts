// Where a value lies on an axis, and which ticks the axis carries. Pure arithmetic; knows no markup.
import { isKnown } from "../figures.ts";

export type Tick = { readonly at: number; readonly label: string };

export type Lane = "none" | "unknown";

/** A logarithmic axis with a lane of its own for exact zeros, which a logarithm cannot show, and one for unknowns. */
export type LogAxis = {
  /** Ticks of the logarithmic part; empty where no value is above zero. */
  readonly ticks: readonly Tick[];
  readonly lanes: readonly { readonly lane: Lane; readonly from: number; readonly to: number }[];
  /** In the order of the values given; always inside [from, to]. */
  readonly positions: readonly number[];
};

export type LogAxisOptions = {
  readonly from: number;
  readonly to: number;
  readonly laneWidth: number;
  readonly mostTicks: number;
  /** `mantissa` × 10^`exponent` in words. */
  readonly tickLabel: (mantissa: number, exponent: number) => string;
};

/** Share of a decade kept free on both sides of the outermost values. */
const paddingDecades = 0.35;

/** A share in [0, 1] between two pixels; what lies outside is drawn at the edge. */
export function shareScale(from: number, to: number): (share: number) => number {
  return (share) => from + Math.min(1, Math.max(0, share)) * (to - from);
}

/** Values below zero, infinite or absent are unknown. */
export function logAxis(values: readonly (number | null)[], options: LogAxisOptions): LogAxis {
  const { from, to, laneWidth } = options;
  const kinds = values.map(laneOf);
  const start = from + (kinds.includes("none") ? laneWidth : 0);
  const end = to - (kinds.includes("unknown") ? laneWidth : 0);
  const logs = values.flatMap((value, at) => (kinds[at] === null ? [Math.log10(value as number)] : []));
  const low = Math.min(...logs) - paddingDecades;
  const high = Math.max(...logs) + paddingDecades;
  const place = (log: number) => start + ((log - low) / (high - low)) * (end - start);
  const lanes: LogAxis["lanes"] = [
    ...(start > from ? [{ lane: "none" as const, from, to: start }] : []),
    ...(end < to ? [{ lane: "unknown" as const, from: end, to }] : []),
  ];
  const laneAt = { none: spread(kinds, "none", from, start), unknown: spread(kinds, "unknown", end, to) };
  const positions = values.map((value, at) => {
    const kind = kinds[at];
    return kind === null || kind === undefined ? place(Math.log10(value as number)) : laneAt[kind](at);
  });
  const ticks = logs.length === 0 ? [] : logTicks(low, high, options).map((tick) => ({ ...tick, at: place(tick.at) }));
  return { ticks, lanes, positions };
}

function laneOf(value: number | null): Lane | null {
  if (!isKnown(value) || value < 0) return "unknown";
  return value === 0 ? "none" : null;
}

/** Points of one lane side by side, so that equal values stay apart. */
function spread(kinds: readonly (Lane | null)[], lane: Lane, from: number, to: number): (index: number) => number {
  const members = kinds.flatMap((kind, index) => (kind === lane ? [index] : []));
  return (index) => from + ((members.indexOf(index) + 1) / (members.length + 1)) * (to - from);
}

/** Ticks at 1, 2 and 5 of each decade where few decades show; else at decades, thinned to `mostTicks`. `at` is a log10. */
function logTicks(low: number, high: number, { mostTicks, tickLabel }: LogAxisOptions): readonly Tick[] {
  const exponents = Array.from({ length: Math.floor(high) - Math.floor(low) + 1 }, (_, step) => Math.floor(low) + step);
  const ticksAt = (mantissas: readonly number[], every: number) =>
    exponents
      .filter((exponent) => exponent % every === 0)
      .flatMap((exponent) => mantissas.map((m) => ({ at: exponent + Math.log10(m), label: tickLabel(m, exponent) })))
      .filter(({ at }) => at >= low && at <= high);
  const fine = ticksAt([1, 2, 5], 1);
  if (fine.length <= mostTicks) return fine;
  const decades = ticksAt([1], 1);
  return decades.length <= mostTicks ? decades : ticksAt([1], Math.ceil((high - low) / mostTicks));
}
