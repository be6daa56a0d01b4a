// `npm run bench -- metric-parity`: the product's measures against the figures of trec_eval and of the official SQuAD evaluator on
// the files in `metric-parity/`, made for this purpose, and ALCE's and ragas' formulas against a second implementation of them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "../src/core/answers.ts";
import type { HeldOutQuestion } from "../src/core/questions.ts";
import type { Judge } from "../src/evaluation/judges/judge.ts";
import { judgedMetrics } from "../src/evaluation/metrics/judged-metrics.ts";
import { averagePrecision, precisionAt } from "../src/evaluation/metrics/ranking.ts";
import { measureRun, measureTexts, type Qrels, type RunFile, rankedIds } from "../src/evaluation/run-files.ts";
import { seededRandom } from "../src/evaluation/statistics/random.ts";
import { type ClaimCase, independentClaimMeasures } from "./independent-claims.ts";
import { markdownTable } from "./tables.ts";

const folder = join(import.meta.dirname, "metric-parity");
const cutoffs = [1, 5, 10, 100];
const tolerance = 1e-6;

type Parity = { readonly measure: string; readonly against: string; readonly values: number; readonly worst: number };

export async function benchMetricParity(): Promise<string> {
  const rows = [...rankParity(), ...textParity(), ...(await claimParity())];
  const failed = rows.filter(({ worst }) => !(worst <= tolerance));
  if (failed.length > 0) process.exitCode = 1;
  const table = markdownTable(
    ["measure", "against", "values", "largest difference"],
    rows.map(({ measure, against, values, worst }) => [measure, against, `${values}`, worst.toExponential(1)]),
  );
  const verdict =
    failed.length === 0 ? "All agree to 1e-6." : `Disagreeing: ${failed.map(({ measure }) => measure).join(", ")}.`;
  return `${table}\n\n${verdict}`;
}

function linesOf(name: string): readonly string[][] {
  const text = readFileSync(join(folder, name), "utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split(/\s+/));
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(join(folder, name), "utf8")) as T;
}

type Expected = {
  readonly ranks: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly texts: Readonly<Record<string, { readonly exactMatch: number; readonly f1: number }>>;
};

function rankParity(): readonly Parity[] {
  const judgements = Object.entries(Object.groupBy(linesOf("qrels.trec"), ([query = ""]) => query));
  const qrels: Qrels = Object.fromEntries(
    judgements.map(([query, lines = []]) => [
      query,
      Object.fromEntries(lines.map(([, , id, grade]) => [id, Number(grade)])),
    ]),
  );
  const results = Object.entries(Object.groupBy(linesOf("run.trec"), ([query = ""]) => query));
  const run: RunFile = Object.fromEntries(
    results.map(([query, lines = []]) => [
      query,
      lines.map(([, , id = "", , score]) => ({ id, score: Number(score) })),
    ]),
  );
  const { ranks } = readJson<Expected>("expected.json");
  // trec_eval leaves out queries without results and gives 0 to those without anything relevant; here it is the other way
  // round, as `evaluation/run-files.ts` says. Compared is what both measure.
  const shared = Object.keys(ranks).filter((query) => Object.values(qrels[query] ?? {}).some((grade) => grade > 0));
  const measured = shared.map((query) => ({ expected: ranks[query]!, got: measuresOf(query, run, qrels) }));
  const names = Object.keys(measured[0]!.got);
  return names.map((name) => ({
    measure: name,
    against: "trec_eval (pytrec_eval)",
    ...largest(measured.map(({ expected, got }) => [got[name]!, expected[name]!])),
  }));
}

/** Under trec_eval's names. Its reciprocal rank has no cut-off. */
function measuresOf(query: string, run: RunFile, qrels: Qrels): Readonly<Record<string, number>> {
  const grades = qrels[query]!;
  const gains = rankedIds(run[query] ?? []).map((id) => Math.max(0, grades[id] ?? 0));
  const relevant = Object.values(grades).filter((grade) => grade > 0).length;
  const at = cutoffs.flatMap((k) => {
    const { ndcg, recall } = measureRun(run, { [query]: grades }, k)[query]!;
    return [
      [`ndcg_cut_${k}`, ndcg],
      [`recall_${k}`, recall],
      [`P_${k}`, precisionAt(gains, k)],
    ] as const;
  });
  const { reciprocalRank } = measureRun(run, { [query]: grades }, Number.POSITIVE_INFINITY)[query]!;
  return { ...Object.fromEntries(at), map: averagePrecision(gains, relevant), recip_rank: reciprocalRank };
}

type SquadFile = {
  readonly data: readonly {
    readonly paragraphs: readonly { readonly qas: readonly { id: string; answers: readonly { text: string }[] }[] }[];
  }[];
};

