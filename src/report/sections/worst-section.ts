// The questions that the leading approach did worst on: what was asked, what each approach said, and what it had seen.
import type { ComparisonReport, ReportedAnswer, ReportedQuestion } from "../../core/comparison.ts";
import { points } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import { passageList, passagesOf } from "./passages.ts";
import { fold } from "./table.ts";
import { leaderOf } from "./verdict.ts";

const mostQuestions = 25;
const longestSummary = 160;

export function worstSection(report: ComparisonReport): Html | null {
  const leader = report.worst[0]?.answers[0]?.approach ?? leaderOf(report)?.name;
  if (report.worst.length === 0 || leader === undefined) return null;
  const shown = report.worst.slice(0, mostQuestions);
  return html`<section id="worst" aria-labelledby="worst-title">
<h2 id="worst-title">Worst questions of ${leader}</h2>
<p class="note">${shown.length === 1 ? "One question" : `${shown.length} questions`} where ${leader} lost most quality, surest mistakes first. <span class="on-screen">Open one to see what it answered, what the others answered and which passages they had seen; <mark class="gold">gold</mark> passages hold the evidence that the question names.</span><span class="on-paper">What the others answered, and the passages, are in the page itself.</span></p>
${shown.map((question) => questionFold(question, leader))}
</section>`;
}

/** `leader`: whose score and answer come first; null where nobody leads. */
export function questionFold(question: ReportedQuestion, leader: string | null): Html {
  const own = question.answers.find(({ approach }) => approach === leader);
  const score = own && html`<span class="score">${points(own.quality)}</span> `;
  const summary = html`${score}<span class="asked" dir="auto">${shortened(question.text)}</span> <span class="tag plain">${question.kind ?? question.id}</span>`;
  return fold(summary, questionBody(question, leader), "question");
}

function questionBody(question: ReportedQuestion, leader: string | null): Html {
  const { id, kind, text, answers } = question;
  const inOrder = [...answers].sort((a, b) => Number(b.approach === leader) - Number(a.approach === leader));
  const passages = passagesOf(inOrder);
  return html`<div class="inside">
<h3 class="label">Question <code>${id}</code>${kind !== undefined && html`, ${kind}`}</h3>
<p class="text" dir="auto">${text}</p>
<h3 class="label">Expected</h3>
${expected(question)}
<h3 class="label">Answered</h3>
<ul class="answers">${inOrder.map((answer) => html`<li${answer.approach === leader && html` class="own"`}>${answerBlock(answer)}</li>`)}</ul>
${passageList(passages, question.gold)}
</div>`;
}

function expected({ answerable, references }: ReportedQuestion): Html {
  if (!answerable) return html`<p>To decline: the documents do not answer this.</p>`;
  if (references.length === 0) return html`<p>No reference answer; judged by rules or by evidence.</p>`;
  if (references.length === 1) return html`<p class="text" dir="auto">${references[0]}</p>`;
  return html`<ul class="text">${references.map((reference) => html`<li dir="auto">${reference}</li>`)}</ul>`;
}

function answerBlock({ approach, outcome, text, quality, citations }: ReportedAnswer): Html {
  const cited =
    citations.length > 0 &&
    html`<ul class="citations">${citations.map(
      ({ source, page, quote }) =>
        html`<li><cite>${source}${page !== undefined && `, page ${page}`}</cite>: <q dir="auto">${quote}</q></li>`,
    )}</ul>`;
  const said = text === "" ? html`<p class="text empty">no text</p>` : html`<p class="text" dir="auto">${text}</p>`;
  return html`<p class="who"><span class="name">${approach}</span> <span class="outcome ${outcome}">${outcome}</span> quality ${points(quality)}</p>${said}${cited}`;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  const characters = [...line];
  return characters.length > longestSummary ? `${characters.slice(0, longestSummary).join("").trimEnd()}…` : line;
}
