// The comparison as Markdown: for a pull request or a wiki page.
import type { ComparisonReport } from "../core/comparison.ts";
import { points, pValue } from "./figures.ts";
import { breakEvenSentence, exactDollars } from "./money-figures.ts";
import { scoreboard, scoreboardColumns } from "./scoreboard.ts";
import { verdictWords } from "./verdict-words.ts";

export function renderMarkdown(report: ComparisonReport): string {
  const { recommendation, questions, corpus } = report;
  return `${[
    `# ${report.project}: which approach to ship`,
    verdictLine(report),
    bullets(recommendation.because),
    "This would change if:",
    bullets(recommendation.unless),
    `## Scoreboard`,
    `${questions.count} held-out questions (${questions.answerable} answerable), ${corpus.documents} documents, ${corpus.chunks} chunks. Scores in points of 100.`,
    scoreboardTable(report),
    "## Pairs",
    pairsTable(report),
    ...kindAdvice(report),
    ...costs(report),
    "## Assumptions",
    bullets(report.assumptions),
    `Made ${report.createdAt} by \`${report.command}\`.`,
  ].join("\n\n")}\n`;
}

function verdictLine({ recommendation }: ComparisonReport): string {
  const { before, name, after } = verdictWords(recommendation);
  return name === "" ? `**${before}**` : `**${before}\`${name}\`${after}**`;
}

function scoreboardTable(report: ComparisonReport): string {
  const rows = scoreboard(report.approaches, report.recommendation.approach).map(
    ({ name, cells, yardstick, recommended, reason }) => {
      const label = recommended ? `**${name}**` : yardstick ? `*${name}*` : name;
      return row([label, ...(cells ?? [`not run: ${reason}`, ...scoreboardColumns.slice(1).map(() => "")])]);
    },
  );
  return [row(["approach", ...scoreboardColumns]), row(["---", ...scoreboardColumns.map(() => "---:")]), ...rows].join(
    "\n",
  );
}

function pairsTable(report: ComparisonReport): string {
  const rows = report.pairs
    .filter(({ metric }) => metric === "quality")
    .map((pair) =>
      row([
        pair.a,
        pair.b,
        points(pair.difference),
        `${points(pair.low)} to ${points(pair.high)}`,
        pValue(pair.pAdjusted),
      ]),
    );
  return [
    row(["a", "b", "quality a − b", "95% interval", "p (Holm)"]),
    row(["---", "---", "---:", "---:", "---:"]),
    ...rows,
  ].join("\n");
}

function kindAdvice({ adviceByKind = [] }: ComparisonReport): readonly string[] {
  if (adviceByKind.length === 0) return [];
  return ["## By kind of question", bullets(adviceByKind.map(({ kind, because }) => `${kind}: ${because}`))];
}

function costs({ money }: ComparisonReport): readonly string[] {
  if (money === undefined || money.approaches.length === 0) return [];
  const heads = ["approach", "per 1,000 questions", "upfront", "per month", "a document changes", "behaviour changes"];
  const rows = money.approaches.map(({ approach, perQuery, upfront, monthly, documentChange, behaviourChange }) =>
    row([
      approach,
      exactDollars(perQuery.usd === null ? null : perQuery.usd * 1000),
      exactDollars(upfront.usd),
      exactDollars(monthly.usd),
      `${exactDollars(documentChange.usd)}: ${documentChange.work}`,
      `${exactDollars(behaviourChange.usd)}: ${behaviourChange.work}`,
    ]),
  );
  const table = [row(heads), row(["---", "---:", "---:", "---:", "---", "---"]), ...rows].join("\n");
  return ["## Costs", table, bullets(money.breakEven.map(breakEvenSentence))];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}

function bullets(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${sentence}`).join("\n");
}
