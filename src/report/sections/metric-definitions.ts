// What each column of the scoreboard means, in the words of the metric itself.
import type { ComparisonReport } from "../../core/comparison.ts";
import { type Html, html } from "../html-template.ts";
import { fold } from "./table.ts";

type Definitions = ComparisonReport["metrics"];
type Shown = readonly { readonly metric: string; readonly head: string }[];

/** `unmeasured`: metrics that nothing in this comparison could be scored by. */
export function metricDefinitions(metrics: Definitions, shown: Shown, unmeasured: readonly string[]): Html {
  const heads = new Map(shown.map(({ metric, head }) => [metric, head]));
  const measured = metrics.filter(({ name }) => !unmeasured.includes(name));
  return html`${fold(
    "What the columns mean",
    html`<dl class="terms">${measured.map(({ name, label, higherIsBetter }) => definition(named(name, heads.get(name)), meaning(label, higherIsBetter)))}
${definition("p50, p95", "Half of the answers came within p50, 95% within p95. Lower is better.")}
${definition("$ per 1,000", "Running cost of 1,000 questions, in US dollars, without preparing. A dash: a price is unknown.")}
${definition("n, missing", "n answers were scored; missing answers should have been scored and could not. Neither counts as zero. A dash: the metric means nothing for this approach and these questions, or no answer could be scored.")}</dl>`,
    "definitions",
  )}${unmeasured.length > 0 && html`<p class="note">Not shown, because no answer of any approach could be scored by it here: ${unmeasured.join(", ")}.</p>`}`;
}

/** Labels that name their direction themselves are not told twice. */
function meaning(label: string, higherIsBetter: boolean): string {
  if (/is better\)?$/.test(label)) return `${label}.`;
  return `${label}. ${higherIsBetter ? "Higher" : "Lower"} is better.`;
}

function named(name: string, head: string | undefined): string {
  return head === undefined || head === name ? name : `${head} (${name})`;
}

function definition(term: string, meaning: string): Html {
  return html`<div><dt>${term}</dt><dd>${meaning}</dd></div>`;
}
