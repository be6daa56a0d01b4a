// assay traffic
import type { Command } from "commander";
import pc from "picocolors";
import { AssayError } from "../../core/errors.ts";
import type { Traffic, TrafficFigures, TrafficPeriod } from "../../project/serve/traffic.ts";
import { figureNames, metricNames, type TrafficLimits } from "../../project/serve/traffic-limits.ts";
import {
  type CommonOptions,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
  withProject,
} from "../common-options.ts";

type Options = CommonOptions & {
  readonly days: string;
  readonly maxDeclined?: string;
  readonly maxFailed?: string;
  readonly maxDisliked?: string;
  readonly maxP95Ms?: string;
  readonly maxUsd?: string;
  readonly max: readonly string[];
  readonly min: readonly string[];
};

export const registerTraffic: Register = (program: Command, setExitCode) => {
  const command = program
    .command("traffic")
    .description(
      "what the server was asked: refusals, ratings, scores, latency and cost over time; exit 1 beyond a limit",
    )
    .option("--days <n>", "how far back; the newer half is held against the older", "14")
    .option("--max-declined <share>", "alert where more was declined, 0 to 1")
    .option("--max-failed <share>", "alert where more failed, 0 to 1")
    .option("--max-disliked <share>", "alert where more of the rated answers were disliked, 0 to 1")
    .option("--max-p95-ms <ms>", "alert where the 95th percentile took longer")
    .option("--max-usd <usd>", "alert where more was spent")
    .option("--max <figure=number>", "alert where a figure is above: declined, p95Ms, …, or a metric", gathered, [])
    .option("--min <figure=number>", "alert where a figure is below, e.g. faithfulness=0.8", gathered, []);
  withCommonOptions(command).action(async (options: Options) => {
    const traffic = await withProject(options, async (context) => {
      const { readTraffic } = await import("../../project/serve/traffic.ts");
      return readTraffic(context.database, Math.max(2, numberOf("--days", options.days) ?? 14), limitsOf(options));
    });
    if (options.json) printJson(traffic);
    else {
      printLine(pc.dim("days                     answers  declined  failed  disliked  p50 ms  p95 ms      USD"));
      for (const period of [traffic.before, traffic.recent]) printLine(lineOf(period));
      printQuality(traffic);
      for (const alert of traffic.alerts) printLine(`${pc.red("alert")} ${alert}`);
    }
    if (traffic.alerts.length > 0) setExitCode(1);
  });
};

function gathered(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function limitsOf(options: Options): TrafficLimits {
  const named = [
    ["declined", "--max-declined", options.maxDeclined],
    ["failed", "--max-failed", options.maxFailed],
    ["disliked", "--max-disliked", options.maxDisliked],
    ["p95Ms", "--max-p95-ms", options.maxP95Ms],
    ["usd", "--max-usd", options.maxUsd],
  ].flatMap(([figure, option, text]) => (text === undefined ? [] : [[figure, numberOf(option!, text)]]));
  const bounds = (option: string, given: readonly string[]) =>
    given.map((one) => {
      const [figure = "", text = ""] = one.split("=");
      requireFigure(option, figure);
      return [figure, numberOf(`${option} ${figure}`, text)];
    });
  return {
    max: Object.fromEntries([...named, ...bounds("--max", options.max)]),
    min: Object.fromEntries(bounds("--min", options.min)),
  };
}

/** A limit on what nobody measures could never be broken: it is a mistake. */
function requireFigure(option: string, figure: string): void {
  const known: readonly string[] = [...figureNames, ...metricNames];
  if (known.includes(figure)) return;
  throw new AssayError({
    code: "bad-usage",
    message: `${option} ${figure}: no such figure`,
    remedy: `choose among ${known.join(", ")}`,
  });
}

/** Scores of the sample, what has moved more than chance would, and approaches beside each other where there are several. */
function printQuality({ recent, before, drift, approaches, shadows }: Traffic): void {
  for (const [metric, { mean, n }] of Object.entries(recent.metrics))
    printLine(`${metric.padEnd(26)} ${meanOf(before.metrics[metric]?.mean)} → ${meanOf(mean)}  (${n} scored)`);
  for (const { figure, before: old, recent: now, pAdjusted, isNotable } of drift)
    if (isNotable)
      printLine(`${pc.yellow("moved")} ${figure}: ${meanOf(old)} → ${meanOf(now)} (p ${pAdjusted.toFixed(3)})`);
  const served = approaches.filter(({ kind }) => kind === "served");
  if (served.length > 1) for (const one of served) printLine(pc.dim(`${one.approach}: ${figuresLine(one)}`));
  for (const { shadow, served: beside, questions, ofShadow, ofServed } of shadows) {
    printLine(`${shadow} as a shadow of ${beside}, on the same ${questions} questions:`);
    printLine(pc.dim(`  ${beside}: ${figuresLine(ofServed)}`));
    printLine(pc.dim(`  ${shadow}: ${figuresLine(ofShadow)}`));
  }
}

function meanOf(value: number | null | undefined): string {
  return value == null ? "–" : value.toFixed(3);
}

function figuresLine({ answers, declinedShare, p95Ms, metrics }: TrafficFigures): string {
  const scores = Object.entries(metrics).map(([metric, { mean }]) => `${metric} ${meanOf(mean)}`);
  const ms = p95Ms === null ? "–" : `${Math.round(p95Ms)} ms`;
  const declined = declinedShare === null ? "–" : `${(declinedShare * 100).toFixed(1)}%`;
  return [`${answers} answers`, `declined ${declined}`, `p95 ${ms}`, ...scores].join(", ");
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new AssayError({
    code: "bad-usage",
    message: `${option} ${text}: expected a number`,
    remedy: "type `assay traffic --help`",
  });
}

function lineOf(period: TrafficPeriod): string {
  const percent = (share: number | null) => (share === null ? "–" : `${(share * 100).toFixed(1)}%`);
  const ms = (value: number | null) => (value === null ? "–" : String(Math.round(value)));
  const cost = `${period.costUsd.toFixed(4)}${period.unpriced > 0 ? "+?" : ""}`;
  const cells: readonly [string, number][] = [
    [String(period.answers), 9],
    [percent(period.declinedShare), 10],
    [percent(period.failedShare), 8],
    [percent(period.dislikedShare), 10],
    [ms(period.p50Ms), 8],
    [ms(period.p95Ms), 8],
    [cost, 9],
  ];
  return `${period.from} – ${period.to}${cells.map(([text, width]) => text.padStart(width)).join("")}`;
}
