// The answer first: what to ship, why, what would change it, and the figures of the winner.
import type { ComparisonReport, ScoredApproach } from "../../core/comparison.ts";
import { counted, milliseconds, perThousand, points, unknown } from "../figures.ts";
import { type Html, type HtmlPart, html } from "../html-template.ts";
import { isScored, knownSummary, ranked } from "../scoreboard.ts";
import { verdictWords } from "../verdict-words.ts";

export function verdictSection(report: ComparisonReport): Html {
  const { because, unless } = report.recommendation;
  const { before, name, after } = verdictWords(report.recommendation);
  return html`<section id="verdict" aria-labelledby="verdict-title">
<h1 id="verdict-title">${before}${name !== "" && html`<em>${name}</em>`}${after}</h1>
<p class="lead">${scope(report)}</p>
${keyFigures(report)}
<div class="reasons">
<div><h2>Because</h2>${sentences(because, "No reason was recorded.")}</div>
<div><h2>This would change if</h2>${sentences(unless, "Nothing was recorded that would change it.")}</div>
</div>
</section>`;
}

/** How much was compared, in one sentence. */
function scope({ approaches, questions, corpus }: ComparisonReport): string {
  const measured = approaches.filter(isScored);
  if (measured.length === 0) return "No approach was measured.";
  const yardsticks = measured.filter(({ yardstick }) => yardstick).length;
  const beside = yardsticks > 0 ? ` and ${counted(yardsticks, "yardstick")}` : "";
  const asked = `${counted(questions.count, "held-out question")} (${questions.answerable} answerable)`;
  return `${counted(measured.length - yardsticks, "approach").replace("approachs", "approaches")}${beside} measured on the same ${asked}, over ${counted(corpus.documents, "document")}.`;
}

function keyFigures(report: ComparisonReport): Html | null {
  const leader = leaderOf(report);
  if (leader === undefined) return null;
  const { name, scores, latencyMs, costUsd } = leader;
  const quality = knownSummary(scores["quality"]);
  const interval = quality && `95% interval ${points(quality.low)} to ${points(quality.high)}`;
  const title =
    name === report.recommendation.approach ? `Key figures of ${name}` : `Key figures of ${name}, the best measured`;
  const isShown = name !== report.recommendation.approach;
  return html`${isShown && html`<p class="note">${title}:</p>`}<dl class="figures" aria-label="${title}">
${figure("Quality", points(quality?.mean), interval ?? "no answer could be scored")}
${figure("Answers within", milliseconds(latencyMs.p50), `half of them; 95% within ${milliseconds(latencyMs.p95)}`)}
${figure("Cost per 1,000 questions", perThousand(costUsd.perQuery), costUsd.perQuery === null ? (leader.costReason ?? "the price is unknown") : "US dollars")}
${figure("Questions scored", quality === undefined ? "0" : String(quality.n), coverageWords(report, quality?.missing ?? 0))}
${figure("Smallest visible difference", points(report.detectableDifference), report.detectableDifference === null ? "cannot be said here" : "points of quality, between the two that are hardest to compare")}
</dl>`;
}

/** The recommended approach, else the best that is no yardstick. */
export function leaderOf({ approaches, recommendation }: ComparisonReport): ScoredApproach | undefined {
  const scored = ranked(approaches).filter(isScored);
  return scored.find(({ name }) => name === recommendation.approach) ?? scored.find(({ yardstick }) => !yardstick);
}

function coverageWords({ questions }: ComparisonReport, missing: number): string {
  return missing > 0 ? `of ${questions.count}; ${missing} could not be scored` : `of ${questions.count}`;
}

function figure(term: string, value: string, remark: HtmlPart): Html {
  const className = value === unknown ? "value missing" : "value";
  return html`<div><dt>${term}</dt><dd><span class="${className}">${value}</span> <span class="remark">${remark}</span></dd></div>`;
}

/** Warnings come first in weight: they limit what the verdict says. */
function sentences(list: readonly string[], none: string): Html {
  if (list.length === 0) return html`<p>${none}</p>`;
  return html`<ul>${list.map((one) => html`<li${one.startsWith("WARNING") && html` class="warning"`}>${one}</li>`)}</ul>`;
}
