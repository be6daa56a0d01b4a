// What a change of documents did to each approach: right before, right after, and how long until an edit was answerable.
import type { ComparisonReport, StalenessRow } from "../../core/comparison.ts";
import { milliseconds } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import { scoreCell } from "./scoreboard-section.ts";
import { numberColumn, table, textColumn } from "./table.ts";

/** Null where no changes were measured. */
export function stalenessSection({ staleness }: ComparisonReport): Html | null {
  if (staleness === undefined || staleness.length === 0) return null;
  const columns = [
    textColumn("approach"),
    numberColumn("right before"),
    numberColumn("right after"),
    numberColumn("still the old answer"),
    textColumn("edit to answerable"),
  ];
  const rows = staleness.map((row) => ({
    header: html`<span class="name">${row.name}</span>`,
    cells: [scoreCell(row.before), scoreCell(row.after), scoreCell(row.outdated), freshness(row)],
  }));
  return html`<section id="staleness" aria-labelledby="staleness-title">
<h2 id="staleness-title">When documents change</h2>
<p class="note">The project's <code>changes</code> were applied to a copy of the index after every approach was prepared, and the questions whose answers they change asked again. Points of 100.</p>
${table("When documents change", columns, [{ rows }])}
</section>`;
}

function freshness({ freshMs, freshReason }: StalenessRow): string {
  return freshMs === null ? (freshReason ?? "never") : milliseconds(freshMs);
}
