// `assay judge check`: a judge against labels that people gave, and what its errors do to the rates it reports.
import { readFile } from "node:fs/promises";
import { AssayError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import { correctedRate, type JudgeErrors } from "../../evaluation/judges/agreement.ts";
import { checkJudge, type JudgeCheck } from "../../evaluation/judges/check-judge.ts";
import type { Judge } from "../../evaluation/judges/judge.ts";
import { type Labels, parseLabels } from "../../evaluation/judges/labels-file.ts";
import { createAnalyser, detectLanguages } from "../../text/analyser.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { priceBookOf } from "../wiring/prices.ts";
import { judgeOf, judgeVersionOf } from "./judge.ts";

export type JudgeCheckOptions = {
  readonly labels: string;
  /** Default: the configured judge. */
  readonly judge?: string;
  readonly progress: Progress;
};

/** The JSON of `assay judge check`. */
export type JudgeCheckResult = JudgeCheck & {
  readonly judge: string;
  readonly version: string;
  readonly labels: { readonly claims: number; readonly pairs: number };
};

/** The errors are remembered: from then on `compare` states rates corrected by them. */
export async function judgeCheck(context: ProjectContext, options: JudgeCheckOptions): Promise<JudgeCheckResult> {
  const labels = await readLabels(options.labels);
  const { evaluation } = context.config;
  const judge = await judgeFor(context, options.judge ?? evaluation.judge, labels);
  const { concurrency, seed } = evaluation;
  const check = await checkJudge(judge, labels, { concurrency, seed, progress: options.progress });
  if (check.claims) writeJudgeErrors(context, judge.name, judge.version, check.claims);
  const counts = { claims: labels.claims.length, pairs: labels.pairs.length };
  return { judge: judge.name, version: judge.version, labels: counts, ...check };
}

async function judgeFor(context: ProjectContext, name: string, labels: Labels): Promise<Judge> {
  if (name === "none") {
    throw new AssayError({
      code: "bad-usage",
      message: 'no judge is configured (evaluation.judge is "none")',
      remedy: "name one: `assay judge check --labels FILE --judge embedded/lexical`",
    });
  }
  const texts = [...labels.claims.map(({ claim }) => claim), ...labels.pairs.map(({ question }) => question)];
  const analyser = createAnalyser({ languages: detectLanguages(texts) });
  return judgeOf(context, name, analyser, { costModel: await priceBookOf(context.config) });
}

async function readLabels(path: string): Promise<Labels> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new AssayError({ code: "not-found", message: `${path}: cannot be read`, remedy: "check --labels", cause });
  });
  const { issues, ...labels } = parseLabels(text);
  const [first] = issues;
  if (first) {
    const more = issues.length > 1 ? ` (and ${issues.length - 1} more broken lines)` : "";
    throw new AssayError({
      code: "bad-input",
      message: `${path}, line ${first.line}: ${first.message}${more}`,
      remedy: "correct the line and run the command again",
    });
  }
  if (labels.claims.length + labels.pairs.length > 0) return labels;
  throw new AssayError({
    code: "bad-input",
    message: `${path}: no labels`,
    remedy: 'one object a line: {"id":"1","claim":"…","evidence":["…"],"supported":true}',
  });
}

type KnownErrors = JudgeErrors & { readonly version: string };

function writeJudgeErrors(context: ProjectContext, judge: string, version: string, errors: JudgeErrors): void {
  const { sensitivity, specificity } = errors;
  const write = context.database.sqlite.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)");
  const value = JSON.stringify({ version, sensitivity, specificity } satisfies KnownErrors);
  context.database.transaction(() => write.run(`judgeErrors ${judge}`, value));
}

/** Sentences for the report: rates of the configured judge, corrected by what a check of this very version found. */
export function correctedRates(
  context: ProjectContext,
  rates: readonly { readonly approach: string; readonly metric: string; readonly value: number; readonly n: number }[],
): readonly string[] {
  const { judge } = context.config.evaluation;
  const read = context.database.sqlite.prepare("SELECT value FROM meta WHERE key = ?");
  const row = read.get(`judgeErrors ${judge}`) as { value: string } | undefined;
  const errors = row && (JSON.parse(row.value) as KnownErrors);
  if (!errors || errors.version !== judgeVersionOf(judge)) return [];
  const percent = (share: number) => `${(share * 100).toFixed(0)}`;
  const { sensitivity, specificity } = errors;
  const head = `The judge ${judge}, checked against people, finds ${percent(sensitivity.value)} of 100 supported claims and ${percent(specificity.value)} of 100 others (n ${sensitivity.n} and ${specificity.n}).`;
  const corrected = rates.flatMap(({ approach, metric, value, n }) => {
    const rate = correctedRate({ value, n }, errors);
    if (rate === null) return [`${metric} of ${approach} cannot be corrected: the judge is no better than chance.`];
    return [
      `Corrected for the judge's errors, ${metric} of ${approach} is ${percent(rate.value)} (${percent(rate.low)}–${percent(rate.high)}) instead of ${percent(value)}.`,
    ];
  });
  return [head, ...corrected];
}
