// What each approach costs to set up, to run and to keep up to date, and from which volume one pays against another.
import type { ComparisonReport } from "../../core/comparison.ts";
import type { Amount, ApproachMoney, ChangeCost, MoneyReport } from "../../core/money.ts";
import { milliseconds, wholeNumber } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import { breakEvenSentence, exactDollars, returnSentence } from "../money-figures.ts";
import { breakEvenFigure } from "./break-even-figure.ts";
import { fold, numberColumn, table, textColumn } from "./table.ts";

/** Null where a report holds no costs. */
export function moneySection(report: ComparisonReport): Html | null {
  const { money } = report;
  if (money === undefined || money.approaches.length === 0) return null;
  const { queriesPerMonth, breakEven } = money;
  const volume =
    queriesPerMonth === null
      ? "No monthly volume is configured, so there is no cost per month."
      : `At ${wholeNumber(queriesPerMonth)} questions a month.`;
  return html`<section id="costs" aria-labelledby="costs-title">
<h2 id="costs-title">Costs</h2>
<p class="note">US dollars. ${volume} A dash is an unknown amount with its reason below it, never a zero.</p>
${costTable(money)}
${breakEvenFigure(report)}
${breakEven.length > 0 && fold("Where two approaches cost the same", list(breakEven.map(breakEvenSentence)))}
${money.sensitivity.length > 0 && fold("What a month costs if one assumption changes", sensitivityTable(money))}
${money.returns.length > 0 && fold(`What a higher upfront cost gives back within ${money.horizonMonths} months`, list(money.returns.map(returnSentence)))}
${fold("What these costs assume, and what is not counted", html`${list(money.assumptions)}${notCounted(money.approaches)}`)}
</section>`;
}

/** Without a volume there is no month to show. */
function costTable({ approaches, queriesPerMonth }: MoneyReport): Html {
  const hasMonth = queriesPerMonth !== null;
  const columns = [
    textColumn("approach"),
    numberColumn("per 1,000 questions"),
    numberColumn("upfront"),
    numberColumn("fixed per month"),
    ...(hasMonth ? [numberColumn("per month")] : []),
    textColumn("when a document changes"),
    textColumn("when behaviour changes"),
  ];
  const rows = approaches.map((one) => ({
    header: html`<span class="name">${one.approach}</span>${one.traits.offline && html`<span class="part">no call leaves the machine</span>`}`,
    cells: [
      amountCell(one.perQuery, 1000),
      amountCell(one.upfront),
      amountCell(one.fixedPerMonth),
      ...(hasMonth ? [amountCell(one.monthly)] : []),
      changeCell(one.documentChange),
      changeCell(one.behaviourChange),
    ],
  }));
  return table("Costs", columns, [{ rows }]);
}

function amountCell({ usd, reason }: Amount, times = 1): Html {
  return html`${exactDollars(usd === null ? null : usd * times)}${reason !== undefined && html`<span class="coverage reason">${reason}</span>`}`;
}

function changeCell(change: ChangeCost): Html {
  const time = change.ms !== null && change.ms > 0 && `, served after ${milliseconds(change.ms)}`;
  return html`${amountCell(change)}<span class="coverage reason">${change.work}${time}</span>`;
}

/** Upfront spread over the horizon. */
function sensitivityTable({ approaches, sensitivity, horizonMonths }: MoneyReport): Html {
  const names = approaches.map(({ approach }) => approach);
  const columns = [textColumn("change"), ...names.map(numberColumn), textColumn("cheapest, quality aside")];
  const rows = sensitivity.map(({ change, monthlyUsd, cheapest }) => ({
    header: change,
    cells: [...names.map((name) => exactDollars(monthlyUsd[name])), cheapest ?? "not known"],
  }));
  return html`<p class="note">Dollars a month, upfront cost spread over ${horizonMonths} months.</p>${table("What a month costs if one assumption changes", columns, [{ rows }])}`;
}

function notCounted(approaches: readonly ApproachMoney[]): Html | null {
  const items = [...new Set(approaches.flatMap((one) => one.notCounted))];
  if (items.length === 0) return null;
  const sentences = items.map((item) => {
    const names = approaches.filter((one) => one.notCounted.includes(item)).map(({ approach }) => approach);
    return `${item}: ${names.length === approaches.length ? "all" : names.join(", ")}`;
  });
  return html`<h3>In no figure above, because the config does not state it</h3>${list(sentences)}`;
}

function list(sentences: readonly string[]): Html {
  return html`<ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>`;
}
