// From questions to tested pairs: the runner's promises, coverage that counts, and differences that survive correction.
import { describe, expect, test } from "vitest";
import type { Answer, Answerer } from "../core/answers.ts";
import { AssayError } from "../core/errors.ts";
import type { Metric } from "../core/scores.ts";
import { sampleAnswer, sampleHit, sampleQuestion } from "../testing/sample-answers.ts";
import { resamplingsByKind, summariseByKind, summariseScores } from "./aggregate.ts";
import { latencySummary } from "./latency.ts";
import { standardMetrics } from "./metrics/standard-metrics.ts";
import { comparePairs, smallestDetectableDifference } from "./pairs.ts";
import { resamplingOf } from "./resampling.ts";
import { answerAll } from "./runner.ts";
import { type ScoredAnswer, scoreAnswers } from "./score-answers.ts";
import { mcnemarExact } from "./statistics/mcnemar.ts";

const questions = Array.from({ length: 30 }, (_, index) =>
  sampleQuestion({ id: `q${index}`, text: `Question ${index}?`, references: ["yes"] }),
);

function answererOf(answer: (question: { id: string; text: string }) => Promise<Answer>): Answerer {
  return {
    name: "fake",
    version: "1",
    config: {},
    answer,
    stream: () => {
      throw new Error("not streamed");
    },
    close: async () => {},
  };
}

function memoryStore() {
  const answers = new Map<string, Answer>();
  return {
    answers,
    get: async (key: string) => answers.get(key),
    set: async (key: string, answer: Answer) => void answers.set(key, answer),
  };
}

const keyOf = ({ id }: { id: string }) => id;

describe("answerAll", () => {
  test("hands over id and text alone, keeps order and concurrency", async () => {
    const seen: object[] = [];
    let running = 0;
    let most = 0;
    const answerer = answererOf(async (question) => {
      seen.push(question);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, Number(question.id.slice(1)) % 3));
      running -= 1;
      return sampleAnswer({ text: question.text });
    });
    const answered = await answerAll({ answerer, questions, concurrency: 4, store: memoryStore(), keyOf });
    expect(seen[0]).toEqual({ id: "q0", text: "Question 0?" });
    expect(answered.map(({ answer }) => answer.text)).toEqual(questions.map(({ text }) => text));
    expect(most).toBe(4);
  });

  test("goes on after a kill without asking twice, and asks again what may succeed", async () => {
    const store = memoryStore();
    const asked: string[] = [];
    let isDown = true;
    const answerer = answererOf(async ({ id }) => {
      asked.push(id);
      if (isDown && id === "q3")
        throw new AssayError({ code: "rate-limited", message: "slow down", isRetryable: true });
      if (id === "q4") return sampleAnswer({ outcome: "failed", error: { code: "model-refused", message: "no" } });
      return sampleAnswer();
    });
    const first = await answerAll({ answerer, questions: questions.slice(0, 6), concurrency: 2, store, keyOf });
    expect(first[3]?.answer).toMatchObject({
      outcome: "failed",
      error: { code: "rate-limited", message: "slow down" },
    });
    isDown = false;
    asked.length = 0;
    const second = await answerAll({ answerer, questions, concurrency: 2, store, keyOf });
    expect(asked.toSorted()).toEqual(["q3", ...questions.slice(6).map(({ id }) => id)].toSorted());
    expect(second[3]?.answer.outcome).toBe("answered");
    expect(second.filter(({ isReused }) => isReused)).toHaveLength(5);
  });

  test("an answer is stored before the next question of its lane begins", async () => {
    const store = memoryStore();
    const sizes: number[] = [];
    const answerer = answererOf(async () => {
      sizes.push(store.answers.size);
      return sampleAnswer();
    });
    await answerAll({ answerer, questions: questions.slice(0, 4), concurrency: 1, store, keyOf });
    expect(sizes).toEqual([0, 1, 2, 3]);
  });

  test("cancelling and a full disk stop it: no further question is begun", async () => {
    const controller = new AbortController();
    let asked = 0;
    const answerer = answererOf(async () => {
      asked += 1;
      if (asked === 3) controller.abort();
      return sampleAnswer();
    });
    const options = { answerer, questions, concurrency: 1, keyOf };
    await expect(answerAll({ ...options, store: memoryStore(), signal: controller.signal })).rejects.toThrow();
    expect(asked).toBe(3);
    const full = {
      ...memoryStore(),
      set: () => Promise.reject(new AssayError({ code: "disk-full", message: "disk full" })),
    };
    asked = 10;
    await expect(answerAll({ ...options, store: full })).rejects.toThrow("disk full");
    expect(asked).toBe(11);
  });
});

