// Where approaches disagree: how often one is right alone, and the questions that split them most.
import type { ComparisonReport } from "../../core/comparison.ts";
import { type Html, html } from "../html-template.ts";
import { numberColumn, table, textColumn } from "./table.ts";
import { questionFold } from "./worst-section.ts";

/** Null where fewer than two approaches were measured. */
export function disagreementSection({ disagreements }: ComparisonReport): Html | null {
  if (disagreements === undefined) return null;
  const { pairs, questions } = disagreements;
  const columns = ["only the first right", "only the second right", "both", "neither"].map(numberColumn);
  const rows = pairs.map(({ a, b, onlyA, onlyB, both, neither }) => ({
    header: html`<span class="name">${a}</span> and <span class="name">${b}</span>`,
    cells: [onlyA, onlyB, both, neither],
  }));
  const disputed =
    questions.length > 0 &&
    html`<h3>Questions that split them</h3>${questions.map((question) => questionFold(question, null))}`;
  return html`<section id="disagreements" aria-labelledby="disagreements-title">
<h2 id="disagreements-title">Where approaches disagree</h2>
<p class="note">Questions, an answer counting as right from half of the points. A choice between two approaches is decided by the first two columns alone.</p>
${table("Where approaches disagree", [textColumn("approaches"), ...columns], [{ rows }])}
${disputed}
</section>`;
}
