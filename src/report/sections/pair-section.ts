// Which differences in quality the test can show: pairs turned so that the higher one stands first.
import type { ComparedPair, ComparisonReport } from "../../core/comparison.ts";
import { line, px } from "../charts/marks.ts";
import { isKnown, points, pValue, signedPoints } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import { isScored, ranked } from "../scoreboard.ts";
import { fold, numberColumn, table, textColumn } from "./table.ts";
import { leaderOf } from "./verdict.ts";

/** The level at which an adjusted p counts as shown; the recommendation uses the same. */
const level = 0.05;

export function pairSection(report: ComparisonReport): Html | null {
  const pairs = report.pairs.filter(({ metric }) => metric === "quality").map(higherFirst);
  if (pairs.length === 0) return null;
  const leader = leaderOf(report)?.name;
  const order = new Map(
    ranked(report.approaches)
      .filter(isScored)
      .map(({ name }, place) => [name, place]),
  );
  const place = ({ a, b }: ComparedPair) => (order.get(a) ?? 0) * order.size + (order.get(b) ?? 0);
  const sorted = [...pairs].sort((one, other) => place(one) - place(other));
  const own = sorted.filter(({ a, b }) => a === leader || b === leader);
  const rest = sorted.filter((pair) => !own.includes(pair));
  return html`<section id="pairs" aria-labelledby="pairs-title">
<h2 id="pairs-title">Differences between approaches</h2>
<p class="note">Paired by question: the difference in quality in points, its 95% interval, and p after Holm’s correction for testing ${pairs.length} ${pairs.length === 1 ? "pair" : "pairs"} at once. Below ${level} a difference counts as shown; otherwise none was found, which is not the same as none being there.</p>
${own.length > 0 && pairTable(`Pairs with ${leader}`, own)}
${rest.length > 0 && (own.length === 0 ? pairTable("All pairs", rest) : fold(rest.length === 1 ? "The other pair" : `The other ${rest.length} pairs`, pairTable("The other pairs", rest)))}
</section>`;
}

function higherFirst(pair: ComparedPair): ComparedPair {
  if (!(pair.difference < 0)) return pair;
  return { ...pair, a: pair.b, b: pair.a, difference: -pair.difference, low: -pair.high, high: -pair.low };
}

function pairTable(label: string, pairs: readonly ComparedPair[]): Html {
  const reach = Math.max(0.01, ...pairs.flatMap(({ low, high }) => [low, high].filter(isKnown).map(Math.abs)));
  const columns = [
    textColumn("pair"),
    numberColumn("difference"),
    textColumn("95% interval"),
    numberColumn("p (Holm)"),
    textColumn("verdict"),
  ];
  const rows = pairs.map((pair) => ({
    header: html`<span class="name">${pair.a}</span> <span class="against">against</span> ${pair.b}`,
    cells: [
      signedPoints(pair.difference),
      html`<span class="interval stacked">${differenceBar(pair, reach)}<span class="coverage">${signedPoints(pair.low)} to ${signedPoints(pair.high)}</span></span>`,
      pValue(pair.pAdjusted),
      verdictWords(pair),
    ],
  }));
  return html`${table(label, columns, [{ rows }])}<p class="note">Bars: from −${points(reach)} to +${points(reach)} points; the stroke in the middle is no difference.</p>`;
}

function verdictWords({ pAdjusted, a }: ComparedPair): string {
  if (!isKnown(pAdjusted)) return "could not be tested";
  return pAdjusted < level ? `${a} is better` : "no difference found";
}

function differenceBar({ low, high, difference }: ComparedPair, reach: number): Html | null {
  if (![low, high, difference].every(isKnown)) return null;
  const x = (value: number) => 60 + (value / reach) * 58;
  return html`<svg class="bar" aria-hidden="true" width="120" height="14" viewBox="0 0 120 14">${line("track", 2, 7, 118, 7)}<rect class="range" x="${px(x(low))}" y="4" width="${px(Math.max(1, x(high) - x(low)))}" height="6"/>${line("zero", 60, 0, 60, 14)}${line("mean", x(difference), 1, x(difference), 13)}</svg>`;
}