test("a metric that throws or yields no number leaves unscored, nothing else", async () => {
  const base = { version: "1", config: {}, higherIsBetter: true, label: "x" };
  const metrics: Metric[] = [
    { ...base, name: "broken", score: () => Promise.reject(new Error("judge is down")) },
    { ...base, name: "nan", score: async () => ({ status: "scored", value: Number.NaN }) },
    { ...base, name: "fine", score: async () => ({ status: "scored", value: 1 }) },
  ];
  const [row] = await scoreAnswers({ answered: [{ question: sampleQuestion(), answer: sampleAnswer() }], metrics });
  expect(row?.scores).toMatchObject({
    broken: { status: "unscored", reason: "judge is down" },
    nan: { status: "unscored" },
    fine: { status: "scored", value: 1 },
  });
});

test("an approach that never shows its model a passage has no ranking; one that sometimes finds nothing scores 0 there", async () => {
  const question = sampleQuestion({ relevant: [{ source: "docs/a.md" }] });
  const scoresOf = async (...answers: Answer[]) => {
    const rows = await scoreAnswers({
      answered: answers.map((answer) => ({ question, answer })),
      metrics: standardMetrics(),
    });
    return rows.map(({ scores }) => scores["ndcg@10"]);
  };
  expect(await scoresOf(sampleAnswer())).toMatchObject([{ status: "not-applicable" }]);
  expect(await scoresOf(sampleAnswer(), sampleAnswer({ hits: [sampleHit()] }))).toMatchObject([
    { value: 0 },
    { value: 1 },
  ]);
});

function rowsWith(qualities: readonly (number | null)[], asked = questions): readonly ScoredAnswer[] {
  return qualities.map((value, index) => ({
    question: asked[index]!,
    answer: sampleAnswer(),
    scores: { quality: value === null ? { status: "unscored", reason: "lost" } : { status: "scored", value } },
  }));
}

