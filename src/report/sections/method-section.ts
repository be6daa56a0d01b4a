// How the figures came about, so that another person can doubt them and make them again.
import type { ComparisonReport } from "../../core/comparison.ts";
import { counted, dateAndTime, points, wholeNumber } from "../figures.ts";
import { type Html, type HtmlPart, html } from "../html-template.ts";

export function methodSection(report: ComparisonReport): Html {
  const { assumptions, environment, command, createdAt } = report;
  return html`<section id="method" aria-labelledby="method-title">
<h2 id="method-title">Method and assumptions</h2>
<dl class="terms">
${term("Questions", questionWords(report))}
${term("Documents", `${counted(report.corpus.documents, "document")}, ${counted(report.corpus.chunks, "chunk")}`)}
${term("Training examples", trainingWords(report))}
${term("Sensitivity", sensitivityWords(report.detectableDifference))}
</dl>
<h3>Assumptions</h3>
${assumptions.length === 0 ? html`<p>None was recorded.</p>` : html`<ul>${assumptions.map((one) => html`<li>${one}</li>`)}</ul>`}
<h3>Environment</h3>
<dl class="terms">${Object.entries(environment).map(([name, value]) => term(name, value))}</dl>
<h3>Make this report again</h3>
<pre class="command" tabindex="0"><code>${command}</code></pre>
<p class="note">Made <time datetime="${createdAt}">${dateAndTime(createdAt)}</time>. The same figures as JSON lie beside this page in <code>report.json</code>, as Markdown in <code>report.md</code>.</p>
</section>`;
}

function questionWords({ questions }: ComparisonReport): string {
  const { count, answerable, clusters, byKind } = questions;
  const kinds = Object.entries(byKind).map(([kind, number]) => `${kind} ${number}`);
  const byKindWords = kinds.length === 0 ? "" : `; by kind: ${kinds.join(", ")}`;
  return `${wholeNumber(count)}, of which ${wholeNumber(answerable)} answerable, in ${counted(clusters, "cluster")} that are resampled as one${byKindWords}`;
}

function trainingWords({ trainingExamples, leakage }: ComparisonReport): string {
  if (trainingExamples === 0) return "none";
  const clean = leakage.length === 0 ? "; no held-out question was found to resemble one" : "; see the leakage warning";
  return `${wholeNumber(trainingExamples)}${clean}`;
}

function sensitivityWords(detectableDifference: number | null): string {
  if (detectableDifference === null) return "the smallest difference that this comparison could show cannot be said";
  return `a true difference of ${points(detectableDifference)} points of quality or more would show in four of five such comparisons`;
}

function term(name: string, value: HtmlPart): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}
