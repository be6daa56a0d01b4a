// The bill as a terminal shows it: costs, break-even, what would change it, and every assumption.
import pc from "picocolors";
import type { Amount, ApproachMoney, BreakEvenPair, MoneyReport } from "../core/money.ts";
import { unknown, wholeNumber } from "./figures.ts";
import { breakEvenSentence, exactDollars, returnSentence } from "./money-figures.ts";

export function renderMoney(money: MoneyReport): string {
  const { approaches, breakEven, sensitivity, returns, assumptions, queriesPerMonth, horizonMonths } = money;
  return [
    heading(`Costs at ${wholeNumber(queriesPerMonth ?? 0)} questions a month`),
    ...table(costHeads, approaches.map(costCells)),
    ...unknownLines(approaches),
    heading("Where two approaches cost the same"),
    ...(breakEven.length > 0 ? breakEven.map(breakEvenLine) : ["  One approach alone has nothing to break even with."]),
    heading(`A month's cost, upfront spread over ${horizonMonths} months, if one assumption changes`),
    ...table(
      ["", ...approaches.map(({ approach }) => approach), "cheapest, quality aside"],
      sensitivity.map(({ change, monthlyUsd, cheapest }) => [
        change,
        ...approaches.map(({ approach }) => exactDollars(monthlyUsd[approach])),
        cheapest ?? unknown,
      ]),
    ),
    ...(returns.length > 0
      ? [
          heading(`Return on the extra upfront cost within ${horizonMonths} months`),
          ...returns.map((one) => `  • ${returnSentence(one)}`),
        ]
      : []),
    heading("Assumed"),
    ...assumptions.map((sentence) => `  • ${sentence}`),
    heading("In no figure above, because the config does not state it"),
    ...notCountedLines(approaches),
  ].join("\n");
}

const costHeads = ["", "per 1,000", "upfront", "per month", "one document changes", "behaviour changes"];

function costCells(money: ApproachMoney): readonly string[] {
  const { approach, perQuery, upfront, monthly, documentChange, behaviourChange } = money;
  return [
    approach,
    exactDollars(perQuery.usd === null ? null : perQuery.usd * 1000),
    exactDollars(upfront.usd),
    exactDollars(monthly.usd),
    `${exactDollars(documentChange.usd)} (${documentChange.work.split(":")[0]})`,
    `${exactDollars(behaviourChange.usd)} (${behaviourChange.work})`,
  ];
}

function unknownLines(approaches: readonly ApproachMoney[]): readonly string[] {
  const reasons = (money: ApproachMoney): readonly Amount[] => [money.perQuery, money.upfront, money.fixedPerMonth];
  const lines = approaches.flatMap((money) => {
    const found = [...new Set(reasons(money).flatMap(({ reason }) => (reason === undefined ? [] : [reason])))];
    return found.map((reason) => pc.yellow(`  ${money.approach}: unknown, because ${reason}`));
  });
  return [...new Set(lines)];
}

function breakEvenLine(pair: BreakEvenPair): string {
  return `  • ${breakEvenSentence(pair)}`;
}

function notCountedLines(approaches: readonly ApproachMoney[]): readonly string[] {
  const byItem = new Map<string, string[]>();
  for (const { approach, notCounted } of approaches) {
    for (const item of notCounted) byItem.set(item, [...(byItem.get(item) ?? []), approach]);
  }
  const names = (of: readonly string[]) => (of.length === approaches.length ? "all" : of.join(", "));
  return [...byItem].map(([item, of]) => pc.dim(`  • ${names(of)}: ${item}`));
}

function heading(text: string): string {
  return `\n${pc.bold(text)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join("  ")}`.trimEnd();
  return [pc.dim(line(head)), ...rows.map(line)];
}