describe("summaries and pairs", () => {
  const resampling = resamplingOf(questions, { resamples: 2_000 });
  const good = rowsWith(questions.map((_, index) => (index < 27 ? 1 : 0)));
  const bad = rowsWith(questions.map((_, index) => (index < 9 ? 1 : 0)));

  test("missing scores are counted, never as 0", () => {
    const summary = summariseScores(rowsWith(questions.map((_, index) => (index < 10 ? null : 1))), resampling)[
      "quality"
    ];
    expect(summary).toMatchObject({ mean: 1, n: 20, missing: 10 });
  });

  test("kinds are summarised apart", () => {
    const kinds = questions.map((question, index) => ({ ...question, kind: index % 2 === 0 ? "even" : "odd" }));
    const rows = rowsWith(
      kinds.map((_, index) => (index % 2 === 0 ? 1 : 0)),
      kinds,
    );
    const byKind = summariseByKind(
      rows,
      resamplingsByKind(resamplingOf(kinds, { resamples: 100 }), { resamples: 100 }),
    );
    expect(byKind["even"]?.["quality"]).toMatchObject({ mean: 1, n: 15 });
    expect(byKind["odd"]?.["quality"]).toMatchObject({ mean: 0, n: 15 });
  });

  test("ten questions about one document count as one: six documents carry what six carry, not sixty", () => {
    const sixty = Array.from({ length: 60 }, (_, at) => sampleQuestion({ id: `q${at}`, group: `d${at % 6}` }));
    const right = {
      name: "right",
      rows: rowsWith(
        sixty.map(() => 1),
        sixty,
      ),
    };
    const wrong = {
      name: "wrong",
      rows: rowsWith(
        sixty.map((_, at) => (at === 0 ? 1 : 0)),
        sixty,
      ),
    };
    const [pair] = comparePairs([right, wrong], resamplingOf(sixty, { resamples: 2_000 }), ["quality"]);
    // Of the 64 ways to sign six documents, two are as far out; of sixty questions none would be.
    expect(pair?.p).toBe(2 / 64);
    expect(pair!.high - pair!.low).toBeGreaterThan(0.05);
  });

  test("a real difference is found, none is invented, and the pair is signed a − b", () => {
    const [pair, same] = comparePairs(
      [
        { name: "good", rows: good },
        { name: "bad", rows: bad },
        { name: "twin", rows: good },
      ],
      resampling,
      ["quality"],
    );
    expect(pair).toMatchObject({ a: "good", b: "bad", metric: "quality" });
    const { onlyA = 0, onlyB = 0, p = null } = pair?.discordant ?? {};
    expect((onlyA - onlyB) / 30).toBeCloseTo(0.6, 12);
    expect(p).toBe(mcnemarExact(onlyA, onlyB));
    expect(pair?.difference).toBeCloseTo(0.6, 12);
    expect(pair?.low).toBeGreaterThan(0.3);
    expect(pair?.pAdjusted).toBeLessThan(0.05);
    expect(pair?.pAdjusted).toBeGreaterThanOrEqual(pair?.p ?? 1);
    expect(same).toMatchObject({ a: "good", b: "twin", difference: 0, p: 1, pAdjusted: 1 });
    expect(same!.low).toBeLessThan(0);
  });

  test("only questions that both were scored on are compared; with none the pair is left out", () => {
    const half = rowsWith(questions.map((_, index) => (index < 15 ? 1 : null)));
    const rest = rowsWith(questions.map((_, index) => (index < 15 ? null : 1)));
    expect(
      comparePairs(
        [
          { name: "half", rows: half },
          { name: "rest", rows: rest },
        ],
        resampling,
        ["quality"],
      ),
    ).toEqual([]);
    expect(
      comparePairs(
        [
          { name: "half", rows: half },
          { name: "bad", rows: bad },
        ],
        resampling,
        ["quality"],
      )[0]?.difference,
    ).toBeCloseTo(6 / 15);
  });

  test("the smallest detectable difference is that of the noisiest pair, and null for a single approach", () => {
    const pair = [
      { name: "good", rows: good },
      { name: "bad", rows: bad },
    ];
    // sd of the differences = √(0.6·0.4·30/29) = 0.498; × 2.8016 / √30.
    expect(smallestDetectableDifference(pair, resampling)).toBeCloseTo(0.2548, 3);
    // With ten pairs to correct for: α 0.005, z 2.8070 + 0.8416.
    expect(smallestDetectableDifference(pair, resampling, { pairCount: 10 })).toBeCloseTo(0.3319, 3);
    expect(smallestDetectableDifference(pair.slice(0, 1), resampling)).toBeNull();
  });
});

test("latency: nearest-rank percentiles of the answers that worked", () => {
  const took = (total: number, outcome: Answer["outcome"] = "answered") =>
    sampleAnswer({ outcome, ms: { retrieve: 0, generate: total, total } });
  const answers = [...Array.from({ length: 20 }, (_, index) => took(index + 1)), took(60_000, "failed")];
  expect(latencySummary(answers)).toEqual({
    latencyMs: { p50: 10, p95: 19 },
    stageMs: { retrieve: { p50: 0, p95: 0 }, generate: { p50: 10, p95: 19 } },
    throughputQps: 1000 / 10.5,
    tokensPerQuery: { input: 0, output: 0 },
  });
  expect(latencySummary([took(5, "failed")]).latencyMs).toEqual({ p50: 5, p95: 5 });
  expect(latencySummary([]).latencyMs.p50).toBeNaN();
});

test("tokens are a mean over questions, unknown as soon as one call was not counted", () => {
  const call = { modelId: "m", inputTokens: 30, cachedInputTokens: 0, outputTokens: 6, durationMs: 1 };
  const twice = sampleAnswer({ usage: [call, call] });
  expect(latencySummary([twice, sampleAnswer()]).tokensPerQuery).toEqual({ input: 30, output: 6 });
  const uncounted = sampleAnswer({ usage: [{ ...call, tokensUnknown: true }] });
  expect(latencySummary([twice, uncounted]).tokensPerQuery).toBeNull();
});

test("the order of a batch changes no score", async () => {
  const answered = questions.map((question, index) => ({
    question,
    answer: sampleAnswer({ text: index % 2 === 0 ? "yes" : "no" }),
  }));
  const metrics = standardMetrics();
  const forwards = await scoreAnswers({ answered, metrics });
  const backwards = await scoreAnswers({ answered: answered.toReversed(), metrics });
  expect(backwards.toReversed()).toEqual(forwards);
});
