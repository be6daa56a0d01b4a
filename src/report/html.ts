// The comparison as one HTML page that needs nothing else: no request, no script. Assembles sections; draws nothing itself.
import type { ComparisonReport } from "../core/comparison.ts";
import { dateAndTime } from "./figures.ts";
import { type Html, html, markupOf, verbatim } from "./html-template.ts";
import { chartSection } from "./sections/chart-section.ts";
import { detailSection } from "./sections/detail-section.ts";
import { disagreementSection } from "./sections/disagreement-section.ts";
import { kindSection } from "./sections/kind-section.ts";
import { leakageSection } from "./sections/leakage-section.ts";
import { methodSection } from "./sections/method-section.ts";
import { moneySection } from "./sections/money-section.ts";
import { pairSection } from "./sections/pair-section.ts";
import { repeatsSection } from "./sections/repeats-section.ts";
import { riskCoverageSection } from "./sections/risk-coverage-section.ts";
import { scoreboardSection } from "./sections/scoreboard-section.ts";
import { stalenessSection } from "./sections/staleness-section.ts";
import { tuningSection } from "./sections/tuning-section.ts";
import { verdictSection } from "./sections/verdict.ts";
import { worstSection } from "./sections/worst-section.ts";
import { stylesheet } from "./style.ts";

type PageSection = { readonly id: string; readonly title: string; readonly content: Html | null };

/** The policy holds even if escaping failed: the page can run nothing and fetch nothing. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export function renderHtml(report: ComparisonReport): string {
  const sections = sectionsOf(report).filter(({ content }) => content !== null);
  const verdict =
    report.recommendation.approach === null ? "no recommendation" : `ship ${report.recommendation.approach}`;
  return `<!doctype html>\n${markupOf(html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="generator" content="Assay">
<title>${report.project}: ${verdict}</title>
<style>${verbatim(stylesheet)}</style>
</head>
<body>
<header><p><span>Assay report</span> <span class="project">${report.project}</span> <time datetime="${report.createdAt}">${dateAndTime(report.createdAt)}</time></p></header>
<main>
${verdictSection(report)}
<nav aria-label="Contents"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
${sections.map(({ content }) => html`${content}\n`)}</main>
</body>
</html>`)}\n`;
}

function sectionsOf(report: ComparisonReport): readonly PageSection[] {
  return [
    { id: "leakage", title: "Leakage warning", content: leakageSection(report) },
    { id: "scoreboard", title: "Scoreboard", content: scoreboardSection(report) },
    { id: "charts", title: "Charts", content: chartSection(report) },
    { id: "kinds", title: "Kinds of question", content: kindSection(report) },
    { id: "pairs", title: "Differences", content: pairSection(report) },
    { id: "risk", title: "Sure and right", content: riskCoverageSection(report) },
    { id: "repeats", title: "Asked again", content: repeatsSection(report) },
    { id: "staleness", title: "Changed documents", content: stalenessSection(report) },
    { id: "disagreements", title: "Disagreements", content: disagreementSection(report) },
    { id: "worst", title: "Worst questions", content: worstSection(report) },
    { id: "costs", title: "Costs", content: moneySection(report) },
    { id: "tuning", title: "Tuned model", content: tuningSection(report) },
    { id: "details", title: "Parts", content: detailSection(report) },
    { id: "method", title: "Method", content: methodSection(report) },
  ];
}
