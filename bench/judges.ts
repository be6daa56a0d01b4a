// `npm run bench -- judges --data DIR [--judge provider/model]`: a judge beside people's labels. WiCE: claims against web pages;
// LLMBar: pairs of answers; HaluEval: whole answers, with no evidence but the question. Thresholds were chosen on WiCE dev only.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { identityOf } from "../src/core/component.ts";
import { correctedRate, type JudgeAgreement, judgeAgreement, type Share } from "../src/evaluation/judges/agreement.ts";
import { checkJudge, type JudgeCheck } from "../src/evaluation/judges/check-judge.ts";
import type { Judge } from "../src/evaluation/judges/judge.ts";
import type { Labels } from "../src/evaluation/judges/labels-file.ts";
import { lexicalJudge } from "../src/evaluation/judges/lexical-judge.ts";
import { modelJudge } from "../src/evaluation/judges/model-judge.ts";
import { resolveChatModel } from "../src/models/registry.ts";
import { createAnalyser } from "../src/text/analyser.ts";
import { type BenchOptions, markdownTable } from "./tables.ts";

const pairSets = ["Natural", "adv-Neighbor", "adv-GPTInst", "adv-GPTOut", "adv-Manual"];

export async function benchJudges({ data, judge: name }: BenchOptions): Promise<string> {
  const judge = name === undefined ? wordJudge() : modelJudge(await resolveChatModel(name));
  const check = (labels: Labels) => checkJudge(judge, labels, { concurrency: 4 });
  const tables = [`Judge: ${judge.name}, version ${judge.version}`];
  const claimRows: string[][] = [];
  for (const part of ["dev", "test"]) {
    const labels = wice(join(data, "judge/wice", `claim.${part}.jsonl.gz`));
    if (labels) claimRows.push(claimRow(`WiCE ${part}: claim supported by the page`, await check(labels)));
  }
  const answers = halueval(join(data, "judge/halueval/general_data.jsonl.gz"));
  if (answers) claimRows.push(await answerRow(judge, answers));
  tables.push(
    markdownTable(
      ["set", "n", "agreement", "kappa", "sensitivity", "specificity", "people's rate", "judge's rate", "corrected"],
      claimRows,
    ),
  );
  const pairRows: string[][] = [];
  for (const part of pairSets) {
    const labels = llmbar(join(data, "judge/llmbar", `${part}.json`));
    if (labels) pairRows.push(pairRow(`LLMBar ${part}`, await check(labels)));
  }
  tables.push(
    markdownTable(["set", "n", "prefers what people prefer", "same verdict in both orders", "undecided"], pairRows),
  );
  return tables.join("\n\n");
}

function wordJudge(): Judge {
  const analyser = createAnalyser({ languages: ["en"] });
  return lexicalJudge({ terms: (text) => analyser.terms(text), termsIdentity: identityOf(analyser) });
}

function linesOf<T>(path: string): readonly T[] | undefined {
  if (!existsSync(path)) {
    process.stderr.write(`skipped: ${path} not found\n`);
    return undefined;
  }
  const text = gunzipSync(readFileSync(path)).toString("utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

function wice(path: string): Labels | undefined {
  const rows = linesOf<{ label: string; claim: string; evidence: string[] }>(path);
  const claims = rows?.map(({ label, claim, evidence }, at) => ({
    id: `${at}`,
    claim,
    evidence: [evidence.join("\n\n")],
    supported: label === "supported",
  }));
  return claims && { claims, pairs: [] };
}

function llmbar(path: string): Labels | undefined {
  if (!existsSync(path)) return undefined;
  const rows = JSON.parse(readFileSync(path, "utf8")) as {
    input: string;
    output_1: string;
    output_2: string;
    label: 1 | 2;
  }[];
  const pairs = rows.map((row, at) => ({
    id: `${at}`,
    question: row.input,
    first: row.output_1,
    second: row.output_2,
    better: row.label === 1 ? ("first" as const) : ("second" as const),
  }));
  return { claims: [], pairs };
}

type LabelledAnswer = {
  readonly user_query: string;
  readonly chatgpt_response: string;
  readonly hallucination: "yes" | "no";
};

function halueval(path: string): readonly LabelledAnswer[] | undefined {
  return linesOf<LabelledAnswer>(path);
}

/** An answer is called faithful where every claim of it follows from the question, which is all there is to check against. */
async function answerRow(judge: Judge, answers: readonly LabelledAnswer[]): Promise<string[]> {
  const verdicts: { people: boolean; judge: boolean }[] = [];
  for (const { user_query: question, chatgpt_response: text, hallucination } of answers) {
    const claims = await judge.claims({ question, text });
    if (claims.status === "failed") continue;
    const support = await judge.support({ claims: claims.value, evidence: [question] });
    if (support.status === "failed") continue;
    verdicts.push({ people: hallucination === "no", judge: support.value.every(({ supported }) => supported) });
  }
  return agreementRow("HaluEval general: answer without hallucination", judgeAgreement(verdicts));
}

function claimRow(name: string, { claims, missing }: JudgeCheck): string[] {
  if (claims === null) return [name, `0, ${missing} missing`];
  return agreementRow(missing > 0 ? `${name} (${missing} missing)` : name, claims);
}

function agreementRow(name: string, agreement: JudgeAgreement): string[] {
  const { kappa, rateByJudge, rateByPeople, sensitivity, specificity } = agreement;
  const corrected = correctedRate(rateByJudge, agreement);
  return [
    name,
    `${agreement.agreement.n}`,
    cell(agreement.agreement),
    kappa ? `${kappa.value.toFixed(2)} (${kappa.low.toFixed(2)}–${kappa.high.toFixed(2)})` : "undefined",
    cell(sensitivity),
    cell(specificity),
    cell(rateByPeople),
    cell(rateByJudge),
    corrected ? cell(corrected) : "no better than chance",
  ];
}

function pairRow(name: string, { pairs, missing }: JudgeCheck): string[] {
  if (pairs === null) return [name, `0, ${missing} missing`];
  return [name, `${pairs.correct.n}`, cell(pairs.correct), cell(pairs.consistent), cell(pairs.undecided)];
}

function cell({ value, low, high }: Share): string {
  const percent = (share: number) => (share * 100).toFixed(1);
  return `${percent(value)} (${percent(low)}–${percent(high)})`;
}
