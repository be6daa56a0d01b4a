// What asking every question again showed: how often an approach is right every time, and how much of the spread is its own noise.
import type { ComparisonReport } from "../../core/comparison.ts";
import { points } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import { numberColumn, table, textColumn } from "./table.ts";

/** Null where no question was asked again. */
export function repeatsSection({ repeats }: ComparisonReport): Html | null {
  if (repeats === undefined || repeats.length === 0) return null;
  const columns = [
    textColumn("approach"),
    numberColumn("mean quality"),
    numberColumn("right every time"),
    numberColumn("right at least once"),
    numberColumn("model noise"),
    numberColumn("question noise"),
    numberColumn("n"),
  ];
  const rows = repeats.map(({ name, n, mean, alwaysRight, onceRight, modelNoise, questionNoise }) => ({
    header: html`<span class="name">${name}</span>`,
    cells: [...[mean, alwaysRight, onceRight, modelNoise, questionNoise].map(points), n],
  }));
  const times = Math.max(...repeats.map((row) => row.repeats));
  return html`<section id="repeats" aria-labelledby="repeats-title">
<h2 id="repeats-title">Asked again</h2>
<p class="note">Every question was asked ${times} times, past every cache. Right every time is pass^${times}: the share of questions that scored 1 in all ${times}. Model noise is the standard deviation of one question's scores; question noise that between questions, with model noise taken out. Points of 100; n counts the questions with a score each time.</p>
${table("Asked again", columns, [{ rows }])}
</section>`;
}