function textParity(): readonly Parity[] {
  const questions = readJson<SquadFile>("squad.json").data.flatMap(({ paragraphs }) =>
    paragraphs.flatMap(({ qas }) => qas),
  );
  const references = Object.fromEntries(questions.map(({ id, answers }) => [id, answers.map(({ text }) => text)]));
  const got = measureTexts(readJson("predictions.json"), references);
  const { texts } = readJson<Expected>("expected.json");
  return (["exactMatch", "f1"] as const).map((name) => ({
    measure: name,
    against: "SQuAD evaluate-v2.0.py",
    ...largest(Object.entries(texts).map(([id, expected]) => [got[id]?.[name] ?? Number.NaN, expected[name]])),
  }));
}

function largest(pairs: readonly (readonly [number, number])[]): { values: number; worst: number } {
  // A NaN on either side makes the maximum NaN, which is no agreement.
  const worst = Math.max(0, ...pairs.map(([got, expected]) => Math.abs(got - expected)));
  return { values: pairs.length, worst };
}

const randomCases = 300;

/** Random truth tables of what follows from what, scored by the product's metrics through a judge that looks them up. */
async function claimParity(): Promise<readonly Parity[]> {
  const random = seededRandom(11);
  const pairs = new Map<string, [number, number][]>();
  for (let round = 0; round < randomCases; round += 1) {
    const one = randomCase(random);
    const expected = independentClaimMeasures(one);
    for (const metric of judgedMetrics(tableJudge(one))) {
      const right = expected[metric.name];
      if (right === undefined) continue;
      const score = await metric.score(questionOf(one), answerOf(one));
      pairs.set(metric.name, [
        ...(pairs.get(metric.name) ?? []),
        [score.status === "scored" ? score.value : Number.NaN, right],
      ]);
    }
  }
  return [...pairs].map(([measure, values]) => ({
    measure,
    against: "formula, second implementation",
    ...largest(values),
  }));
}

function randomCase(random: ReturnType<typeof seededRandom>): ClaimCase {
  const flag = () => random.next() < 0.45;
  const passages = 1 + random.below(4);
  const table = (rows: number) => Array.from({ length: rows }, () => Array.from({ length: passages }, flag));
  const said = 1 + random.below(4);
  const gold = 1 + random.below(3);
  return {
    saidFromPassage: table(said),
    goldFromPassage: table(gold),
    saidFromGold: Array.from({ length: said }, flag),
    goldFromSaid: Array.from({ length: gold }, flag),
    relevant: Array.from({ length: said }, flag),
    cited: Array.from({ length: said }, () =>
      Array.from({ length: passages }, (_, passage) => passage + 1).filter(() => random.next() < 0.5),
    ),
  };
}

const saidName = (at: number) => `Said ${at}.`;
const goldName = (at: number) => `Gold ${at}.`;

/** A text follows from evidence where any single piece of it says so. */
function tableJudge(one: ClaimCase): Judge {
  const follows = (claim: string, evidence: string): boolean => {
    const [side, at] = [claim.startsWith("Said"), Number(/\d+/.exec(claim)?.[0])];
    const passage = /^passage (\d+)$/.exec(evidence)?.[1];
    if (passage !== undefined) return (side ? one.saidFromPassage : one.goldFromPassage)[at]![Number(passage)]!;
    return side ? one.saidFromGold[at]! : one.goldFromSaid[at]!;
  };
  const judged = <T>(value: T) => ({ status: "judged" as const, value, usage: [] });
  return {
    name: "table",
    version: "1",
    config: {},
    label: "truth table",
    readsMeaning: true,
    claims: async ({ text }) => judged(text.match(/(?:Said|Gold) \d+\./g) ?? []),
    support: async ({ claims, evidence }) =>
      judged(claims.map((claim) => ({ claim, supported: evidence.some((piece) => follows(claim, piece)) }))),
    relevance: async ({ claims }) => judged(claims.map((claim) => one.relevant[Number(/\d+/.exec(claim)?.[0])]!)),
    prefer: async () => judged("tie" as const),
  };
}

function questionOf({ goldFromPassage }: ClaimCase): HeldOutQuestion {
  const references = [goldFromPassage.map((_, at) => goldName(at)).join(" ")];
  return { id: "q", text: "?", references, answerable: true, relevant: [], checks: [] };
}

function answerOf({ saidFromPassage, cited }: ClaimCase): Answer {
  const text = saidFromPassage
    .map((_, at) => `${saidName(at)}${cited[at]!.map((number) => ` [${number}]`).join("")}`)
    .join(" ");
  const hits = saidFromPassage[0]!.map((_, at) => {
    const place = { id: `${at}`, documentId: `${at}`, source: `${at}`, title: "", ordinal: 0, start: 0, end: 1 };
    return {
      chunk: { ...place, text: `passage ${at}`, headingPath: [], metadata: {}, groups: [] },
      score: 0,
      legs: {},
    };
  });
  // The marks stay in the text that is cut into sentences; a citation makes the others read it without them.
  const citation = { documentId: "0", source: "0", start: 0, end: 1, quote: "p", verified: true as const };
  const ms = { retrieve: 0, generate: 0, total: 0 };
  return { text, outcome: "answered", citations: [citation], droppedCitations: 0, hits, usage: [], ms, notes: [] };
}
