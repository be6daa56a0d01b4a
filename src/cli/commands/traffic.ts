// assay traffic
import type { Command } from "commander";
import pc from "picocolors";
import { AssayError } from "../../core/errors.ts";
import type { TrafficPeriod } from "../../project/serve/traffic.ts";
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
};

export const registerTraffic: Register = (program: Command, setExitCode) => {
  const command = program
    .command("traffic")
    .description("what the server was asked: refusals, ratings, latency and cost over time; exit 1 beyond a limit")
    .option("--days <n>", "how far back; the newer half is held against the older", "14")
    .option("--max-declined <share>", "alert where more was declined, 0 to 1")
    .option("--max-failed <share>", "alert where more failed, 0 to 1")
    .option("--max-disliked <share>", "alert where more of the rated answers were disliked, 0 to 1")
    .option("--max-p95-ms <ms>", "alert where the 95th percentile took longer")
    .option("--max-usd <usd>", "alert where more was spent");
  withCommonOptions(command).action(async (options: Options) => {
    const traffic = await withProject(options, async (context) => {
      const { readTraffic } = await import("../../project/serve/traffic.ts");
      return readTraffic(context.database, Math.max(2, numberOf("--days", options.days) ?? 14), {
        ...limit("maxDeclinedShare", "--max-declined", options.maxDeclined),
        ...limit("maxFailedShare", "--max-failed", options.maxFailed),
        ...limit("maxDislikedShare", "--max-disliked", options.maxDisliked),
        ...limit("maxP95Ms", "--max-p95-ms", options.maxP95Ms),
        ...limit("maxUsd", "--max-usd", options.maxUsd),
      });
    });
    if (options.json) printJson(traffic);
    else {
      printLine(pc.dim("days                     answers  declined  failed  disliked  p50 ms  p95 ms      USD"));
      for (const period of [traffic.before, traffic.recent]) printLine(lineOf(period));
      for (const alert of traffic.alerts) printLine(`${pc.red("alert")} ${alert}`);
    }
    if (traffic.alerts.length > 0) setExitCode(1);
  });
};

function limit<Name extends string>(name: Name, option: string, text: string | undefined): { [key in Name]?: number } {
  const value = numberOf(option, text);
  return (value === undefined ? {} : { [name]: value }) as { [key in Name]?: number };
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
