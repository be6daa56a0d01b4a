// assay decide
import type { Command } from "commander";
import pc from "picocolors";
import type { DecideResult } from "../../project/decision/decide.ts";
import {
  answerFrom,
  type DecideAnswers,
  parseAnswers,
  questionnaire,
  readAnswers,
} from "../../project/decision/decide-answers.ts";
import {
  type CommonOptions,
  fromWorkingDirectory,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
  withProject,
} from "../common-options.ts";
import { askQuestionnaire } from "../questionnaire.ts";

type Options = CommonOptions & {
  readonly answers?: string;
  readonly threshold: readonly string[];
} & Readonly<Record<string, unknown>>;

export const registerDecide: Register = (program: Command) => {
  const command = program
    .command("decide")
    .description("what to expect before measuring, why, and whether the last comparison agrees")
    .option("--answers <file>", "JSON object with answers instead of the questionnaire")
    .option("--threshold <name=value>", "replace a published threshold; may be repeated", collect, []);
  for (const { key, text } of questionnaire) command.option(`--${flagOf(key)} <answer>`, text);
  withCommonOptions(command).action(async (options: Options) => {
    const given = await givenAnswers(options);
    const result = await withProject(options, async (context) => {
      const { decide, shownByProject } = await import("../../project/decision/decide.ts");
      const typed = isInteractive(options, given)
        ? await askQuestionnaire(questionnaire, await shownByProject(context))
        : {};
      return decide(context, merged(given, parseAnswers(read(typed), "the questionnaire")));
    });
    if (options.json) printJson(result);
    else printDecision(result);
  });
};

/** Flags outrank the file. */
async function givenAnswers(options: Options): Promise<DecideAnswers> {
  const flags = questionnaire.flatMap(({ key }) => {
    const said = options[key];
    return typeof said === "string" ? [[key, said] as const] : [];
  });
  const thresholds = options.threshold.map((pair) => {
    const [name = "", value = ""] = pair.split("=");
    return [name, answerFrom(value)] as const;
  });
  const fromFlags = {
    ...read(Object.fromEntries(flags)),
    ...(thresholds.length > 0 ? { thresholds: Object.fromEntries(thresholds) } : {}),
  };
  const fromFile =
    options.answers === undefined ? parseAnswers({}, "") : await readAnswers(fromWorkingDirectory(options.answers));
  return merged(fromFile, parseAnswers(fromFlags, "flags"));
}

function merged(base: DecideAnswers, above: DecideAnswers): DecideAnswers {
  return {
    situation: { ...base.situation, ...above.situation },
    thresholds: { ...base.thresholds, ...above.thresholds },
  };
}

function read(typed: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(typed).map(([key, text]) => [key, answerFrom(text)]));
}

/** Only a person at a terminal who has said nothing yet is asked. */
function isInteractive({ json }: Options, { situation }: DecideAnswers): boolean {
  return !json && Object.keys(situation).length === 0 && Boolean(process.stdin.isTTY && process.stdout.isTTY);
}

function printDecision(result: DecideResult): void {
  const { approach, ranking, reasons, thresholds, unanswered, measurements, lastComparison } = result;
  printLine(
    approach === null ? "Nothing was said that speaks for an approach." : `Prior: ${pc.bold(pc.green(approach))}`,
  );
  for (const { reason, kindOfSource } of reasons) printLine(`  • ${reason} ${pc.dim(`[${kindOfSource}]`)}`);
  if (approach !== null)
    printLine(`Ranking: ${ranking.map((one) => `${one.approach} ${signed(one.points)}`).join(", ")}`);
  printLine(pc.bold("Measurements outrank this:"));
  for (const measurement of measurements) printLine(`  • ${measurement}`);
  if (unanswered.length > 0) printLine(`Not said: ${unanswered.map(({ key }) => `--${flagOf(key)}`).join(", ")}`);
  printLine(
    pc.dim(
      `Thresholds (--threshold name=value): ${thresholds.map(({ name, value, overridden }) => `${name}=${value}${overridden ? " (set here)" : ""}`).join(", ")}`,
    ),
  );
  printLine(`Last comparison: ${pc.bold(lastComparison.verdict)}. ${lastComparison.because}`);
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function flagOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function signed(points: number): string {
  return points > 0 ? `+${points}` : String(points);
}
