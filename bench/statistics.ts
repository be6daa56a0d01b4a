// `npm run bench -- statistics`: do intervals cover, and do tests keep their error rate? Simulated comparisons with known truth,
// drawn in clusters, put through the very code that `compare` uses. Reads no data.
import type { HeldOutQuestion } from "../src/core/questions.ts";
import { summariseScores } from "../src/evaluation/aggregate.ts";
import { comparePairs } from "../src/evaluation/pairs.ts";
import { type Resampling, resamplingOf } from "../src/evaluation/resampling.ts";
import type { ScoredAnswer } from "../src/evaluation/score-answers.ts";
import { type Random, seededRandom } from "../src/evaluation/statistics/random.ts";
import { markdownTable } from "./tables.ts";

const simulations = 2000;
/** Fewer than a report's 10,000: 2,000 comparisons a cell are drawn. */
const resamples = 2000;

type Cell = {
  readonly clusters: number;
  /** Questions per cluster, drawn evenly from this range. */
  readonly size: readonly [number, number];
  readonly kind: "binary" | "graded";
  /** True difference of the means. */
  readonly effect: number;
};

const cells: readonly Cell[] = [5, 10, 20, 40, 80, 160].flatMap((clusters) =>
  (
    [
      [1, 1],
      [1, 9],
    ] as const
  ).flatMap((size) =>
    (["binary", "graded"] as const).flatMap((kind) => [0, 0.1].map((effect) => ({ clusters, size, kind, effect }))),
  ),
);

export async function benchStatistics(): Promise<string> {
  const rows = cells.map((cell, at) => {
    const { covered, rejected, means } = simulate(cell, at + 1);
    const share = (count: number) => ((100 * count) / simulations).toFixed(1);
    return [
      `${cell.clusters}`,
      cell.size[1] === 1 ? "1" : `${cell.size[0]}–${cell.size[1]}`,
      cell.kind,
      cell.effect.toFixed(2),
      share(means),
      share(covered),
      cell.effect === 0 ? share(rejected) : "–",
      cell.effect === 0 ? "–" : share(rejected),
    ];
  });
  const head = [
    "clusters",
    "questions each",
    "scores",
    "true difference",
    "95% interval of a mean covers %",
    "95% interval of the difference covers %",
    "false claims % at 5%",
    "power %",
  ];
  return `${simulations} simulated comparisons per row, ${resamples} resamples each\n\n${markdownTable(head, rows)}`;
}

function simulate(cell: Cell, seed: number) {
  const random = seededRandom(seed * 7919);
  const counts = { covered: 0, rejected: 0, means: 0 };
  for (let round = 0; round < simulations; round += 1) {
    const { questions, a, b } = draw(cell, random);
    const resampling = resamplingOf(questions, { resamples, seed: round + 1 });
    const approaches = [
      { name: "a", rows: a },
      { name: "b", rows: b },
    ];
    const [pair] = comparePairs(approaches, resampling, ["quality"]);
    const truth = -cell.effect;
    if (pair!.low <= truth + 1e-12 && truth - 1e-12 <= pair!.high) counts.covered += 1;
    if (pair!.p <= 0.05) counts.rejected += 1;
    if (coversMean(b, resampling, cell)) counts.means += 1;
  }
  return counts;
}

/** Mean true quality of approach b, without the effect. */
const base = 0.5;
/** What the questions of a cluster share: both approaches find them easy or hard, or one finds them easier. */
const [sharedReach, ownReach] = [0.26, 0.1];
/** How often both approaches meet the same luck on a question. */
const commonLuck = 0.5;

function draw({ clusters, size, kind, effect }: Cell, random: Random) {
  const questions: HeldOutQuestion[] = [];
  const [a, b]: [ScoredAnswer[], ScoredAnswer[]] = [[], []];
  for (let cluster = 0; cluster < clusters; cluster += 1) {
    const shared = (2 * random.next() - 1) * sharedReach;
    const own = (2 * random.next() - 1) * ownReach;
    const [low, high] = size;
    for (let member = low + random.below(high - low + 1); member > 0; member -= 1) {
      const question = questionOf(questions.length, cluster);
      questions.push(question);
      const [scoreA, scoreB] = scoresOf(base + shared + own, base + shared - own + effect, kind, random);
      a.push(answerOf(question, scoreA));
      b.push(answerOf(question, scoreB));
    }
  }
  return { questions, a, b };
}

/** Right or wrong; graded scores are the mean of four such draws. */
function scoresOf(chanceA: number, chanceB: number, kind: Cell["kind"], random: Random): [number, number] {
  const draws = kind === "binary" ? 1 : 4;
  let [a, b] = [0, 0];
  for (let at = 0; at < draws; at += 1) {
    const luck = random.next();
    const other = random.next() < commonLuck ? luck : random.next();
    if (luck < chanceA) a += 1 / draws;
    if (other < chanceB) b += 1 / draws;
  }
  return [a, b];
}

function questionOf(at: number, cluster: number): HeldOutQuestion {
  const gold = { references: [], answerable: true, relevant: [], checks: [] };
  return { id: `q${at}`, text: "", group: `c${cluster}`, ...gold };
}

function answerOf(question: HeldOutQuestion, quality: number): ScoredAnswer {
  const nothing = { citations: [], droppedCitations: 0, hits: [], usage: [], notes: [] };
  const answer = { text: "", outcome: "answered" as const, ms: { retrieve: 0, generate: 0, total: 0 }, ...nothing };
  return { question, answer, scores: { quality: { status: "scored", value: quality } } };
}

function coversMean(rows: readonly ScoredAnswer[], resampling: Resampling, { effect }: Cell): boolean {
  const { low, high } = summariseScores(rows, resampling)["quality"]!;
  return low <= base + effect && base + effect <= high;
}
